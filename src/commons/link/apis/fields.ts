import type { FastifyRequest } from 'fastify'
import { readParts } from '../../../platform/http/parts.ts'

/** The fields of a form or query, as texts. */
export type Fields = Record<string, string>

/**
 * Merges the query and the body into plain texts, whatever the form's encoding, as Perl and PHP programs receive them:
 * the last value of a repeated field counts, other types are dropped. Runs before validation.
 */
export async function flattenFields(request: FastifyRequest): Promise<void> {
  request.query = textsOf(request.query)
  request.body = request.isMultipart() ? await readParts(multipartFields(request)) : textsOf(request.body)
}

function textsOf(values: unknown): Fields {
  const texts: [string, string][] = []
  for (const [name, value] of Object.entries(Object(values))) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string') texts.push([name, last])
  }
  return Object.fromEntries(texts)
}

/** Files are skipped: these APIs take none. */
async function multipartFields(request: FastifyRequest): Promise<Fields> {
  const fields: [string, string][] = []
  for await (const part of request.parts()) {
    if (part.type === 'file') part.file.resume()
    else if (typeof part.value === 'string') fields.push([part.fieldname, part.value])
  }
  return Object.fromEntries(fields)
}
