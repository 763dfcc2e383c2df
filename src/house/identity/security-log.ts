import { sql, type Kysely } from 'kysely'
import { shortened } from '../../platform/http/access-log.ts'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import type { IdentityTables } from './tables.ts'

/** The logged actions. Details never contain passwords, codes, keys, or what people write in the services. */
export type Action =
  | 'sign-in.done'
  | 'sign-in.failed'
  | 'sign-in.held-back'
  | 'sign-out'
  | 'session.revoked'
  | 'account.made'
  | 'account.invited'
  | 'account.joined'
  | 'account.renamed'
  | 'account.suspended'
  | 'account.restored'
  | 'account.closing'
  | 'account.kept'
  | 'account.erased'
  | 'account.exported'
  | 'picture.set'
  | 'picture.removed'
  | 'email.changed'
  | 'password.set'
  | 'password.reset'
  | 'passkey.added'
  | 'passkey.removed'
  | 'totp.added'
  | 'totp.removed'
  | 'recovery-codes.made'
  | 'recovery.asked'
  | 'recovery.vouched'
  | 'recovery.cancelled'
  | 'recovery.done'
  | 'app-password.made'
  | 'app-password.revoked'
  | 'token.made'
  | 'token.revoked'
  | 'role.granted'
  | 'role.taken'
  | 'organisation.made'
  | 'organisation.renamed'
  | 'organisation.invited'
  | 'organisation.joined'
  | 'organisation.left'
  | 'organisation.handed'
  | 'application.allowed'
  | 'application.revoked'
  | 'application.made'
  | 'application.removed'

/** Further details of an event. */
export type Detail = Record<string, string | number | boolean | null>

/** An event to log. */
export interface SecurityEvent {
  action: Action
  /** Account number of the person who did it; null: a visitor without a session, or the command line. */
  actor: string | null
  /** The account that it is about. */
  subject?: string | null
  organisation?: string | null
  /** Network address; only a prefix is stored. */
  address?: string
  detail?: Detail
}

/** A line of the log. */
export interface SecurityLogLine {
  id: number
  at: Temporal.Instant
  action: Action
  actor: string | null
  subject: string | null
  network: string
  detail: Detail
}

/** Lines that are verified in one query. */
const PAGE = 5000

/**
 * The fields that the hash of a line covers. Detail and network are not covered: they may be emptied when a person is
 * erased.
 */
interface Summed {
  at: string
  actor: string | null
  subject: string | null
  organisation: string | null
  action: Action
}

/** The security log: a chain of hashes keyed by the instance, in which a changed or deleted line is detected. */
export class SecurityLog {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey

  constructor(db: Kysely<IdentityTables>, key: InstanceKey) {
    this.#db = db
    this.#key = key
  }

  /**
   * Writes one line, in the caller's transaction: a rolled back action is not logged.
   *
   * @param db a transaction, or the database itself for an event of its own
   */
  async write(db: Kysely<IdentityTables>, event: SecurityEvent): Promise<void> {
    if (!db.isTransaction) return db.transaction().execute((transaction) => this.write(transaction, event))
    const { action, actor, subject = null, organisation = null, address = '', detail = {} } = event
    // One writer at a time: the hash of each line includes the hash of the line before.
    const { rows } = await sql<{ end: Buffer | null }>`select identity.security_log_end() as "end"`.execute(db)
    const at = Temporal.Now.instant().round('millisecond').toString()
    const sum = this.#sum(rows[0]?.end ?? undefined, { at, actor, subject, organisation, action })
    const network = shortened(address)
    await db
      .insertInto('security_log')
      .values({ at, actor, subject, organisation, action, network, detail: JSON.stringify(detail), sum })
      .execute()
  }

  /** The lines about one account or by it, the newest first. */
  async linesOf(account: string, limit = 200): Promise<SecurityLogLine[]> {
    return this.#lines(
      (query) => query.where((where) => where.or([where('subject', '=', account), where('actor', '=', account)])),
      limit,
    )
  }

  /** All lines, the newest first; optionally those whose action begins with a text. */
  async lines({
    action,
    before,
    limit = 100,
  }: { action?: string | undefined; before?: number | undefined; limit?: number } = {}): Promise<SecurityLogLine[]> {
    return this.#lines(
      (query) =>
        query
          .$if(action !== undefined && action !== '', (some) => some.where(sql`action`, 'like', `${action}%`))
          .$if(before !== undefined, (some) => some.where('id', '<', before ?? 0)),
      limit,
    )
  }

  async #lines(
    narrow: (query: ReturnType<typeof baseQuery>) => ReturnType<typeof baseQuery>,
    limit: number,
  ): Promise<SecurityLogLine[]> {
    return narrow(baseQuery(this.#db)).orderBy('id', 'desc').limit(limit).execute()
  }

  /**
   * Verifies the chain.
   *
   * @returns the number of the first line that does not follow from the one before; undefined when all do. The oldest
   * line that is kept is not verified.
   */
  async firstInvalid(): Promise<number | undefined> {
    let before: { id: number; sum: Buffer } | undefined
    for (;;) {
      const rows = await this.#db
        .selectFrom('security_log')
        .select(['id', 'at', 'actor', 'subject', 'organisation', 'action', 'sum'])
        .where('id', '>', before?.id ?? 0)
        .orderBy('id')
        .limit(PAGE)
        .execute()
      for (const { id, at, sum, ...row } of rows) {
        if (before && !this.#sum(before.sum, { at: at.toString(), ...row }).equals(sum)) return id
        before = { id, sum }
      }
      if (rows.length < PAGE) return undefined
    }
  }

  #sum(before: Buffer | undefined, { at, actor, subject, organisation, action }: Summed): Buffer {
    const moment = Temporal.Instant.from(at).toString({ fractionalSecondDigits: 3 })
    return this.#key.keyedHash(
      'audit',
      JSON.stringify([before?.toString('hex') ?? '', moment, actor, subject, organisation, action]),
    )
  }
}

function baseQuery(db: Kysely<IdentityTables>) {
  return db.selectFrom('security_log').select(['id', 'at', 'action', 'actor', 'subject', 'network', 'detail'])
}
