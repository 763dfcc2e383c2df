import type { FastifyRequest } from 'fastify'
import { readParts } from '../../../platform/http/parts.ts'

/** What came in a form or after `?`: texts by their names. */
export type Fields = Record<string, string>

/**
 * Makes plain texts of the query and of the body, whatever the form's encoding, as Perl and PHP programs get them: of a
 * field that came several times the last one counts, what is no text is left out. To be called before validation.
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

/** Files are let pass by: these interfaces take none. */
async function multipartFields(request: FastifyRequest): Promise<Fields> {
  const fields: [string, string][] = []
  for await (const part of request.parts()) {
    if (part.type === 'file') part.file.resume()
    else if (typeof part.value === 'string') fields.push([part.fieldname, part.value])
  }
  return Object.fromEntries(fields)
}
