import type { ColumnType, Generated } from 'kysely'

/** The tables of the schema `access`. */
export interface AccessTables {
  holder: { id: string; login: string; created_at: Generated<Temporal.Instant> }
  token: {
    id: Generated<number>
    holder: string
    name: Buffer
    scopes: string[]
    label: Generated<string>
    expires_at: ColumnType<Temporal.Instant | null, string | null>
    last_used_on: ColumnType<Temporal.PlainDate | null, string | null, string | null>
    created_at: Generated<Temporal.Instant>
  }
}
