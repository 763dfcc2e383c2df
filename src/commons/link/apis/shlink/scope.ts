import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../../../platform/access/caller.ts'
import type { App } from '../../../../platform/http/app.ts'
import type { LinkContext } from '../../context.ts'
import { bearerOf } from '../../../../platform/http/caller.ts'
import { missingKey, problemOf } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the key of a request speaks for; only where one is asked for. */
    keyHolder: Caller
  }
}

/** What holds for every route of Shlink: any page may ask, for no cookie is looked at. */
export const OPEN = { isOpenToOtherSites: true }

/** The same, in the host’s OpenAPI document. */
export const PUBLISHED = { ...OPEN, published: true }

/** Versions of the interface that differ in nothing that is read here; only the last one writes. */
export const VERSIONS = ['v1', 'v2', 'v3']

/** Lets what is declared on an instance answer as Shlink does: problems in its words, bodies in JSON that may be absent. */
export function speakShlink(api: App): void {
  const parse = api.getDefaultJsonParser('error', 'ignore')
  // Programs say that their body is JSON although there is none.
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

/** Asks for a key wherever something is declared on an instance: one that reads for what reads, one that writes for all else. */
export function askForKeys(api: App, { credentials }: LinkContext): void {
  api.decorateRequest('keyHolder')
  // Not sooner: bodies that are too large, or of a kind that nobody reads, are refused whoever sends them.
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
