import { sql } from 'kysely'
import type { Purge } from './class.ts'

interface Columns {
  /** The columns that name a row. */
  key?: readonly string[]
  /** The columns that name blobs, which go with their row; empty where there is none. */
  blobs?: readonly string[]
}

/**
 * Purges the rows of a table whose moment is past, the oldest first.
 *
 * @param table with its schema, `desk.opening`
 * @param moment the column that the time counts from, a timestamptz; an index should begin with it
 *
 * @example
 * purge: deleteOlder('board.notice', 'ends_at', { blobs: ['picture'] })
 */
export function deleteOlder(table: string, moment: string, { key = ['id'], blobs = [] }: Columns = {}): Purge {
  const rowsOf = sql.id(...table.split('.'))
  const at = sql.id(moment)
  const names = sql.join(key.map((column) => sql.id(column)))
  const keys = sql`array_remove(array[${sql.join(blobs.map((column) => sql.id(column)))}]::text[], null)`
  return async (db, { before, limit }) => {
    const { rows } = await sql<{ blobs: string[] }>`
      delete from ${rowsOf} where (${names}) in (
        select ${names} from ${rowsOf} where ${at} < ${before.toString()}::timestamptz order by ${at} limit ${limit} for update skip locked
      ) returning ${keys} as blobs`.execute(db)
    return { rows: rows.length, blobs: rows.flatMap((row) => row.blobs) }
  }
}
