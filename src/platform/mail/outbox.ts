import { sql, type Kysely, type Selectable } from 'kysely'
import type { Database } from '../database/database.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { EmailState, OutboxTables } from './tables.ts'

/** An e-mail as those see it who look after the mail. */
export interface OutboxEmail {
  id: number
  recipient: string
  subject: string
  /** Undefined once it is forgotten. */
  text: string | undefined
  state: EmailState
  attempts: number
  lastError: string | undefined
  writtenAt: Temporal.Instant
  settledAt: Temporal.Instant | undefined
}

/** E-mails shown at once. */
const MOST = 200

/** What we wrote, and what became of it. */
export class Outbox {
  readonly #db: Kysely<OutboxTables>
  readonly #jobs: Jobs

  constructor(database: Database, jobs: Jobs) {
    this.#db = database.schema<OutboxTables>('outbox')
    this.#jobs = jobs
  }

  /** The newest e-mails first, 200 at most. */
  async list(states: EmailState[]): Promise<OutboxEmail[]> {
    const rows = await this.#db
      .selectFrom('email')
      .selectAll()
      .where('state', 'in', states)
      .orderBy('id', 'desc')
      .limit(MOST)
      .execute()
    return rows.map(toLetter)
  }

  async find(id: number): Promise<OutboxEmail | undefined> {
    const row = await this.#db.selectFrom('email').selectAll().where('id', '=', id).executeTakeFirst()
    return row && toLetter(row)
  }

  /** The drawings of an e-mail as PNG, in their order; none once its words are forgotten. */
  async pictures(id: number): Promise<Buffer[]> {
    const rows = await this.#db.selectFrom('picture').select('png').where('email', '=', id).orderBy('number').execute()
    return rows.map(({ png }) => png)
  }

  /**
   * Tries again at once what failed, and what waits for its next try; what is being sent just now is left alone.
   *
   * @param id all of them when none is named
   * @returns how many
   */
  async retry(id?: number): Promise<number> {
    return this.#db.transaction().execute(async (db) => {
      const rows = await db
        .updateTable('email')
        .set({ state: 'queued', settled_at: null, queued_at: sql<string>`now()` })
        .where('id', 'in', (letters) =>
          letters
            .selectFrom('email')
            .select('id')
            .where('state', 'in', ['queued', 'failed'])
            .where('text', 'is not', null)
            .$if(id !== undefined, (query) => query.where('id', '=', id ?? 0))
            .forUpdate()
            .skipLocked(),
        )
        .returning('id')
        .execute()
      for (const row of rows)
        await this.#jobs.enqueue(db, 'platform.send-email', { id: row.id }, { key: `letter/${row.id}` })
      return rows.length
    })
  }

  /** How many e-mails have waited for longer than so many minutes. */
  async late(minutes: number): Promise<number> {
    const { count } = await this.#db
      .selectFrom('email')
      .select((email) => email.fn.countAll<number>().as('count'))
      .where('state', '=', 'queued')
      .where('queued_at', '<', sql<Temporal.Instant>`now() - ${minutes} * interval '1 minute'`)
      .executeTakeFirstOrThrow()
    return count
  }
}

function toLetter({
  id,
  recipient,
  subject,
  text,
  state,
  attempts,
  ...row
}: Selectable<OutboxTables['email']>): OutboxEmail {
  return {
    id,
    recipient,
    subject,
    text: text ?? undefined,
    state,
    attempts,
    lastError: row.last_error ?? undefined,
    writtenAt: row.written_at,
    settledAt: row.settled_at ?? undefined,
  }
}
