import type { FastifyReply, FastifyRequest } from 'fastify'
import { hostCookie, readCookie } from '../../platform/http/cookies.ts'
import { LIST_COOKIE, LSTU_COOKIE, type Kept } from './browser-list.ts'
import type { Desk } from './desk.ts'

/** How long a browser keeps its list, in seconds: as long as Lstu's. */
const KEPT = 4.5 * 365 * 24 * 3600

/** The links that a browser keeps, the newest first. */
export function linksOf({ headers: { cookie } }: FastifyRequest, { browserList }: Desk): Kept[] {
  return browserList.read(readCookie(cookie, LIST_COOKIE), readCookie(cookie, LSTU_COOKIE))
}

/** Puts a link that was just made first in the browser's list. */
export function rememberLink(request: FastifyRequest, reply: FastifyReply, desk: Desk, slug: string): void {
  keepLinks(reply, desk, [{ slug, isOwn: true }, ...linksOf(request, desk)])
}

/** Lets the browser keep these links and no others. */
export function keepLinks(reply: FastifyReply, { browserList }: Desk, links: Kept[]): void {
  reply.header('set-cookie', hostCookie(LIST_COOKIE, browserList.write(links), KEPT))
}
