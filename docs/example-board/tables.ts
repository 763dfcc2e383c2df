import type { ColumnType, Generated } from 'kysely'

/** The tables of the schema `board`. */
export interface BoardTables {
  notice: {
    id: string
    author: string | null
    title: string
    text: string
    picture: string | null
    hash: Buffer
    state: Generated<'shown' | 'hidden' | 'removed'>
    made_at: ColumnType<Temporal.Instant, never, never>
    ends_at: ColumnType<Temporal.Instant, string, never>
  }
}
