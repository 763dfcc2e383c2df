import { sql, type Kysely } from 'kysely'
import type { Moderator } from '../../platform/moderation/moderation.ts'
import type { DeskTables } from './tables.ts'

/** An entry of the moderation log, which all moderators may read. */
export interface LogEntry {
  at: Temporal.Instant
  by: string
  what: 'keep' | 'hide' | 'remove' | 'undo' | 'opened' | 'asked' | 'unblock' | 'unban' | 'switch'
  /** The content that it concerns; null when there is none. */
  service: string | null
  content: string | null
  /** The reason, or the switch. */
  said: string
}

/** Entries on one page. */
export const PAGE = 100

/** The moderation log: decisions, access to evidence, and other changes to what the services accept. */
export class ModerationLog {
  readonly #db: Kysely<DeskTables>

  constructor(db: Kysely<DeskTables>) {
    this.#db = db
  }

  /**
   * Logs an action that is neither a decision nor an access to evidence.
   *
   * @param db the transaction of the action
   */
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

  /**
   * The entries, the newest first.
   *
   * @param before only entries earlier than this moment
   */
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
