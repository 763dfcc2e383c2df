import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { getDomain } from 'tldts'
import type { Health, LinkSource, LinkState, LinkTables } from './tables.ts'

export type StoredLink = Selectable<LinkTables['link']>

/** A short link, as those who may see all of it know it. */
export interface Link {
  id: number
  slug: string
  url: string
  state: LinkState
  /** Held without an end: only a person opens it. */
  isHeldBack: boolean
  /** Code of the refusal that visitors see while it leads nowhere. */
  reason: string | null
  title: string | null
  owner: string | null
  /** Redirects served, bots among them. */
  clicks: number
  bots: number
  lastClickOn: Temporal.PlainDate | null
  createdAt: Temporal.Instant
  validFrom: Temporal.Instant | null
  validUntil: Temporal.Instant | null
  maxVisits: number | null
  hasPassword: boolean
  forwardsQuery: boolean
  isCrawlable: boolean
  isCountPublic: boolean
  warnsUntil: Temporal.Instant | null
  source: LinkSource
  /** When it was taken over from another software; null: made here. */
  importedAt: Temporal.Instant | null
  health: Health
  healthAt: Temporal.Instant | null
  failingSince: Temporal.Instant | null
}

/** What anybody may know of a link: not where one leads that asks for a password, nor a count that its maker closed. */
export type PublicLink = Omit<Link, 'url' | 'clicks' | 'bots'> & {
  url: string | null
  clicks: number | null
  bots: number | null
}

export function toPublic(link: Link): PublicLink {
  const { url, clicks, bots, hasPassword, isCountPublic } = link
  return {
    ...link,
    url: hasPassword ? null : url,
    clicks: isCountPublic ? clicks : null,
    bots: isCountPublic ? bots : null,
  }
}

export function toLink(row: StoredLink): Link {
  return {
    id: row.id,
    slug: row.slug,
    url: row.url,
    state: row.state,
    isHeldBack: isHeldBack(row),
    reason: row.reason,
    title: row.title,
    owner: row.owner,
    clicks: row.clicks,
    bots: row.bots,
    lastClickOn: row.last_click_on,
    createdAt: row.created_at,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    maxVisits: row.max_visits,
    hasPassword: row.password_hash !== null,
    forwardsQuery: row.forward_query,
    isCrawlable: row.is_crawlable,
    isCountPublic: row.is_count_public,
    warnsUntil: row.warns_until,
    source: row.source,
    importedAt: row.imported_at,
    health: row.health,
    healthAt: row.health_at,
    failingSince: row.failing_since,
  }
}

/** Whether a link is held without an end; the others open a day after they were held. */
export function isHeldBack({ state, held_at: heldAt }: Pick<StoredLink, 'state' | 'held_at'>): boolean {
  return state === 'held' && heldAt === null
}

/**
 * The day on which a link that a stranger made here ends when nobody visits it any more.
 *
 * @param last the day of its last visit, else the one on which it was made
 */
export function endWithoutVisit(last: Temporal.PlainDate): Temporal.PlainDate {
  return last.add({ years: 1, days: 1 })
}

/** What is kept beside an address, to find links by where they lead. */
export function targetKeys(url: string): { url_hash: Buffer; host: string; domain: string } {
  const { hostname } = new URL(url)
  return {
    url_hash: createHash('sha256').update(url).digest().subarray(0, 16),
    host: hostname,
    domain: getDomain(hostname) ?? hostname,
  }
}
