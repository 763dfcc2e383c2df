import type { ColumnType, Generated } from 'kysely'

/** The tables of the schema `link`; migrations/ says what each column is. */
export interface LinkTables {
  link: {
    id: Generated<number>
    slug: string
    url: string
    state: Generated<'active' | 'removed' | 'expired'>
    clicks: Generated<number>
    last_click_on: ColumnType<Temporal.PlainDate | null, string | null, string | null>
    created_at: Generated<Temporal.Instant>
  }
  link_day: {
    link_id: number
    day: ColumnType<Temporal.PlainDate, string, never>
    clicks: number
  }
}
