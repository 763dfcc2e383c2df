import type { FastAnswer, FastRequest } from '../../platform/service.ts'
import type { RedirectResult, Redirects } from './redirects.ts'

/** A path that is just a slug: no second segment, no encoding, no query. */
const PLAIN = /^\/[\w.~-]+$/

const CRAWLABLE = {
  'cache-control': 'private, max-age=0, must-revalidate',
  'referrer-policy': 'no-referrer-when-downgrade',
}
const HIDDEN = { ...CRAWLABLE, 'x-robots-tag': 'noindex' }

/**
 * The redirect to the target of a link. It is 302, not the 301 of Lstu and YOURLS: browsers keep a 301 for ever, so
 * later edits, removals and counts would be lost. The stored address is sent unchanged.
 */
export function redirectTo({ url, isCrawlable }: RedirectResult): FastAnswer {
  return { status: 302, location: url, headers: isCrawlable ? CRAWLABLE : HIDDEN }
}

/** Answers redirects that need neither a query nor a page before routing; all others take the route. */
export function fastRedirect(redirects: Redirects): (request: FastRequest) => FastAnswer | undefined {
  return ({ method, url = '', headers }) => {
    if ((method !== 'GET' && method !== 'HEAD') || !PLAIN.test(url) || headers.accept?.includes('json'))
      return undefined
    const result = redirects.resolveCached(url.slice(1), { userAgent: headers['user-agent'] })
    return result && redirectTo(result)
  }
}
