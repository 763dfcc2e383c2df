import type { Kysely } from 'kysely'
import { refuse } from '../refusals.ts'
import type { ReportTables } from '../tables.ts'

/** A comment on a paragraph. */
export interface Comment {
  id: number
  /** The paragraph as it was then. */
  quote: string
  text: string
  writtenBy: string
  writtenAt: Temporal.Instant
  settledBy: string | null
}

/** The comments of authors and the council on a text. */
export class Comments {
  readonly #db: Kysely<ReportTables>

  constructor(db: Kysely<ReportTables>) {
    this.#db = db
  }

  /** Returns the comments of a report: open ones first, oldest first. */
  of(year: number): Promise<Comment[]> {
    return this.#db
      .selectFrom('comment')
      .select(['id', 'quote', 'text', 'written_by as writtenBy', 'written_at as writtenAt', 'settled_by as settledBy'])
      .where('report', '=', year)
      .orderBy((comment) => comment('settled_by', 'is not', null))
      .orderBy('id')
      .execute()
  }

  async add(year: number, { quote, text }: Pick<Comment, 'quote' | 'text'>, by: string): Promise<number> {
    const { id } = await this.#db
      .insertInto('comment')
      .values({ report: year, quote, text, written_by: by })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  }

  /** @throws Refusal `unknown` */
  async settle(year: number, id: number, by: string): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('comment')
      .set({ settled_by: by })
      .where('report', '=', year)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) throw refuse('unknown')
  }
}
