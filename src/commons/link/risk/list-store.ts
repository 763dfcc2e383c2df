import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import { freeBlobs } from '../../../platform/retention/freed-blobs.ts'
import { DomainBlockList } from './block-list.ts'
import type { RiskTables } from './tables.ts'

/** A stored list, with the key of its blob. */
export interface KeptList {
  name: string
  blobKey: string
  entries: number
  changedAt: Temporal.Instant
}

interface ListStoreNeeds {
  db: Kysely<RiskTables>
  blobs: Blobs
}

/**
 * Stores block lists: one row each, naming the blob with its entries. The blob is written before its row and freed
 * with it, so a row always has its blob; a crash between both leaves at worst an unused blob.
 */
export class ListStore {
  readonly #db: Kysely<RiskTables>
  readonly #blobs: Blobs

  constructor({ db, blobs }: ListStoreNeeds) {
    this.#db = db
    this.#blobs = blobs
  }

  /** Stores a list, replacing the one of the same name. */
  async keep(list: DomainBlockList): Promise<void> {
    const blobKey = `link/block-lists/${list.name}/${randomUUID()}`
    await this.#blobs.put(blobKey, list.bytes)
    // When this fails the blob stays: the row may have been written, and only the answer lost.
    await this.#db.transaction().execute(async (db) => {
      // Two concurrent replacements of a list must each see the blob that they replace.
      await sql`lock table link.block_list in share row exclusive mode`.execute(db)
      const { blob_key: replaced } =
        (await db.selectFrom('block_list').select('blob_key').where('name', '=', list.name).executeTakeFirst()) ?? {}
      const values = { blob_key: blobKey, entries: list.size, changed_at: Temporal.Now.instant().toString() }
      await db
        .insertInto('block_list')
        .values({ name: list.name, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute()
      if (replaced !== undefined) await freeBlobs(db, [replaced])
    })
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    return this.#db.transaction().execute(async (db) => {
      const removed = await db
        .deleteFrom('block_list')
        .where('name', '=', name)
        .returning('blob_key')
        .executeTakeFirst()
      if (removed) await freeBlobs(db, [removed.blob_key])
      return removed !== undefined
    })
  }

  /** Returns the stored lists, by name. */
  async all(): Promise<KeptList[]> {
    return this.#db
      .selectFrom('block_list')
      .select(['name', 'blob_key as blobKey', 'entries', 'changed_at as changedAt'])
      .orderBy('name')
      .execute()
  }

  /** @throws BlobMissing, or why the blob is unreadable */
  async read({ name, blobKey, entries }: KeptList): Promise<DomainBlockList> {
    return DomainBlockList.read(name, await this.#blobs.get(blobKey), entries)
  }
}
