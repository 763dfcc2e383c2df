import type { FastAnswer, FastRequest } from '../../platform/service.ts'
import type { RedirectResult, Redirects } from './redirects.ts'

/** A path that is a slug and nothing else: no second part, nothing encoded, nothing asked. */
const PLAIN = /^\/[\w.~-]+$/

const CRAWLABLE = {
  'cache-control': 'private, max-age=0, must-revalidate',
  'referrer-policy': 'no-referrer-when-downgrade',
}
const HIDDEN = { ...CRAWLABLE, 'x-robots-tag': 'noindex' }

/**
 * The redirect to where a link leads. 302 and not the 301 of Lstu and YOURLS: browsers keep a 301 for ever, and later
 * edits, removals and counts are lost. The stored address goes out exactly as it is.
 */
export function redirectTo({ url, isCrawlable }: RedirectResult): FastAnswer {
  return { status: 302, location: url, headers: isCrawlable ? CRAWLABLE : HIDDEN }
}

/** Redirects that need neither a query nor a page, answered before a route is looked for; all others take the route. */
export function fastRedirect(redirects: Redirects): (request: FastRequest) => FastAnswer | undefined {
  return ({ method, url = '', headers }) => {
    if ((method !== 'GET' && method !== 'HEAD') || !PLAIN.test(url) || headers.accept?.includes('json'))
      return undefined
    const result = redirects.resolveCached(url.slice(1), { userAgent: headers['user-agent'] })
    return result && redirectTo(result)
  }
}
