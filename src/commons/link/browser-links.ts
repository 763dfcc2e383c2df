import type { FastifyReply, FastifyRequest } from 'fastify'
import { hostCookie, readCookie } from '../../platform/http/cookies.ts'
import { LIST_COOKIE, LSTU_COOKIE, type BrowserEntry } from './browser-list.ts'
import type { LinkContext } from './context.ts'

/** How long a browser keeps its list, in seconds: as long as Lstu's. */
const KEPT = 4.5 * 365 * 24 * 3600

/** The links that a browser keeps, the newest first. */
export function browserLinks({ headers: { cookie } }: FastifyRequest, { browserList }: LinkContext): BrowserEntry[] {
  return browserList.read(readCookie(cookie, LIST_COOKIE), readCookie(cookie, LSTU_COOKIE))
}

/** Puts a link that was just made first in the browser's list. */
export function addBrowserLink(request: FastifyRequest, reply: FastifyReply, context: LinkContext, slug: string): void {
  writeBrowserLinks(reply, context, [{ slug, isOwn: true }, ...browserLinks(request, context)])
}

/** Lets the browser keep these links and no others. */
export function writeBrowserLinks(reply: FastifyReply, { browserList }: LinkContext, links: BrowserEntry[]): void {
  reply.header('set-cookie', hostCookie(LIST_COOKIE, browserList.write(links), KEPT))
}
