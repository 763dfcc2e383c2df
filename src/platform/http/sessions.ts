import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Session } from '../access/identity.ts'
import type { Platform } from '../platform.ts'
import type { App } from './app.ts'
import { hostCookie, readCookie } from './cookies.ts'
import type { Csrf } from './csrf.ts'
import { localPath } from './local-path.ts'
import { ownRefusals } from './refusal-of.ts'
import { readSessionCookie, sessionCookie } from './session-cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The browser's session on this host; undefined for strangers, and for programs, which show a key instead. */
    session: Session | undefined
  }
}

/** What a browser takes along to the identity host and must bring back. */
const STATE_COOKIE = '__Host-sso'
const STATE_SECONDS = 3600

/**
 * Who sits before the browser. Where pages of other sites may ask, and where a key is shown, no cookie counts.
 *
 * @throws the database's error when it is away
 */
export async function sessionOf(
  request: FastifyRequest,
  { identity }: Platform,
  service: string,
): Promise<Session | undefined> {
  const { isOpenToOtherSites, decidesOnSites } = request.routeOptions.config
  if (isOpenToOtherSites || decidesOnSites || request.headers.authorization !== undefined) return undefined
  const cookie = readSessionCookie(request.headers)
  return cookie ? identity.sessionOf(cookie, service) : undefined
}

/**
 * The hand-over between hosts: without a code it sends the browser to the identity host, with one it takes it over. No
 * cookie is shared, since members' sites are our siblings.
 */
export function sessionRoutes(app: App, platform: Platform, service: string, csrf: Csrf): void {
  const { addresses, identity } = platform
  const Query = Type.Object({
    code: Type.Optional(Type.String({ maxLength: 100 })),
    state: Type.Optional(Type.String({ maxLength: 100 })),
    next: Type.Optional(Type.String({ maxLength: 2000 })),
  })

  app.get('/_sso', { schema: { querystring: Query } }, async (request, reply) => {
    const { code, state = '' } = request.query
    const next = localPath(request.query.next ?? '/')
    if (next === undefined) throw ownRefusals('foreign-address')
    reply.header('cache-control', 'no-store')
    if (code === undefined) {
      if (request.session || !addresses.has('identity')) return reply.redirect(next, 302)
      const made = randomBytes(16).toString('base64url')
      const query = new URLSearchParams({ host: addresses.host(service), next, state: made })
      reply.header('set-cookie', hostCookie(STATE_COOKIE, made, STATE_SECONDS))
      return reply.redirect(addresses.of('identity', `/sso?${query.toString()}`), 302)
    }
    const isOurs = state !== '' && readCookie(request.headers.cookie, STATE_COOKIE) === state
    const taken = isOurs
      ? await identity.exchangeSso({
          code,
          state,
          service,
          agent: request.headers['user-agent'] ?? '',
          address: request.ip,
        })
      : undefined
    if (taken !== undefined) reply.header('set-cookie', [hostCookie(STATE_COOKIE, '', 0), sessionCookie(taken)])
    // Pressed twice, or reached by the back button: a person with a session is simply redirected.
    else if (!request.session) throw ownRefusals('sso-code-expired')
    return reply.redirect(next, 302)
  })

  app.get('/api/v1/csrf', async (request, reply) =>
    reply.header('cache-control', 'no-store').send({ token: csrf.tokenFor(request, reply) }),
  )
}
