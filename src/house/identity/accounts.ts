import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Mailbox } from '../../platform/access/identity.ts'
import type { Role } from '../../platform/access/roles.ts'
import { isLanguage, type Language } from '../../platform/language/languages.ts'
import { isMailbox } from '../../platform/mail/mailbox.ts'
import { freeBlobs } from '../../platform/retention/freed-blobs.ts'
import { readLine } from '../../platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { AccountState, IdentityTables } from './tables.ts'

/** Logins that people choose here. Imported logins keep their form. */
const LOGIN = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Months for which a former login still finds its account. */
const FORMER_MONTHS = 12

export interface Account {
  id: string
  login: string
  name: string
  language: string | null
  kind: 'person' | 'service'
  state: AccountState
  state_reason: string | null
  erase_on: Temporal.PlainDate | null
  membership: string | null
  user_handle: Buffer
  created_at: Temporal.Instant
  last_seen_on: Temporal.PlainDate | null
  /** Blob key. */
  picture: string | null
  /** Primary e-mail address; null once the account is erased. */
  email: string | null
  emailVerified: boolean
}

/** The fields of a new account. */
export interface NewAccount {
  login: string
  name?: string | undefined
  email?: string | undefined
  language?: Language | undefined
  state: Extract<AccountState, 'invited' | 'active'>
  kind?: 'person' | 'service'
  isVerified?: boolean
  /** Whether the login comes from other software, which had other rules. */
  isImported?: boolean
}

/** A row of the list of people. */
export interface PersonLine {
  id: string
  login: string
  name: string
  email: string | null
  state: AccountState
  roles: Role[]
  lastSeenOn: Temporal.PlainDate | null
  hasSecondFactor: boolean
}

const ACCOUNT_NUMBER = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

/** Accounts: one for each person, whatever services they use. */
export class Accounts {
  readonly #db: Kysely<IdentityTables>
  readonly #today: () => Temporal.PlainDate

  constructor(db: Kysely<IdentityTables>, today: () => Temporal.PlainDate) {
    this.#db = db
    this.#today = today
  }

  /**
   * Creates an account.
   *
   * @returns its number
   * @throws Refusal `login-invalid`, `login-taken`, `name-invalid`, `email-invalid`, `email-taken`
   */
  async make(db: Kysely<IdentityTables>, wanted: NewAccount): Promise<string> {
    const login = wanted.isImported ? wanted.login.trim() : readLogin(wanted.login)
    const name = readName(wanted.name || login)
    const email = wanted.email === undefined ? undefined : readEmail(wanted.email)
    await this.#claimLogin(db, login)
    if (email) await this.#claimEmail(db, email)
    const id = randomUUIDv7()
    const made = await db
      .insertInto('account')
      .values({
        id,
        login,
        name,
        language: wanted.language ?? null,
        kind: wanted.kind ?? 'person',
        state: wanted.state,
        user_handle: randomBytes(32),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    // Two requests may claim one login at the same moment: the unique index decides, and the second one is refused.
    if (!made) throw refuse('login-taken', { login })
    if (email) await this.#giveEmail(db, id, email, wanted.isVerified === true)
    return id
  }

  /** Finds an account by number, erased accounts included. */
  async get(id: string, db = this.#db): Promise<Account | undefined> {
    return accountsOf(db).where('account.id', '=', id).executeTakeFirst()
  }

  /** Finds an account by login, by login of the last twelve months, or by verified e-mail address. */
  async find(written: string, db = this.#db): Promise<Account | undefined> {
    const name = written.trim().toLowerCase()
    if (name === '' || name.length > 254) return undefined
    const byName = await accountsOf(db)
      .where((where) =>
        where.or([
          where(sql`lower(account.login)`, '=', name),
          where.and([where(sql`lower(email.address)`, '=', name), where('email.verified_at', 'is not', null)]),
        ]),
      )
      .where('account.state', '!=', 'erased')
      .orderBy(sql`lower(account.login) = ${name}`, 'desc')
      .limit(1)
      .executeTakeFirst()
    if (byName) return byName
    return accountsOf(db)
      .innerJoin('former_login', 'former_login.account', 'account.id')
      .where('former_login.login', '=', name)
      .where('former_login.until', '>=', sql<Temporal.PlainDate>`${this.#today().toString()}::date`)
      .executeTakeFirst()
  }

  /** Searches people by a part of their login, name or e-mail address; ordered by name, at most 200. */
  async search({
    text = '',
    state,
    role,
  }: { text?: string; state?: AccountState | undefined; role?: Role | undefined } = {}): Promise<PersonLine[]> {
    const pattern = `%${text
      .trim()
      .toLowerCase()
      .replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
    const { rows } = await sql<PersonLine>`
      select account.id, login, name, address as email, state, last_seen_on as "lastSeenOn",
        array(select role from identity.role_grant g where g.account = account.id and (until is null or until >= ${this.#today().toString()}::date) order by role) as roles,
        exists (select from identity.passkey p where p.account = account.id)
          or exists (select from identity.totp t where t.account = account.id and confirmed_at is not null) as "hasSecondFactor"
      from identity.account left join identity.email on email.account = account.id and is_primary
      where state <> 'erased' and (lower(login) like ${pattern} or lower(name) like ${pattern} or lower(address) like ${pattern})
        and (${state ?? null}::text is null or state = ${state ?? null})
        and (${role ?? null}::text is null or exists (select from identity.role_grant g where g.account = account.id and g.role = ${role ?? null}))
      order by lower(name), login limit 200`.execute(this.#db)
    return rows
  }

  /** The e-mail addresses of an account, or of every person who has a role today. */
  async mailboxesOf(who: { account: string } | { role: Role }): Promise<Mailbox[]> {
    const { rows } = await sql<{ address: string; language: string | null }>`
      select address, language from identity.account join identity.email on email.account = account.id and is_primary
      where state = 'active' and verified_at is not null and ${
        'account' in who
          ? sql`account.id = ${who.account}`
          : sql`exists (select from identity.role_grant g where g.account = account.id and role = ${who.role} and (until is null or until >= ${this.#today().toString()}::date))`
      }`.execute(this.#db)
    return rows.map(({ address, language }) => ({ address, language: isLanguage(language) ? language : undefined }))
  }

  /** Public names by account number. Erased accounts are absent. */
  async namesOf(ids: readonly string[]): Promise<Map<string, string>> {
    // Actions of the program itself carry its name, which is no account number.
    const numbers = [...new Set(ids)].filter((id) => ACCOUNT_NUMBER.test(id))
    if (numbers.length === 0) return new Map()
    const rows = await this.#db
      .selectFrom('account')
      .select(['id', 'name'])
      .where('id', 'in', numbers)
      .where('state', '!=', 'erased')
      .execute()
    return new Map(rows.map(({ id, name }) => [id, name]))
  }

  /** @throws Refusal `login-invalid`, `login-taken`, `name-invalid` */
  async rename(
    db: Kysely<IdentityTables>,
    account: Account,
    wanted: { login?: string | undefined; name?: string | undefined; language?: Language | null | undefined },
  ): Promise<void> {
    const login =
      wanted.login === undefined || wanted.login.trim() === account.login ? account.login : readLogin(wanted.login)
    if (login !== account.login) {
      await this.#claimLogin(db, login, account.id)
      await db.deleteFrom('former_login').where('login', '=', login).execute()
      await db
        .insertInto('former_login')
        .values({
          login: account.login.toLowerCase(),
          account: account.id,
          until: this.#today().add({ months: FORMER_MONTHS }).toString(),
        })
        .onConflict((conflict) => conflict.column('login').doNothing())
        .execute()
    }
    await db
      .updateTable('account')
      .set({
        login,
        name: wanted.name === undefined ? account.name : readName(wanted.name),
        ...(wanted.language !== undefined && { language: wanted.language }),
      })
      .where('id', '=', account.id)
      .execute()
  }

  /**
   * Sets the only e-mail address of an account, verified or not yet.
   *
   * @throws Refusal `email-invalid`, `email-taken`
   */
  async setEmail(db: Kysely<IdentityTables>, account: string, written: string, isVerified: boolean): Promise<string> {
    const address = readEmail(written)
    await this.#claimEmail(db, address, account)
    await db.deleteFrom('email').where('account', '=', account).execute()
    await this.#giveEmail(db, account, address, isVerified)
    return address
  }

  /** Marks an e-mail address as verified. */
  async verifyEmail(db: Kysely<IdentityTables>, account: string, address: string): Promise<void> {
    await db
      .updateTable('email')
      .set({ verified_at: Temporal.Now.instant().toString() })
      .where('account', '=', account)
      .where(sql`lower(address)`, '=', address.toLowerCase())
      .execute()
  }

  async setState(
    db: Kysely<IdentityTables>,
    account: string,
    state: AccountState,
    more: { reason?: string | null; eraseOn?: Temporal.PlainDate | null } = {},
  ): Promise<void> {
    await db
      .updateTable('account')
      .set({ state, state_reason: more.reason ?? null, erase_on: more.eraseOn?.toString() ?? null })
      .where('id', '=', account)
      .execute()
  }

  /** The accounts that are due to be erased. */
  async toErase(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('account')
      .select('id')
      .where('state', '=', 'closing')
      .where('erase_on', '<=', sql<Temporal.PlainDate>`${this.#today().toString()}::date`)
      .limit(100)
      .execute()
    return rows.map(({ id }) => id)
  }

  /** Erases everything but the number, which is never assigned again. */
  async eraseDetails(db: Kysely<IdentityTables>, account: string): Promise<void> {
    const before = await db
      .selectFrom('account')
      .select('picture')
      .where('id', '=', account)
      .forUpdate()
      .executeTakeFirst()
    if (before?.picture) await freeBlobs(db, [before.picture])
    await db
      .updateTable('account')
      .set({
        login: `erased-${account}`,
        name: '',
        language: null,
        state: 'erased',
        state_reason: null,
        erase_on: null,
        membership: null,
        user_handle: randomBytes(32),
        last_seen_on: null,
        picture: null,
      })
      .where('id', '=', account)
      .execute()
    await sql`
      delete from identity.organisation_invitation
      where lower(address) in (select lower(address) from identity.email where email.account = ${account})`.execute(db)
    for (const table of [
      'email',
      'former_login',
      'password',
      'passkey',
      'totp',
      'recovery_code',
      'app_password',
      'token',
      'session',
      'ticket',
      'known_device',
      'invitation',
      'recovery',
      'role_grant',
      'organisation_person',
    ] as const)
      await db.deleteFrom(table).where('account', '=', account).execute()
    await sql`update identity.security_log set detail = '{}', network = '' where subject = ${account} or actor = ${account}`.execute(
      db,
    )
  }

  async #giveEmail(db: Kysely<IdentityTables>, account: string, address: string, isVerified: boolean): Promise<void> {
    const given = await db
      .insertInto('email')
      .values({ address, account, verified_at: isVerified ? Temporal.Now.instant().toString() : null })
      .onConflict((conflict) => conflict.doNothing())
      .returning('address')
      .executeTakeFirst()
    if (!given) throw refuse('email-taken')
  }

  async #claimLogin(db: Kysely<IdentityTables>, login: string, by?: string): Promise<void> {
    const day = this.#today().toString()
    const { rows } = await sql<{ account: string }>`
      select id as account from identity.account where lower(login) = ${login.toLowerCase()}
      union all select account from identity.former_login where login = ${login.toLowerCase()} and until >= ${day}::date`.execute(
      db,
    )
    if (rows.some(({ account }) => account !== by)) throw refuse('login-taken', { login })
  }

  async #claimEmail(db: Kysely<IdentityTables>, email: string, by?: string): Promise<void> {
    const row = await db
      .selectFrom('email')
      .select('account')
      .where(sql`lower(address)`, '=', email.toLowerCase())
      .executeTakeFirst()
    if (row && row.account !== by) throw refuse('email-taken')
  }
}

function accountsOf(db: Kysely<IdentityTables>) {
  return db
    .selectFrom('account')
    .leftJoin('email', (join) => join.onRef('email.account', '=', 'account.id').on('is_primary', '=', true))
    .selectAll('account')
    .select(['email.address as email', sql<boolean>`email.verified_at is not null`.as('emailVerified')])
}

/** @throws Refusal `login-invalid` */
export function readLogin(text: string): string {
  const login = text.trim()
  if (!LOGIN.test(login)) throw refuse('login-invalid')
  return login
}

/** Maximum length of a person's name, in characters. */
export const NAME = { longest: 120 }

/** @throws Refusal `name-invalid`, `text-has-zero-byte`, `text-too-long` */
export function readName(text: string): string {
  const name = readLine(text, NAME)
  if (name === '' || /[<>]/.test(name)) throw refuse('name-invalid')
  return name
}

/** @throws Refusal `email-invalid` */
export function readEmail(text: string): string {
  const address = text.trim()
  if (!isMailbox(address)) throw refuse('email-invalid')
  return address
}

/** Derives a login from an e-mail address: `anne.le-goff` from Anne.Le-Goff@example.org. */
export function loginOf(email: string): string {
  const [name = ''] = email.toLowerCase().split('@')
  const bare = name
    .normalize('NFD')
    .replaceAll(/[^a-z0-9._-]/g, '')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 60)
  return bare || 'personne'
}
