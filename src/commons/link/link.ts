import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { getDomain } from 'tldts'
import type { Health, LinkSource, LinkState, LinkTables } from './tables.ts'

export type StoredLink = Selectable<LinkTables['link']>

/** A short link with everything that its owner may see. */
export interface Link {
  id: number
  slug: string
  url: string
  state: LinkState
  /** Held with no end: only a moderator opens it. */
  isHeldBack: boolean
  /** Refusal code that visitors see while the link does not redirect. */
  reason: string | null
  title: string | null
  owner: string | null
  /** Redirects served, bots included. */
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
  /** When it was imported from other software; null when it was created here. */
  importedAt: Temporal.Instant | null
  health: Health
  healthAt: Temporal.Instant | null
  failingSince: Temporal.Instant | null
}

/** The public part of a link: no target when it has a password, no visit count when its creator keeps it private. */
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

/** Whether a link is held with no end; other held links open one day after they were held. */
export function isHeldBack({ state, held_at: heldAt }: Pick<StoredLink, 'state' | 'held_at'>): boolean {
  return state === 'held' && heldAt === null
}

/**
 * Returns the day on which an anonymous link expires unless it is visited again.
 *
 * @param last day of its last visit, or of its creation when it has none
 */
export function endWithoutVisit(last: Temporal.PlainDate): Temporal.PlainDate {
  return last.add({ years: 1, days: 1 })
}

/** Returns the lookup keys of a target that are stored beside its URL. */
export function targetKeys(url: string): { url_hash: Buffer; host: string; domain: string } {
  const { hostname } = new URL(url)
  return {
    url_hash: createHash('sha256').update(url).digest().subarray(0, 16),
    host: hostname,
    domain: getDomain(hostname) ?? hostname,
  }
}
