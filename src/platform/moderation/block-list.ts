import { sql, type QueryExecutorProvider } from 'kysely'
import type { Database } from '../database/database.ts'
import type { ClientAddress } from '../http/from.ts'
import { ownRefusals } from '../http/refusal-of.ts'
import type { AuditTrail } from '../audit-trail/audit-trail.ts'
import type { Category } from './categories.ts'

/** How long nothing is taken from where something bad came from. */
export const BANNED_FOR = { days: 90 }

/** Something that wants to come in. */
export interface Submission {
  service: string
  from?: ClientAddress | undefined
  /** Names what it is, as `Seen.hash` does. */
  hash?: Buffer | undefined
}

/** A hash that is blocked, as its list shows it. */
export interface Blocked {
  service: string
  hash: Buffer
  /** Of which content it was. */
  content: string
  category: string
  note: string
  by: string
  at: Temporal.Instant
  tries: number
}

export interface Banned {
  network: Buffer
  until: Temporal.Instant
  reason: string
  by: string
  at: Temporal.Instant
  tries: number
}

/** Keeps out what was taken down, and who put it here. Services ask before they take something. */
export class BlockList {
  readonly #database: Database
  readonly #auditTrail: AuditTrail

  constructor(database: Database, auditTrail: AuditTrail) {
    this.#database = database
    this.#auditTrail = auditTrail
  }

  /**
   * Asks whether something may come in; one statement. The words of a refusal do not teach which of the two it was.
   *
   * @throws Refusal `content-denied`
   */
  async admit({ service, from, hash }: Submission): Promise<void> {
    const { rowCount } = await this.#database.pool.query(
      `with blocked as (update moderation.blocked set tries = tries + 1 where service = $1 and hash = $2 returning 1),
         banned as (update moderation.banned set tries = tries + 1 where network = $3 and until > now() returning 1)
       select from blocked union all select from banned`,
      [service, hash ?? null, from ? this.#auditTrail.networkHash(from) : null],
    )
    if (rowCount) throw ownRefusals('content-denied')
  }

  /** In the transaction of the decision. */
  async block(
    db: QueryExecutorProvider,
    { service, content, hash }: { service: string; content: string; hash: Buffer },
    said: { category: Category; note: string; by: string },
  ): Promise<void> {
    await sql`
      insert into moderation.blocked (service, hash, content, category, note, blocked_by) values (${service}, ${hash}, ${content}, ${said.category}, ${said.note}, ${said.by})
      on conflict (service, hash) do nothing`.execute(db)
  }

  /** In the transaction of the decision. @param network as `Traces.networkName` gives it */
  async ban(db: QueryExecutorProvider, network: Buffer, said: { reason: string; by: string }): Promise<void> {
    const until = Temporal.Now.zonedDateTimeISO('UTC').add(BANNED_FOR).toInstant().toString()
    await sql`
      insert into moderation.banned (network, until, reason, banned_by) values (${network}, ${until}, ${said.reason}, ${said.by})
      on conflict (network) do update set until = greatest(banned.until, excluded.until)`.execute(db)
  }

  /** @returns the content that it was, or undefined when it was not blocked */
  async unblock(db: QueryExecutorProvider, service: string, hash: Buffer): Promise<string | undefined> {
    const { rows } = await sql<{
      content: string
    }>`delete from moderation.blocked where service = ${service} and hash = ${hash} returning content`.execute(db)
    return rows[0]?.content
  }

  /** @returns whether it was banned */
  async unban(db: QueryExecutorProvider, network: Buffer): Promise<boolean> {
    const { rows } = await sql`delete from moderation.banned where network = ${network} returning network`.execute(db)
    return rows.length > 0
  }

  /** The last ones first, 200 at most. */
  async blocked(): Promise<Blocked[]> {
    const { rows } = await this.#database.pool.query<Blocked>(
      'select service, hash, content, category, note, blocked_by as by, blocked_at as at, tries from moderation.blocked order by blocked_at desc limit 200',
    )
    return rows
  }

  /** The last ones first, 200 at most. */
  async banned(): Promise<Banned[]> {
    const { rows } = await this.#database.pool.query<Banned>(
      'select network, until, reason, banned_by as by, banned_at as at, tries from moderation.banned where until > now() order by banned_at desc limit 200',
    )
    return rows
  }
}
