import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { Type } from 'typebox'
import type { SsoExchange, Session } from '../../platform/access/identity.ts'
import { MFA_ROLES, type Role } from '../../platform/access/roles.ts'
import { shortened } from '../../platform/http/access-log.ts'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import { isLanguage } from '../../platform/language/languages.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import { lruCache } from '../../platform/lru-cache.ts'
import type { PubSub } from '../../platform/pubsub/pubsub.ts'
import { SESSION_DAYS } from './retention.ts'
import type { IdentityTables, Method } from './tables.ts'
import type { TicketKind, Tickets } from './tickets.ts'

/** Minutes for which an authentication counts as recent. */
export const SUDO_MINUTES = 10

/** Lifetime of the session cache, in milliseconds; changes are announced at once. */
const REMEMBERED = 5000

/** Minutes between two records of the last use. */
const USE_INTERVAL = 10

/** The host of a browser's main session; its sessions on other hosts depend on it. */
const MASTER_HOST = 'identity'

const SsoCode = Type.Object({ session: Type.String(), service: Type.String(), state: Type.String() })
const SSO_CODE: TicketKind<typeof SsoCode> = { name: 'hand-over', seconds: 60, data: SsoCode }

/** A signed-in browser, as the list shows it. */
export interface SessionLine {
  id: string
  createdAt: Temporal.Instant
  lastSeenAt: Temporal.Instant
  network: string
  agent: string
  methods: string[]
}

/** The browser and network address of a visitor. */
export interface Visitor {
  agent: string
  address: string
}

/** Whether these methods include two factors: a password with a second factor, or a passkey with user verification. */
export function isStrong(methods: readonly string[]): boolean {
  return methods.includes('passkey') || methods.includes('otp') || methods.includes('recovery')
}

interface SessionsNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  pubsub: PubSub
  tickets: Tickets
  jobs: Jobs
  today: () => Temporal.PlainDate
  /** Whether roles work without a second factor. */
  isRelaxed: boolean
}

/** Sessions of browsers. Each host has its own cookie with its own value; they end together. */
export class Sessions {
  readonly #needs: SessionsNeeds
  readonly #remembered = lruCache<string, { session: Session | undefined }>(20_000, REMEMBERED)

  constructor(needs: SessionsNeeds) {
    this.#needs = needs
    needs.pubsub.subscribe('identity.account', {
      onMessage: (account) => this.#forgetOf(account),
      resync: () => this.#remembered.clear(),
    })
  }

  /** The session of a cookie on a host. */
  async find(cookie: string, service: string): Promise<Session | undefined> {
    const tokenHash = this.#tokenHash(cookie)
    const key = `${service} ${tokenHash.toString('base64url')}`
    const remembered = this.#remembered.get(key)
    if (remembered) return remembered.session
    const session = await this.#read(tokenHash, service)
    this.#remembered.set(key, { session })
    return session
  }

  /**
   * Creates a session on the identity host.
   *
   * @param db the transaction of the sign-in
   * @returns the cookie
   */
  async begin(
    db: Kysely<IdentityTables>,
    account: string,
    methods: Method[],
    visitor: Visitor,
  ): Promise<{ id: string; cookie: string }> {
    const cookie = randomBytes(32).toString('base64url')
    const id = randomUUIDv7()
    await db
      .with('seen', (also) =>
        also.updateTable('account').set({ last_seen_on: this.#needs.today().toString() }).where('id', '=', account),
      )
      .insertInto('session')
      .values({
        id,
        token_hash: this.#tokenHash(cookie),
        account,
        parent: null,
        host: MASTER_HOST,
        methods,
        ...this.#of(visitor),
      })
      .execute()
    return { id, cookie }
  }

  /** Issues a code that transfers a session to another host; valid once, for a minute. */
  issueSsoCode(session: Session, { service, state }: { service: string; state: string }): Promise<string> {
    return this.#needs.tickets.issue(SSO_CODE, session.caller.id, { session: session.id, service, state })
  }

  async exchangeSso({ code, state, service, agent, address }: SsoExchange): Promise<string | undefined> {
    const { db, tickets } = this.#needs
    const taken = await tickets.take(SSO_CODE, code)
    if (!taken?.account || taken.data.service !== service || taken.data.state !== state) return undefined
    const parent = await db
      .selectFrom('session')
      .select(['id', 'methods'])
      .where('id', '=', taken.data.session)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (!parent) return undefined
    const cookie = randomBytes(32).toString('base64url')
    await db
      .insertInto('session')
      .values({
        id: randomUUIDv7(),
        token_hash: this.#tokenHash(cookie),
        account: taken.account,
        parent: parent.id,
        host: service,
        methods: parent.methods,
        ...this.#of({ agent, address }),
      })
      .execute()
    return cookie
  }

  /**
   * Ends sessions of an account, on every host at once.
   *
   * @param which one session, all of them, or all but one
   * @returns the number of ended sessions
   */
  async end(
    db: Kysely<IdentityTables>,
    account: string,
    which: { only: string } | { but: string } | 'all',
  ): Promise<number> {
    const ended = await db
      .updateTable('session')
      .set({ revoked_at: Temporal.Now.instant().toString() })
      .where('account', '=', account)
      .where('parent', 'is', null)
      .where('revoked_at', 'is', null)
      .where((where) =>
        which === 'all'
          ? where.lit(true)
          : 'only' in which
            ? where('id', '=', which.only)
            : where('id', '!=', which.but),
      )
      .returning(['id', 'oidc_uid'])
      .execute()
    // A job signs the browser out of other software.
    for (const { id, oidc_uid: uid } of ended)
      if (uid) await this.#needs.jobs.enqueue(db, 'identity.end-elsewhere', { session: id })
    this.#forgetOf(account)
    return ended.length
  }

  /** Records that the person has just re-authenticated. */
  async grantSudo(session: Session): Promise<Temporal.Instant> {
    const until = Temporal.Now.instant().add({ minutes: SUDO_MINUTES }).round('millisecond')
    await this.#needs.db
      .updateTable('session')
      .set({ sudo_until: until.toString() })
      .where('id', '=', session.id)
      .execute()
    this.#forgetOf(session.caller.id)
    return until
  }

  /** Adds a method to a running session: the second factor that was just set up. */
  async strengthen(db: Kysely<IdentityTables>, session: Session, method: Method): Promise<void> {
    await sql`
      update identity.session set methods = array_append(methods, ${method}::text)
      where (id = ${session.id} or parent = ${session.id}) and not ${method}::text = any (methods)`.execute(db)
    this.#forgetOf(session.caller.id)
  }

  /** The signed-in browsers, the last used first. */
  async list(account: string): Promise<SessionLine[]> {
    const { rows } = await sql<SessionLine>`
      select id, created_at as "createdAt", last_seen_at as "lastSeenAt", network, agent, methods from identity.session
      where account = ${account} and parent is null and revoked_at is null
        and last_seen_at > now() - ${SESSION_DAYS.idle} * interval '1 day' and created_at > now() - ${SESSION_DAYS.absolute} * interval '1 day'
      order by last_seen_at desc limit 200`.execute(this.#needs.db)
    return rows
  }

  async #read(tokenHash: Buffer, service: string): Promise<Session | undefined> {
    const { db, today, isRelaxed } = this.#needs
    const { rows } = await sql<SessionRow>`
      select master.id, account.id as account, account.login, account.name, account.language, master.methods, master.sudo_until as "sudoUntil", master.created_at as "signedInAt",
        own.last_seen_at < now() - ${USE_INTERVAL} * interval '1 minute' as "isLongAgo", own.id as own,
        array(select role from identity.role_grant g where g.account = account.id and (until is null or until >= ${today().toString()}::date)) as roles,
        exists (select from identity.passkey p where p.account = account.id)
          or exists (select from identity.totp t where t.account = account.id and confirmed_at is not null) as "hasSecondFactor"
      from identity.session own
      join identity.session master on master.id = coalesce(own.parent, own.id)
      join identity.account account on account.id = own.account
      where own.token_hash = ${tokenHash} and own.host = ${service} and master.revoked_at is null and account.state in ('active', 'closing')
        and master.last_seen_at > now() - ${SESSION_DAYS.idle} * interval '1 day' and master.created_at > now() - ${SESSION_DAYS.absolute} * interval '1 day'`.execute(
      db,
    )
    const [row] = rows
    if (!row) return undefined
    if (row.isLongAgo) {
      await sql`update identity.session set last_seen_at = now() where id in (${row.own}, ${row.id})`.execute(db)
      await db.updateTable('account').set({ last_seen_on: today().toString() }).where('id', '=', row.account).execute()
    }
    const strong = isStrong(row.methods)
    const roles = usableRoles(row.roles, strong || isRelaxed)
    return {
      id: row.id,
      caller: { id: row.account, login: row.login, name: row.name, scopes: ['api'], roles },
      language: isLanguage(row.language) ? row.language : undefined,
      isStrong: strong,
      needsSecondFactor: roles.length < row.roles.length && !row.hasSecondFactor,
      hasSecondFactor: row.hasSecondFactor,
      signedInAt: row.signedInAt,
      sudoUntil: row.sudoUntil ?? undefined,
    }
  }

  #forgetOf(account: string): void {
    for (const [key, { session }] of this.#remembered.entries())
      if (session?.caller.id === account) this.#remembered.delete(key)
  }

  #of({ agent, address }: Visitor): { agent: string; network: string } {
    return { agent: agent.slice(0, 400), network: shortened(address) }
  }

  #tokenHash(cookie: string): Buffer {
    return this.#needs.key.keyedHash('sessions', cookie)
  }
}

interface SessionRow {
  id: string
  own: string
  account: string
  login: string
  name: string
  language: string | null
  methods: string[]
  sudoUntil: Temporal.Instant | null
  signedInAt: Temporal.Instant
  isLongAgo: boolean
  roles: Role[]
  hasSecondFactor: boolean
}

/** Whether a person has authenticated recently: by re-authentication or, without a second factor, by signing in. */
export function isRecentlyAuthenticated({ sudoUntil, hasSecondFactor, signedInAt }: Session): boolean {
  const now = Temporal.Now.instant()
  if (sudoUntil && Temporal.Instant.compare(sudoUntil, now) > 0) return true
  return !hasSecondFactor && Temporal.Instant.compare(signedInAt.add({ minutes: SUDO_MINUTES }), now) > 0
}

/** The usable roles: some are inactive without a second factor. */
export function usableRoles(roles: readonly Role[], isStrongEnough: boolean): Role[] {
  return roles.filter((role) => isStrongEnough || !MFA_ROLES.has(role))
}
