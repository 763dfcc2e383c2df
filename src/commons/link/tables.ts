import type { ColumnType, Generated } from 'kysely'

/** A moment that may be absent; written as ISO 8601 text. */
type MaybeInstant = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>

/** The state of a link; the migrations document each. */
export type LinkState = 'active' | 'held' | 'disabled' | 'removed' | 'expired' | 'deleted'

/** The health of a target at its last check; `blocked` exists but is closed to us, and counts as alive. */
export type Health = 'unknown' | 'alive' | 'blocked' | 'dead' | 'soft404'

/** The interface that created a link. */
export type LinkSource = 'web' | 'lstu' | 'yourls' | 'shlink' | 'import'

/** The tables of the schema `link`; migrations/ documents each column. */
export interface LinkTables {
  link: {
    id: Generated<number>
    slug: string
    url: string
    state: Generated<LinkState>
    clicks: Generated<number>
    last_click_on: ColumnType<Temporal.PlainDate | null, string | null | undefined, string | null>
    created_at: ColumnType<Temporal.Instant, string | undefined, never>
    title: string | null
    note: string | null
    owner: string | null
    manage_token_hash: Buffer | null
    url_hash: Buffer | null
    host: string | null
    domain: string | null
    valid_from: MaybeInstant
    valid_until: MaybeInstant
    max_visits: number | null
    password_hash: string | null
    forward_query: Generated<boolean>
    is_crawlable: Generated<boolean>
    is_count_public: Generated<boolean>
    warns_until: MaybeInstant
    reason: string | null
    held_at: MaybeInstant
    risk: Generated<number>
    source: Generated<LinkSource>
    imported_at: MaybeInstant
    opened_at: MaybeInstant
    bots: Generated<number>
    updated_at: ColumnType<Temporal.Instant, string | undefined, string>
    health: Generated<Health>
    health_code: number | null
    health_at: MaybeInstant
    health_fails: Generated<number>
    failing_since: MaybeInstant
    next_check_at: ColumnType<Temporal.Instant, string | undefined, string>
  }
  link_day: {
    link_id: number
    day: ColumnType<Temporal.PlainDate, string, never>
    clicks: number
    bots: Generated<number>
  }
  visit_batch: { id: Generated<number>; day: string; links: number }
  link_tag: { link_id: number; tag: string }
  link_history: { link_id: number; url: string; until: ColumnType<Temporal.Instant, string | undefined, never> }
  link_check: {
    link_id: number
    at: ColumnType<Temporal.Instant, string | undefined, never>
    result: string
    code: number | null
  }
  spam_surge: {
    is_only: Generated<boolean>
    is_on: boolean
    is_forced: boolean
    since: ColumnType<Temporal.Instant, string, string>
  }
}
