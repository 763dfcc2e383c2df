import type { FastifyReply, FastifyRequest } from 'fastify'
import { hostCookie, readCookie } from '../../platform/http/cookies.ts'
import { LIST_COOKIE, LSTU_COOKIE, type BrowserEntry } from './browser-list.ts'
import type { LinkContext } from './context.ts'

/** Lifetime of the list in a browser, in seconds: the same as Lstu's. */
const KEPT = 4.5 * 365 * 24 * 3600

/** Returns the links in the list of a browser, the newest first. */
export function browserLinks({ headers: { cookie } }: FastifyRequest, { browserList }: LinkContext): BrowserEntry[] {
  return browserList.read(readCookie(cookie, LIST_COOKIE), readCookie(cookie, LSTU_COOKIE))
}

/** Puts a new link first in the list of the browser. */
export function addBrowserLink(request: FastifyRequest, reply: FastifyReply, context: LinkContext, slug: string): void {
  writeBrowserLinks(reply, context, [{ slug, isOwn: true }, ...browserLinks(request, context)])
}

/** Replaces the list of the browser. */
export function writeBrowserLinks(reply: FastifyReply, { browserList }: LinkContext, links: BrowserEntry[]): void {
  reply.header('set-cookie', hostCookie(LIST_COOKIE, browserList.write(links), KEPT))
}
