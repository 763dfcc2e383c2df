import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const NamesJson = Type.Union([
  Type.Object({ format: Type.Literal('json') }),
  Type.Object({ _format: Type.Literal('json') }),
])

/**
 * Whether a request asks for JSON instead of a page: by `format=json` or `_format=json` in the query or form, by its
 * `Accept` header, or by a path ending with `.json`, as clients up to Lstu 0.27 do.
 */
export function asksJson({ query, body, headers: { accept = '' }, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.url?.endsWith('.json') || Value.Check(NamesJson, query) || Value.Check(NamesJson, body)) return true
  return accept.includes('application/json') && !accept.includes('text/html')
}
