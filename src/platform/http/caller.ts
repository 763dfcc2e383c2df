import type { FastifyReply, FastifyRequest } from 'fastify'
import { may, type Caller } from '../access/caller.ts'
import type { Credentials } from '../access/credentials.ts'
import type { Addresses } from '../addresses.ts'
import { ownRefusals } from './refusal-of.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Who asks: the person of the browser's session, or the holder of the token or app password that a program shows;
     * undefined for strangers. Not read where pages of other sites may ask, nor where a protocol has rules of its own.
     */
    caller: Caller | undefined
  }
  interface FastifyContextConfig {
    /** What an app password must be good for here (`dav`); it is taken (Basic) where this is said. */
    appPasswordScope?: string
  }
}

/**
 * Reads who asks, in one place for all routes.
 *
 * @throws Refusal `invalid-token`, `too-many-invalid-tokens` for a token that is none
 */
export async function callerOf(request: FastifyRequest, credentials: Credentials): Promise<Caller | undefined> {
  const { isOpenToOtherSites, decidesOnSites, appPasswordScope } = request.routeOptions.config
  const { authorization } = request.headers
  if (authorization === undefined || isOpenToOtherSites || decidesOnSites) return request.session?.caller
  const token = bearerOf(authorization)
  if (token !== undefined) return credentials.callerWithToken(token, request.ip)
  const basic = basicOf(authorization)
  if (appPasswordScope === undefined || !basic) return undefined
  return credentials.callerWithPassword(basic.login, basic.password, appPasswordScope, request.ip)
}

/** The token of an `Authorization: Bearer …` header (RFC 6750); undefined when there is none. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}

/** Login and password of an `Authorization: Basic …` header (RFC 7617). */
function basicOf(authorization: string): { login: string; password: string } | undefined {
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(authorization)?.[1]
  const [, login = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? []
  return encoded === undefined ? undefined : { login, password }
}

/**
 * The caller, who must be known and whose token must allow the act.
 *
 * @throws Refusal `authentication-required`, `insufficient-scope`
 *
 * @example
 * const { id } = requireCaller(request.caller, 'board:write')
 */
export function requireCaller(caller: Caller | undefined, scope: string): Caller {
  if (!caller) throw ownRefusals('authentication-required')
  if (!may(caller, scope)) throw ownRefusals('insufficient-scope', { scope })
  return caller
}

/** How a client may say who it is (`WWW-Authenticate`), after a refusal for want of that. */
export function challengesOf(request: FastifyRequest, isInvalid: boolean): string[] {
  const bearer = `Bearer realm="Bagad"${isInvalid ? ', error="invalid_token"' : ''}`
  const { appPasswordScope } = request.routeOptions.config
  return appPasswordScope === undefined ? [bearer] : [bearer, 'Basic realm="Bagad", charset="UTF-8"']
}

/**
 * A `preHandler` for pages that strangers cannot see: their browser goes to sign in and comes back; a program goes on,
 * and is told that it must say who it is.
 */
export function signInFirst(addresses: Addresses) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const isStranger = request.session === undefined && request.headers.authorization === undefined
    const isBrowser = (request.headers.accept ?? '').includes('text/html')
    if (!isStranger || !isBrowser || !addresses.has('identity')) return undefined
    return reply.header('cache-control', 'no-store').redirect(`/_sso?next=${encodeURIComponent(request.url)}`, 302)
  }
}
