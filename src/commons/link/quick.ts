import type { QuickAnswer, QuickRequest } from '../../platform/service.ts'
import type { Redirects } from './redirects.ts'

/** A path that is a slug and nothing else: no second part, nothing encoded, nothing asked. */
const PLAIN = /^\/[\w.~-]+$/

/**
 * Redirects that need no query and no page, answered before anything else is looked at: on the day of a poster, all of
 * them. Whatever is not as plain as that goes the whole way.
 *
 * @param base headers of every answer of ours
 */
export function quickRedirects(
  redirects: Redirects,
  base: Readonly<Record<string, string>>,
): (request: QuickRequest) => QuickAnswer | undefined {
  const common = {
    ...base,
    'content-length': '0',
    'cache-control': 'private, max-age=0, must-revalidate',
    'referrer-policy': 'no-referrer-when-downgrade',
  }
  const crawlable = Object.entries(common).flat()
  const hidden = [...crawlable, 'x-robots-tag', 'noindex']
  return ({ method, url = '', headers }) => {
    if ((method !== 'GET' && method !== 'HEAD') || !PLAIN.test(url) || headers.accept?.includes('json'))
      return undefined
    const result = redirects.resolveCached(url.slice(1), { userAgent: headers['user-agent'] })
    return result && { status: 302, headers: result.isCrawlable ? crawlable : hidden, location: result.url }
  }
}
