import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Session } from '../../../platform/access/identity.ts'
import { hostCookie, readCookie } from '../../../platform/http/cookies.ts'
import { sessionCookie } from '../../../platform/http/session-cookie.ts'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { hasJustProved } from '../sessions.ts'
import type { Browser, SignedIn } from '../sign-in.ts'

/** Tells a browser from which somebody has signed in before from all others. */
const DEVICE_COOKIE = '__Host-device'
const DEVICE_SECONDS = 400 * 24 * 3600

/** Where a browser stands between the password and the second factor. */
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

/** The browser is signed in on this host from its next request on. */
export function keepSession(reply: FastifyReply, { cookie, device }: SignedIn): void {
  reply.header('set-cookie', [
    sessionCookie(cookie),
    hostCookie(DEVICE_COOKIE, device, DEVICE_SECONDS),
    hostCookie(HALFWAY_COOKIE, '', 0),
  ])
}

/** @throws Refusal `signed-out`, which the pages of an account turn into the way to the sign-in */
export function sessionIn({ session }: FastifyRequest): Session {
  if (!session) throw refuse('signed-out')
  return session
}

/** @throws Refusal `signed-out`, `reauth-required` when the person has not proved a moment ago who they are */
export function provedSessionIn(request: FastifyRequest): Session {
  const session = sessionIn(request)
  if (!hasJustProved(session)) throw refuse('reauth-required')
  return session
}

/**
 * Shows a page whose form may end elsewhere: on another host of ours, since the hand-over follows it; or at an application
 * that the person is on the way to. Chromium holds all redirects after a form to the page's policy.
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
  return reply.page(page, undefined, { formAction: [...own, ...(await openId.placesBehind(next))] })
}
