import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Caller } from '../../platform/access/caller.ts'
import { holds } from '../../platform/access/caller.ts'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import type { Account, Accounts } from './accounts.ts'
import type { SecurityLog } from './security-log.ts'
import type { AccountEmails } from './emails.ts'
import { refuse } from './refusals.ts'
import type { IdentityTables } from './tables.ts'

/** Validity of a password reset link, in minutes. */
const MINUTES = 30

/** Days for two people to vouch, then hours of delay, then days for which the recovery is open. */
const VOUCHING = { days: 7, waitHours: 24, openDays: 7 }

/** Maximum reset e-mails to one account in an hour. */
const EMAILS_PER_HOUR = 3

/** A pending recovery, as volunteers see it. */
export interface RecoveryLine {
  id: string
  account: string
  name: string
  login: string
  createdAt: Temporal.Instant
  vouchedBy: string[]
  vouchedAt: Temporal.Instant | null
}

/** An open recovery. */
export interface OpenRecovery {
  id: string
  kind: 'mail' | 'vouched'
  account: Account
}

interface RecoveryNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  accounts: Accounts
  emails: AccountEmails
  securityLog: SecurityLog
}

/**
 * Account recovery. An e-mail resets the password and never bypasses a second factor. For a person who lost that too,
 * two volunteers vouch, each from their own account. After a day's delay, in which the owner is notified and can
 * cancel, the recovery opens.
 */
export class Recovery {
  readonly #needs: RecoveryNeeds

  constructor(needs: RecoveryNeeds) {
    this.#needs = needs
  }

  /** Sends a reset e-mail if the account exists; the result does not tell whether it does. */
  async ask(written: string, address: string): Promise<void> {
    const { db, accounts, emails, securityLog } = this.#needs
    const account = await accounts.find(written)
    if (!account?.email || !account.emailVerified || !['active', 'closing'].includes(account.state)) return
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from identity.recovery where account = ${account.id} and kind = 'mail' and created_at > now() - interval '1 hour'`.execute(
      db,
    )
    if ((rows[0]?.count ?? 0) >= EMAILS_PER_HOUR) return
    await db.transaction().execute(async (transaction) => {
      const secret = await this.#make(transaction, account.id, 'mail', { minutes: MINUTES })
      await emails.resetPassword(transaction, account, secret)
      await securityLog.write(transaction, { action: 'recovery.asked', actor: null, subject: account.id, address })
    })
  }

  /**
   * A first volunteer vouches for a person; a second one must confirm.
   *
   * @throws Refusal `not-allowed`, `own-recovery`
   */
  async vouchFirst(account: Account, by: Caller): Promise<void> {
    if (!mayVouch(by)) throw refuse('not-allowed')
    if (by.id === account.id) throw refuse('own-recovery')
    const { db, securityLog } = this.#needs
    await db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('recovery')
        .set({ ended_at: now() })
        .where('account', '=', account.id)
        .where('kind', '=', 'vouched')
        .where('ended_at', 'is', null)
        .execute()
      const secret = await this.#make(transaction, account.id, 'vouched', { hours: VOUCHING.days * 24 })
      const { id } = await transaction
        .selectFrom('recovery')
        .select('id')
        .where('token_hash', '=', this.#tokenHash(secret))
        .executeTakeFirstOrThrow()
      await transaction.insertInto('vouching').values({ recovery: id, account: by.id }).execute()
      await securityLog.write(transaction, { action: 'recovery.vouched', actor: by.id, subject: account.id })
    })
  }

  /**
   * A second volunteer confirms: the owner is notified, and the delay begins.
   *
   * @throws Refusal `not-allowed`, `own-recovery`, `already-vouched`, `recovery-expired`
   */
  async vouchSecond(id: string, by: Caller): Promise<void> {
    if (!mayVouch(by)) throw refuse('not-allowed')
    const { db, accounts, emails, securityLog } = this.#needs
    await db.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('recovery')
        .selectAll()
        .where('id', '=', id)
        .where('kind', '=', 'vouched')
        .where('ended_at', 'is', null)
        .forUpdate()
        .executeTakeFirst()
      if (!row || row.vouched_at || Temporal.Instant.compare(row.expires_at, Temporal.Now.instant()) < 0)
        throw refuse('recovery-expired')
      if (row.account === by.id) throw refuse('own-recovery')
      const added = await transaction
        .insertInto('vouching')
        .values({ recovery: id, account: by.id })
        .onConflict((conflict) => conflict.columns(['recovery', 'account']).doNothing())
        .returning('account')
        .executeTakeFirst()
      if (!added) throw refuse('already-vouched')
      const secret = randomBytes(24).toString('base64url')
      const open = Temporal.Now.instant().add({ hours: VOUCHING.waitHours + VOUCHING.openDays * 24 })
      await transaction
        .updateTable('recovery')
        .set({ token_hash: this.#tokenHash(secret), vouched_at: now(), expires_at: open.toString() })
        .where('id', '=', id)
        .execute()
      const account = await accounts.get(row.account, transaction)
      if (!account) throw refuse('recovery-expired')
      await emails.emailRecovery(transaction, account, secret)
      await securityLog.write(transaction, { action: 'recovery.vouched', actor: by.id, subject: account.id })
    })
  }

  /**
   * The recovery that a secret opens.
   *
   * @throws Refusal `recovery-expired`; `recovery-too-early` with the remaining hours
   */
  async open(secret: string): Promise<OpenRecovery> {
    const row = await this.#find(secret)
    if (row.kind === 'vouched') {
      const from = row.vouched_at?.add({ hours: VOUCHING.waitHours })
      if (!from || Temporal.Instant.compare(from, Temporal.Now.instant()) > 0)
        throw refuse('recovery-too-early', {
          hours: from ? Math.max(1, Math.ceil(Temporal.Now.instant().until(from).total('hours'))) : VOUCHING.waitHours,
        })
    }
    const account = await this.#needs.accounts.get(row.account)
    if (!account || !['active', 'closing'].includes(account.state)) throw refuse('recovery-expired')
    return { id: row.id, kind: row.kind, account }
  }

  /** Completes a recovery, in the transaction of the change. */
  async close(db: Kysely<IdentityTables>, { id, kind, account }: OpenRecovery): Promise<void> {
    const ended = await db
      .updateTable('recovery')
      .set({ ended_at: now() })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!ended) throw refuse('recovery-expired')
    if (kind === 'vouched')
      for (const table of ['totp', 'recovery_code', 'passkey'] as const)
        await db.deleteFrom(table).where('account', '=', account.id).execute()
    await this.#needs.securityLog.write(db, {
      action: 'recovery.done',
      actor: account.id,
      subject: account.id,
      detail: { kind },
    })
  }

  /** Cancels the pending recoveries, with the secret of the e-mail. */
  async cancel(secret: string): Promise<void> {
    const { db, securityLog } = this.#needs
    const row = await this.#find(secret)
    await db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('recovery')
        .set({ ended_at: now() })
        .where('account', '=', row.account)
        .where('ended_at', 'is', null)
        .execute()
      await securityLog.write(transaction, { action: 'recovery.cancelled', actor: null, subject: row.account })
    })
  }

  /** The recoveries that wait for a second voucher, or for the end of the delay. */
  async waiting(): Promise<RecoveryLine[]> {
    const { rows } = await sql<RecoveryLine>`
      select recovery.id, recovery.account, account.name, account.login, recovery.created_at as "createdAt", vouched_at as "vouchedAt",
        array(select voice.account from identity.vouching voice where voice.recovery = recovery.id order by voice.at) as "vouchedBy"
      from identity.recovery join identity.account on account.id = recovery.account
      where recovery.kind = 'vouched' and ended_at is null and expires_at > now() order by recovery.created_at`.execute(
      this.#needs.db,
    )
    return rows
  }

  async #find(secret: string) {
    const row = await this.#needs.db
      .selectFrom('recovery')
      .selectAll()
      .where('token_hash', '=', this.#tokenHash(secret))
      .where('ended_at', 'is', null)
      .where('expires_at', '>', sql<Temporal.Instant>`now()`)
      .executeTakeFirst()
    if (!row) throw refuse('recovery-expired')
    return row
  }

  async #make(
    db: Kysely<IdentityTables>,
    account: string,
    kind: 'mail' | 'vouched',
    within: Temporal.DurationLike,
  ): Promise<string> {
    const secret = randomBytes(24).toString('base64url')
    await db
      .insertInto('recovery')
      .values({
        id: randomUUIDv7(),
        token_hash: this.#tokenHash(secret),
        account,
        kind,
        expires_at: Temporal.Now.instant().add(within).toString(),
      })
      .execute()
    return secret
  }

  #tokenHash(secret: string): Buffer {
    return this.#needs.key.keyedHash('recoveries', secret)
  }
}

/** Whether a caller may vouch: volunteers, employees, board members and technicians may. */
export function mayVouch(caller: Caller): boolean {
  return holds(caller, 'volunteer', 'employee', 'board', 'technician')
}

const now = () => Temporal.Now.instant().toString()
