import type { Kysely } from 'kysely'
import type { Figures } from '../../src/platform/figures/figures.ts'
import { readLine } from '../../src/platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { BellTables } from './tables.ts'

/** Rings of the bell. */
export class Rings {
  readonly #db: Kysely<BellTables>
  readonly #figures: Figures

  constructor(db: Kysely<BellTables>, figures: Figures) {
    this.#db = db
    this.#figures = figures
  }

  /** @throws Refusal `no-name` when the name is empty */
  async ring(written: string): Promise<void> {
    const who = readLine(written, { longest: 100 })
    if (who === '') throw refuse('no-name')
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.insertInto('ring').values({ who }).execute()
      await this.#figures.count(transaction, { 'bell.rings': 1 })
    })
  }

  async count(): Promise<number> {
    const { rings } = await this.#db
      .selectFrom('ring')
      .select((ring) => ring.fn.countAll<number>().as('rings'))
      .executeTakeFirstOrThrow()
    return rings
  }
}
