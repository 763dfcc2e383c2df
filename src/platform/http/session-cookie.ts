import type { IncomingHttpHeaders } from 'node:http'
import { hostCookie, readCookie } from './cookies.ts'

/** The one session cookie, a host each; its value is known to that host's browser alone. */
const NAME = '__Host-bagad'

/** How long browsers keep it, in seconds; the session ends earlier by itself. */
const SECONDS = 180 * 24 * 3600

/** What the browser shows; undefined when it shows none. */
export function readSessionCookie({ cookie }: IncomingHttpHeaders): string | undefined {
  return readCookie(cookie, NAME) || undefined
}

/** The `Set-Cookie` header that signs a browser in on this host. */
export function sessionCookie(value: string): string {
  return hostCookie(NAME, value, SECONDS)
}

/** The `Set-Cookie` header after which the browser has none. */
export function endedSessionCookie(): string {
  return hostCookie(NAME, '', 0)
}
