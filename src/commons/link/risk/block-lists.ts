import { sql, type Kysely } from 'kysely'
import { BlockList, entriesOf, PREFIX, prefixOf } from './block-list.ts'
import type { RiskTables } from './tables.ts'

/** All block lists, in memory. */
export class BlockLists {
  readonly #lists: readonly BlockList[]

  constructor(lists: readonly BlockList[]) {
    this.#lists = lists.filter(({ size }) => size > 0)
  }

  static async read(db: Kysely<RiskTables>): Promise<BlockLists> {
    const rows = await db.selectFrom('block_list').select(['name', 'prefixes']).orderBy('name').execute()
    return new BlockLists(rows.map(({ name, prefixes }) => new BlockList(name, prefixes)))
  }

  /** The name of the first list that an address is on. */
  listOf(url: URL): string | undefined {
    if (this.#lists.length === 0) return undefined
    const prefixes = entriesOf(url).map(prefixOf)
    return this.#lists.find((list) => prefixes.some((prefix) => list.has(prefix)))?.name
  }
}

/** Keeps a list, in place of the one of that name. */
export async function keepList(db: Kysely<RiskTables>, list: BlockList): Promise<void> {
  const values = { prefixes: list.bytes, changed_at: Temporal.Now.instant().toString() }
  await db
    .insertInto('block_list')
    .values({ name: list.name, prefixes: values.prefixes })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute()
}

/** @returns whether there was one */
export async function removeList(db: Kysely<RiskTables>, name: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('block_list').where('name', '=', name).executeTakeFirst()
  return numDeletedRows > 0n
}

/** The lists that there are. */
export async function listsKept(db: Kysely<RiskTables>): Promise<{ name: string; entries: number; changedAt: Temporal.Instant }[]> {
  return db
    .selectFrom('block_list')
    .select(['name', 'changed_at as changedAt', sql<number>`length(prefixes) / ${sql.lit(PREFIX)}`.as('entries')])
    .orderBy('name')
    .execute()
}
