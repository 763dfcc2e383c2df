import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Role } from '../../platform/access/roles.ts'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import type { Language } from '../../platform/language/languages.ts'
import { loginOf, readEmail, type Account, type Accounts } from './accounts.ts'
import type { SecurityLog } from './security-log.ts'
import type { AccountEmails } from './emails.ts'
import type { Organisations } from './organisations.ts'
import { refuse } from './refusals.ts'
import type { Roles } from './roles.ts'
import type { IdentityTables, OrganisationRole } from './tables.ts'

/** Days for which an invitation is valid. */
const DAYS = 14

/** A person to invite, with their roles and organisation. */
export interface Guest {
  email: string
  login?: string | undefined
  name?: string | undefined
  language: Language
  roles?: readonly Role[]
  organisation?: { id: string; role: OrganisationRole }
  /** Derives the secret from the account number when it is communicated in another way; then no e-mail is sent. */
  secretOf?: (account: string) => string
}

/** The sender of an invitation. */
export interface Host {
  /** Account number; null: the command line. */
  id: string | null
  name: string
}

/** A pending invitation. */
export interface InvitationLine {
  account: string
  name: string
  address: string
  createdAt: Temporal.Instant
  expiresAt: Temporal.Instant
}

interface InvitationsNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  accounts: Accounts
  roles: Roles
  organisations: Organisations
  emails: AccountEmails
  securityLog: SecurityLog
}

/** Invitations: an e-mail whose recipient chooses a login, and a passkey or a password. */
export class Invitations {
  readonly #needs: InvitationsNeeds

  constructor(needs: InvitationsNeeds) {
    this.#needs = needs
  }

  /**
   * Creates the account of an invited person and sends the e-mail.
   *
   * @returns the account number, and the secret of the address in the e-mail
   * @throws Refusal `email-invalid`, `email-taken`, `login-invalid`, `login-taken`
   */
  async send(guest: Guest, host: Host, on = this.#needs.db): Promise<{ account: string; secret: string }> {
    if (!on.isTransaction) return on.transaction().execute((transaction) => this.send(guest, host, transaction))
    const { accounts, roles, organisations, securityLog } = this.#needs
    const email = readEmail(guest.email)
    const login = guest.login ?? (await this.#freeLogin(on, loginOf(email)))
    const account = await accounts.make(on, {
      login,
      name: guest.name,
      email,
      language: guest.language,
      state: 'invited',
    })
    for (const role of guest.roles ?? []) await roles.grant(on, account, role, { by: host.id })
    if (guest.organisation)
      await organisations.admit(on, guest.organisation.id, account, guest.organisation.role, host.id)
    await securityLog.write(on, { action: 'account.invited', actor: host.id, subject: account })
    return { account, secret: await this.#write(on, account, email, guest.language, host, guest.secretOf?.(account)) }
  }

  /** Sends a pending invitation again; earlier links stop working. */
  async sendAgain(account: Account, host: Host, language: Language, on = this.#needs.db): Promise<string> {
    if (!on.isTransaction)
      return on.transaction().execute((transaction) => this.sendAgain(account, host, language, transaction))
    const { email } = account
    if (account.state !== 'invited' || !email) throw refuse('not-found')
    return this.#write(on, account.id, email, language, host)
  }

  /**
   * The account that a secret invites.
   *
   * @throws Refusal `invitation-expired`
   */
  async open(secret: string): Promise<Account> {
    const row = await this.#needs.db
      .selectFrom('invitation')
      .select(['account'])
      .where('token_hash', '=', this.#tokenHash(secret))
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Temporal.Instant>`now()`)
      .executeTakeFirst()
    const account = row && (await this.#needs.accounts.get(row.account))
    if (account?.state !== 'invited') throw refuse('invitation-expired')
    return account
  }

  /**
   * Accepts an invitation: activates the account and marks its e-mail address as verified.
   *
   * @throws Refusal `invitation-expired` when it was already used
   */
  async accept(db: Kysely<IdentityTables>, secret: string, account: Account): Promise<void> {
    const { accounts, securityLog } = this.#needs
    const used = await db
      .updateTable('invitation')
      .set({ used_at: Temporal.Now.instant().toString() })
      .where('token_hash', '=', this.#tokenHash(secret))
      .where('used_at', 'is', null)
      .returning('address')
      .executeTakeFirst()
    if (!used) throw refuse('invitation-expired')
    await accounts.setState(db, account.id, 'active')
    await accounts.verifyEmail(db, account.id, used.address)
    await securityLog.write(db, { action: 'account.joined', actor: account.id, subject: account.id })
  }

  /** The pending invitations, the newest first. */
  async waiting(db = this.#needs.db): Promise<InvitationLine[]> {
    return db
      .selectFrom('invitation')
      .innerJoin('account', 'account.id', 'invitation.account')
      .select([
        'invitation.account',
        'account.name',
        'invitation.address',
        'invitation.created_at as createdAt',
        'invitation.expires_at as expiresAt',
      ])
      .where('used_at', 'is', null)
      .where('account.state', '=', 'invited')
      .orderBy('invitation.created_at', 'desc')
      .limit(500)
      .execute()
  }

  async #write(
    db: Kysely<IdentityTables>,
    account: string,
    address: string,
    language: Language,
    host: Host,
    existing?: string,
  ): Promise<string> {
    const secret = existing ?? randomBytes(24).toString('base64url')
    await db.deleteFrom('invitation').where('account', '=', account).execute()
    await db
      .insertInto('invitation')
      .values({
        id: randomUUIDv7(),
        token_hash: this.#tokenHash(secret),
        account,
        address,
        invited_by: host.id,
        expires_at: Temporal.Now.instant()
          .add({ hours: DAYS * 24 })
          .toString(),
      })
      .execute()
    if (existing === undefined) await this.#needs.emails.invite(db, address, language, secret, host.name)
    return secret
  }

  async #freeLogin(db: Kysely<IdentityTables>, wanted: string): Promise<string> {
    const { rows } = await sql<{
      login: string
    }>`select lower(login) as login from identity.account where lower(login) like ${`${wanted}%`}
      union select login from identity.former_login where login like ${`${wanted}%`}`.execute(db)
    const taken = new Set(rows.map(({ login }) => login))
    for (let count = 2, login = wanted; ; login = `${wanted}${count++}`) if (!taken.has(login)) return login
  }

  #tokenHash(secret: string): Buffer {
    return this.#needs.key.keyedHash('invitations', secret)
  }
}
