import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../../../platform/access/caller.ts'
import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import { bearerOf } from '../../../../platform/http/caller.ts'
import { missingKey, problemOf } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The owner of the request's API key; only on routes that require one. */
    keyHolder: Caller
  }
}

/** For every route of Shlink: any site may call it, because it ignores cookies. */
export const OPEN = { isOpenToOtherSites: true }

/** The same, and listed in the host's OpenAPI document. */
export const PUBLISHED = { ...OPEN, published: true }

/** API versions that do not differ in what is read here; only the last one is written. */
export const VERSIONS = ['v1', 'v2', 'v3']

/** Makes the routes of an instance answer as Shlink does: errors as its problems, optional JSON bodies. */
export function speakShlink(api: App): void {
  const parse = api.getDefaultJsonParser('error', 'ignore')
  // Clients send a JSON content type without a body.
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, String(body), done)
  })
  api.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'))
  api.setErrorHandler((error, _, reply) => {
    const problem = problemOf(error)
    if (!problem) throw error
    if (problem.retryAfter) reply.header('retry-after', String(problem.retryAfter))
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send(Buffer.from(JSON.stringify(problem.body)))
  })
}

/** Requires an API key on all routes of an instance: a reading key for GET, a writing key otherwise. */
export function askForKeys(api: App, { credentials }: LinkContext): void {
  api.decorateRequest('keyHolder')
  // Not earlier: bodies that are too large or of an unsupported type are refused with or without a key.
  api.addHook('preValidation', async (request) => {
    const key = keyOf(request)
    if (key === undefined) throw missingKey()
    const scope = request.method === 'GET' || request.method === 'HEAD' ? 'link:read' : 'link:write'
    request.keyHolder = await credentials.callerWithToken(key, request.ip, scope)
  })
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['x-api-key']
  return typeof key === 'string' && key !== '' ? key : bearerOf(headers.authorization)
}
