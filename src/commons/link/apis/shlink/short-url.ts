import { Type } from 'typebox'
import type { LinkContext } from '../../context.ts'
import type { ListedLink } from '../../link-list.ts'
import { writeMoment } from './moments.ts'

const MaybeText = Type.Union([Type.String(), Type.Null()])

export const VisitsSummary = Type.Object({ total: Type.Integer(), nonBots: Type.Integer(), bots: Type.Integer() })
export type VisitsSummary = Type.Static<typeof VisitsSummary>

/** A link in Shlink's format. */
export const ShortUrl = Type.Object({
  shortCode: Type.String(),
  shortUrl: Type.String(),
  longUrl: Type.String(),
  dateCreated: Type.String({ description: 'ISO 8601' }),
  visitsSummary: VisitsSummary,
  tags: Type.Array(Type.String()),
  meta: Type.Object({
    validSince: MaybeText,
    validUntil: MaybeText,
    maxVisits: Type.Union([Type.Integer(), Type.Null()]),
  }),
  domain: Type.Null({ description: 'The one domain that there is.' }),
  title: MaybeText,
  crawlable: Type.Boolean(),
  forwardQuery: Type.Boolean(),
  hasRedirectRules: Type.Literal(false),
})
export type ShortUrl = Type.Static<typeof ShortUrl>

export function toShortUrl(link: ListedLink, { addresses, timeZone }: LinkContext): ShortUrl {
  const { validFrom, validUntil } = link
  return {
    shortCode: link.slug,
    shortUrl: addresses.of('link', `/${encodeURIComponent(link.slug)}`),
    longUrl: link.url,
    dateCreated: writeMoment(link.createdAt, timeZone),
    visitsSummary: summaryOf(link),
    tags: link.tags,
    meta: {
      validSince: validFrom && writeMoment(validFrom, timeZone),
      validUntil: validUntil && writeMoment(validUntil, timeZone),
      maxVisits: link.maxVisits,
    },
    domain: null,
    title: link.title,
    crawlable: link.isCrawlable,
    forwardQuery: link.forwardsQuery,
    hasRedirectRules: false,
  }
}

export function summaryOf({ clicks, bots }: { clicks: number; bots: number }): VisitsSummary {
  return { total: clicks, nonBots: clicks - bots, bots }
}
