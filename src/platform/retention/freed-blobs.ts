import { sql, type QueryExecutorProvider } from 'kysely'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../database/database.ts'
import { mapConcurrent } from '../concurrency.ts'

/** How long a freed blob stays: longer than a backup that is made in two steps, first the rows and then the blobs. */
export const FREED_FOR = { hours: 24 }

/**
 * Number of the advisory lock that every backup of ours shares while it runs; no blob is deleted meanwhile, however
 * long.
 */
export const BLOBS_ARE_COPIED = 4_207_020

/** Blobs of one batch, and how many of them are deleted at once. */
const BATCH = 500
const AT_ONCE = 8

/**
 * Gives blobs up, in the transaction that removes what named them; they are deleted a day later.
 *
 * @param db the caller's transaction, over whatever schema
 * @param keys never used again
 */
export async function freeBlobs(db: QueryExecutorProvider, keys: string[]): Promise<void> {
  if (keys.length === 0) return
  await sql`insert into retention.freed_blob (key) select unnest(${keys}::text[]) on conflict (key) do nothing`.execute(
    db,
  )
}

/** Blobs that nothing names any more: deleted once no backup can still speak of them. */
export class FreedBlobs {
  readonly #database: Database
  readonly #blobs: Blobs

  constructor(database: Database, blobs: Blobs) {
    this.#database = database
    this.#blobs = blobs
  }

  /**
   * Deletes one batch of what was freed before a moment. Killed in the middle, it deletes again what is gone already.
   *
   * @returns how many, or undefined when a backup runs that may need them
   */
  async deleteBatch(before: Temporal.Instant): Promise<number | undefined> {
    return this.#database
      .schema('retention')
      .transaction()
      .execute(async (db) => {
        const { rows: locks } = await sql<{
          is_ours: boolean
        }>`select pg_try_advisory_xact_lock(${sql.lit(BLOBS_ARE_COPIED)}) as is_ours`.execute(db)
        if (!locks[0]?.is_ours) return undefined
        const { rows } = await sql<{ key: string }>`
          select key from retention.freed_blob where freed_at < ${before.toString()}::timestamptz
          order by freed_at limit ${BATCH} for update skip locked`.execute(db)
        const keys = rows.map(({ key }) => key)
        await mapConcurrent(keys, AT_ONCE, (key) => this.#blobs.delete(key))
        await sql`delete from retention.freed_blob where key = any (${keys}::text[])`.execute(db)
        return keys.length
      })
  }
}
