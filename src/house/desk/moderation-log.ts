import { sql, type Kysely } from 'kysely'
import type { Moderator } from '../../platform/moderation/moderation.ts'
import type { DeskTables } from './tables.ts'

/** Something that was done at the desk, as all who moderate may see it. */
export interface LogEntry {
  at: Temporal.Instant
  by: string
  what: 'keep' | 'hide' | 'remove' | 'undo' | 'opened' | 'asked' | 'unblock' | 'unban' | 'switch'
  /** The content that it was about; null where it was about none. */
  service: string | null
  content: string | null
  /** The reason that was given, or what was switched. */
  said: string
}

/** Deeds of one page. */
export const PAGE = 100

/** Everything that is done at the desk: decisions, openings of evidence, and what else changes what comes in. */
export class ModerationLog {
  readonly #db: Kysely<DeskTables>

  constructor(db: Kysely<DeskTables>) {
    this.#db = db
  }

  /** Writes down what neither a decision nor an opening says. @param db the transaction of the deed */
  async note(
    db: Kysely<DeskTables>,
    what: 'unblock' | 'unban' | 'switch',
    which: string,
    by: Moderator,
  ): Promise<void> {
    await db
      .insertInto('act')
      .values({ what, which, done_by: by.id || null, doer: by.name })
      .execute()
  }

  /** The last deeds first. @param before deeds of that moment and later are left out */
  async last(before?: Temporal.Instant): Promise<LogEntry[]> {
    const until = before?.toString() ?? 'infinity'
    const { rows } = await sql<LogEntry>`
      (select decided_at as at, decider as by, decision as what, service, content, reason as said
         from desk.decision join desk.item on item.id = decision.item where decided_at < ${until}::timestamptz order by decided_at desc limit ${PAGE})
      union all
      (select undone_at, undone_by, 'undo', service, content, decision
         from desk.decision join desk.item on item.id = decision.item where undone_at < ${until}::timestamptz order by undone_at desc limit ${PAGE})
      union all
      (select at, asker, case when was_given then 'opened' else 'asked' end, service, content, reason from desk.opening where at < ${until}::timestamptz order by at desc limit ${PAGE})
      union all
      (select at, doer, what, null, null, which from desk.act where at < ${until}::timestamptz order by at desc limit ${PAGE})
      order by at desc limit ${PAGE}`.execute(this.#db)
    return rows
  }
}
