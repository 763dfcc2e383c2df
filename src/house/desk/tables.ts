import type { ColumnType, Generated } from 'kysely'
import type { Category } from '../../platform/moderation/categories.ts'
import type { Verdict } from '../../platform/moderation/moderation.ts'
import type { ContentState } from '../../platform/moderation/moderated.ts'

type Made<T> = ColumnType<T, string | undefined, string>
type MaybeInstant = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>

/** The tables of the schema `desk`; migrations/ describes each column. */
export interface DeskTables {
  item: {
    id: Generated<number>
    service: string
    content: string
    is_open: Generated<boolean>
    is_set_aside: Generated<boolean>
    category: Category
    urgency: Generated<number>
    reports: Generated<number>
    is_appealed: Generated<boolean>
    opened_at: Made<Temporal.Instant>
    called_at: MaybeInstant
  }
  report: {
    id: Generated<number>
    item: number
    reference: string
    is_appeal: Generated<boolean>
    category: Category
    weight: number
    explanation: string
    email: string | null
    language: string
    sealed_key: string | null
    network: Buffer | null
    is_counted: boolean
    made_at: Made<Temporal.Instant>
    settled_at: MaybeInstant
    settled_by: ColumnType<number | null, undefined, number | null>
  }
  decision: {
    id: Generated<number>
    item: number
    decision: Verdict
    category: Category
    reason: string
    note: Generated<string>
    is_blocked: Generated<boolean>
    is_held: Generated<boolean>
    is_source_banned: Generated<boolean>
    asks_second: Generated<boolean>
    changed: string[]
    stood: ContentState[]
    decided_by: string | null
    decider: string
    decided_at: Made<Temporal.Instant>
    told_at: MaybeInstant
    undone_at: MaybeInstant
    undone_by: string | null
  }
  evidence: {
    id: Generated<number>
    item: number
    blob_key: string
    sha256: string
    bytes: number
    category: Category
    made_at: Made<Temporal.Instant>
    until: ColumnType<Temporal.PlainDate, string, string>
  }
  act: {
    id: Generated<number>
    what: 'unblock' | 'unban' | 'switch'
    which: string
    done_by: string | null
    doer: string
    at: Made<Temporal.Instant>
  }
  opening: {
    id: Generated<number>
    evidence: number | null
    service: string
    content: string
    asked_by: string | null
    asker: string
    reason: string
    was_given: boolean
    at: Made<Temporal.Instant>
  }
}
