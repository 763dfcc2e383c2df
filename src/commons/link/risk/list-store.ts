import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import { BlockList } from './block-list.ts'
import type { RiskTables } from './tables.ts'

/** A list that is kept, and where its entries are. */
export interface KeptList {
  name: string
  blobKey: string
  entries: number
  changedAt: Temporal.Instant
}

interface ListStoreNeeds {
  db: Kysely<RiskTables>
  blobs: Blobs
  log: Logger
}

/**
 * Keeps block lists: a row each, which names the blob with its entries. The blob is there before its row, and goes after
 * it, so that no row ever lacks its blob; who is killed between the two leaves at worst a blob without a row.
 */
export class ListStore {
  readonly #db: Kysely<RiskTables>
  readonly #blobs: Blobs
  readonly #log: Logger

  constructor({ db, blobs, log }: ListStoreNeeds) {
    this.#db = db
    this.#blobs = blobs
    this.#log = log
  }

  /** Keeps a list, in place of the one of that name. */
  async keep(list: BlockList): Promise<void> {
    const blobKey = `link/block-lists/${list.name}/${randomUUID()}`
    await this.#blobs.put(blobKey, list.bytes)
    // When this fails the blob stays: the row may have been written, and only the answer lost.
    const before = await this.#db.transaction().execute(async (db) => {
      // Two who replace one list at once must each see the blob that they replace.
      await sql`lock table link.block_list in share row exclusive mode`.execute(db)
      const { blob_key: replaced } = (await db.selectFrom('block_list').select('blob_key').where('name', '=', list.name).executeTakeFirst()) ?? {}
      const values = { blob_key: blobKey, entries: list.size, changed_at: Temporal.Now.instant().toString() }
      await db
        .insertInto('block_list')
        .values({ name: list.name, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute()
      return replaced
    })
    if (before !== undefined) await this.#discard(before)
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    const removed = await this.#db.deleteFrom('block_list').where('name', '=', name).returning('blob_key').executeTakeFirst()
    if (removed) await this.#discard(removed.blob_key)
    return removed !== undefined
  }

  /** The lists that there are, by name. */
  async all(): Promise<KeptList[]> {
    return this.#db.selectFrom('block_list').select(['name', 'blob_key as blobKey', 'entries', 'changed_at as changedAt']).orderBy('name').execute()
  }

  /** @throws BlobMissing, or what keeps it from being read whole */
  async read({ name, blobKey, entries }: KeptList): Promise<BlockList> {
    return BlockList.read(name, await this.#blobs.get(blobKey), entries)
  }

  /** The change is made by now, whatever becomes of the blob that nothing names any more. */
  async #discard(blobKey: string): Promise<void> {
    await this.#blobs.delete(blobKey).catch((error: unknown) => this.#log.warn({ err: error, blob: blobKey }, 'the blob of a former block list is left over'))
  }
}
