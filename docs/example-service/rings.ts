import type { Kysely } from 'kysely'
import { readLine } from '../../src/platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { BellTables } from './tables.ts'

/** Rings of the bell. */
export class Rings {
  readonly #db: Kysely<BellTables>

  constructor(db: Kysely<BellTables>) {
    this.#db = db
  }

  /** @throws Refusal `no-name` when nobody says who rings */
  async ring(written: string): Promise<void> {
    const who = readLine(written, { longest: 100 })
    if (who === '') throw refuse('no-name')
    await this.#db.insertInto('ring').values({ who }).execute()
  }

  async count(): Promise<number> {
    const { rings } = await this.#db
      .selectFrom('ring')
      .select((ring) => ring.fn.countAll<number>().as('rings'))
      .executeTakeFirstOrThrow()
    return rings
  }
}
