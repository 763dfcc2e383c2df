import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const NamesJson = Type.Union([
  Type.Object({ format: Type.Literal('json') }),
  Type.Object({ _format: Type.Literal('json') }),
])

/**
 * Whether a request wants JSON where browsers get a page: by `format=json` or `_format=json` after `?` or in the form, by
 * its `Accept` header, or by a path that ends with `.json`, as clients of Lstu 0.27 and older ask.
 */
export function asksJson({ query, body, headers: { accept = '' }, routeOptions }: FastifyRequest): boolean {
  if (routeOptions.url?.endsWith('.json') || Value.Check(NamesJson, query) || Value.Check(NamesJson, body)) return true
  return accept.includes('application/json') && !accept.includes('text/html')
}
