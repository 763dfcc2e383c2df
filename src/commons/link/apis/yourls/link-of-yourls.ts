import type { LinkContext } from '../../context.ts'
import type { Link } from '../../link.ts'
import type { Told } from './xml.ts'

/** A link in the lists and statistics of YOURLS. The IP address of its creator is not stored. */
export function describe(link: Link, context: LinkContext): Told {
  return {
    shorturl: shortOf(link.slug, context),
    url: link.url,
    title: link.title ?? link.url,
    timestamp: momentOf(link, context),
    ip: '',
    clicks: link.clicks,
  }
}

export function shortOf(slug: string, { addresses }: LinkContext): string {
  return addresses.of('link', `/${encodeURIComponent(slug)}`)
}

/** When a link was created, in the instance's zone: `2026-03-01 09:30:00`. */
export function momentOf({ createdAt }: Link, { timeZone }: LinkContext): string {
  return createdAt.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}
