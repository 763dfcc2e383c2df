import type { Desk } from '../../desk.ts'
import type { Link } from '../../link.ts'
import type { Told } from './xml.ts'

/** A link in the lists and statistics of YOURLS. No address of its maker is known here. */
export function describe(link: Link, desk: Desk): Told {
  return { shorturl: shortOf(link.slug, desk), url: link.url, title: link.title ?? link.url, timestamp: momentOf(link, desk), ip: '', clicks: link.clicks }
}

export function shortOf(slug: string, { addresses }: Desk): string {
  return addresses.of('link', `/${encodeURIComponent(slug)}`)
}

/** When a link was made, in the instance’s zone: `2026-03-01 09:30:00`. */
export function momentOf({ createdAt }: Link, { timeZone }: Desk): string {
  return createdAt.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

/** The slug of what is called a short URL: itself, or the end of the whole address. */
export function slugIn(shorturl: string): string {
  const path = URL.parse(shorturl)?.pathname.slice(1)
  if (path === undefined) return shorturl.trim()
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
