import { sql } from 'kysely'
import type { Purge } from './class.ts'

/**
 * Purges the rows of a table whose moment is past, the oldest first.
 *
 * @param table with its schema, `desk.opening`
 * @param moment the column that the time counts from, a timestamptz; an index should begin with it
 * @param key the columns that name a row
 */
export function deleteOlder(table: string, moment: string, key: readonly string[] = ['id']): Purge {
  const rowsOf = sql.id(...table.split('.'))
  const at = sql.id(moment)
  const names = sql.join(key.map((column) => sql.id(column)))
  return async (db, { before, limit }) => {
    const { rows } = await sql`
      delete from ${rowsOf} where (${names}) in (
        select ${names} from ${rowsOf} where ${at} < ${before.toString()}::timestamptz order by ${at} limit ${limit} for update skip locked
      ) returning 1`.execute(db)
    return { rows: rows.length }
  }
}
