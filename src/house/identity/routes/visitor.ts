import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Session } from '../../../platform/access/identity.ts'
import { hostCookie, readCookie } from '../../../platform/http/cookies.ts'
import { sessionCookie } from '../../../platform/http/session-cookie.ts'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { isRecentlyAuthenticated } from '../sessions.ts'
import type { Browser, SignedIn } from '../sign-in.ts'

/** Marks a browser from which a person has signed in before. */
const DEVICE_COOKIE = '__Host-device'
const DEVICE_SECONDS = 400 * 24 * 3600

/** The ticket between the password and the second factor. */
const HALFWAY_COOKIE = '__Host-halfway'

export function browserOf(request: FastifyRequest): Browser {
  return {
    agent: request.headers['user-agent'] ?? '',
    address: request.ip,
    device: readCookie(request.headers.cookie, DEVICE_COOKIE),
  }
}

export function pendingMfaOf(request: FastifyRequest): string | undefined {
  return readCookie(request.headers.cookie, HALFWAY_COOKIE)
}

export function keepPendingMfa(reply: FastifyReply, ticket: string): void {
  reply.header('set-cookie', hostCookie(HALFWAY_COOKIE, ticket, 600))
}

/** Sets the session cookies, for the next requests to this host. */
export function keepSession(reply: FastifyReply, { cookie, device }: SignedIn): void {
  reply.header('set-cookie', [
    sessionCookie(cookie),
    hostCookie(DEVICE_COOKIE, device, DEVICE_SECONDS),
    hostCookie(HALFWAY_COOKIE, '', 0),
  ])
}

/**
 * The session of a request.
 *
 * @throws Refusal `signed-out`, which the account pages turn into a redirect to the sign-in page
 */
export function sessionIn({ session }: FastifyRequest): Session {
  if (!session) throw refuse('signed-out')
  return session
}

/**
 * The session of a request that requires a recent authentication.
 *
 * @throws Refusal `signed-out`, `reauth-required`
 */
export function recentSessionIn(request: FastifyRequest): Session {
  const session = sessionIn(request)
  if (!isRecentlyAuthenticated(session)) throw refuse('reauth-required')
  return session
}

/**
 * Renders a page whose form may redirect to another origin: to another of our hosts, by the single sign-on, or to an
 * application. Chromium applies form-action to all redirects after a form.
 *
 * @param next where the form leads, when that is known
 */
export async function showLeading(
  reply: FastifyReply,
  { platform: { addresses }, openId }: IdentityContext,
  page: VNode,
  next = '',
): Promise<FastifyReply> {
  const own = addresses.origins.filter((origin) => origin !== addresses.origin('identity'))
  return reply.page(page, undefined, { formAction: [...own, ...(await openId.formActionsOfInteraction(next))] })
}
