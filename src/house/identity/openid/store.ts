import { AsyncLocalStorage } from 'node:async_hooks'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import type { IdentityTables } from '../tables.ts'
import { personAsJson, personOf, type Person } from './person.ts'

/**
 * Seconds for which an exchanged refresh token may be used again: two tabs of one application may refresh at the same
 * moment. A later reuse means that the token was copied, and its whole family is revoked.
 */
const GRACE = 30

/** Seconds by which the stored expiry of a session may lag behind its last use: it is not written at each use. */
const LAG = 24 * 3600

/**
 * Kinds that may be lost in a crash, since the client then requests a new one. The row is visible to every process at
 * once; only the disk gets it some tenths of a second later. Every other kind waits for the disk: what was used,
 * revoked or allowed stays so.
 */
const LOSABLE = new Set(['AuthorizationCode', 'AccessToken'])

/** Kinds that depend on a grant and a session, and are valid only with them. */
const DEPENDENT = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken', 'DeviceCode'])

/** Kinds that can be used only once (RFC 6749, 4.1.2). */
const SINGLE_USE = new Set(['AuthorizationCode', 'DeviceCode'])

export interface StoreNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
  today: () => Temporal.PlainDate
}

/** What one request to the provider has read so far, by kind and id. */
interface RequestCache {
  /** Payloads that were joined to an earlier query. */
  joined: Map<string, AdapterPayload>
  /** Sessions, as JSON text. */
  sessions: Map<string, string>
  /** People, by account number. */
  people: Map<string, Person>
}

const requestCache = new AsyncLocalStorage<RequestCache>()

/** Runs one request to the provider with a cache that lasts as long as the request. */
export function withRequestCache<T>(work: () => T): T {
  return requestCache.run({ joined: new Map(), sessions: new Map(), people: new Map() }, work)
}

/** Finds a person, from the cache of the current request if it was read before. */
export async function cachedPerson(
  db: Kysely<IdentityTables>,
  today: Temporal.PlainDate,
  id: string,
): Promise<Person | undefined> {
  const { people } = requestCache.getStore() ?? {}
  const person = people?.get(id) ?? (await personOf(db, today, id))
  if (person) people?.set(id, person)
  return person
}

/** The provider's storage adapter for one kind of payload, in PostgreSQL: ids are hashed and contents encrypted. */
export class Store implements Adapter {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey
  readonly #today: () => Temporal.PlainDate
  readonly #kind: string

  constructor(kind: string, { db, key, today }: StoreNeeds) {
    this.#kind = kind
    this.#db = db
    this.#key = key
    this.#today = today
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const idHash = this.#hash(this.#kind, id)
    const text = JSON.stringify(payload)
    if (isOnlyUsed(requestCache.getStore()?.sessions.get(cacheKey(this.#kind, idHash)), text)) return
    this.#clearJoined()
    const grant = this.#kind === 'Grant' ? id : payload.grantId
    const uid = DEPENDENT.has(this.#kind) ? payload.sessionUid : payload.uid
    await sql`
      insert into identity.oidc_payload (kind, id_hash, data, account, client, grant_hash, user_code, uid, expires_at)
        select ${this.#kind}, ${idHash}, ${this.#key.encrypt('openid', Buffer.from(text))}, ${payload.accountId ?? null}, ${payload.clientId ?? null},
          ${grant ? this.#hash('grant', grant) : null}::bytea, ${payload.userCode ? this.#hash('user code', payload.userCode) : null}::bytea,
          ${uid ? this.#hash('uid', uid) : null}::bytea, now() + ${expiresIn ? Math.ceil(expiresIn) : null}::int * interval '1 second'
        ${LOSABLE.has(this.#kind) ? sql`from set_config('synchronous_commit', 'off', true)` : sql``}
      on conflict (kind, id_hash) do update set data = excluded.data, account = excluded.account, client = excluded.client,
        grant_hash = excluded.grant_hash, user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`.execute(
      this.#db,
    )
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#readBy('id_hash', this.#hash(this.#kind, id))
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#readBy('user_code', this.#hash('user code', userCode))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#readBy('uid', this.#hash('uid', uid))
  }

  /**
   * Marks a payload as used.
   *
   * @throws InvalidGrant for the second of two concurrent uses of a code
   */
  async consume(id: string): Promise<void> {
    const { numUpdatedRows } = await this.#db
      .updateTable('oidc_payload')
      .set({ consumed_at: sql<string>`now()` })
      .where('kind', '=', this.#kind)
      .where('id_hash', '=', this.#hash(this.#kind, id))
      .where('consumed_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows > 0n || !SINGLE_USE.has(this.#kind)) return
    const { errors } = await import('oidc-provider')
    throw new errors.InvalidGrant('it was already used')
  }

  async destroy(id: string): Promise<void> {
    this.#clearJoined()
    await this.#db
      .deleteFrom('oidc_payload')
      .where('kind', '=', this.#kind)
      .where('id_hash', '=', this.#hash(this.#kind, id))
      .execute()
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#clearJoined()
    await this.#db
      .deleteFrom('oidc_payload')
      .where('grant_hash', '=', this.#hash('grant', grantId))
      // The provider keeps or ends the grant itself.
      .where('kind', '!=', 'Grant')
      .execute()
  }

  async #readBy(column: 'id_hash' | 'user_code' | 'uid', hash: Buffer): Promise<AdapterPayload | undefined> {
    const { joined, sessions, people } = requestCache.getStore() ?? {}
    const cacheEntry = cacheKey(this.#kind, hash)
    const known = joined?.get(cacheEntry)
    if (known) return known
    const { rows } = await this.#rowBy(column, hash).execute(this.#db)
    const [row] = rows
    if (!row) return undefined
    const payload = this.#open(row.data)
    if (this.#kind === 'Session') sessions?.set(cacheKey(this.#kind, row.id_hash), JSON.stringify(payload))
    if (row.grant && payload.grantId)
      joined?.set(cacheKey('Grant', this.#hash('Grant', payload.grantId)), this.#open(row.grant))
    if (row.session && payload.sessionUid)
      joined?.set(cacheKey('Session', this.#hash('uid', payload.sessionUid)), this.#open(row.session))
    if (row.person) people?.set(row.person.id, row.person)
    const consumed = row.consumedAt?.epochMilliseconds
    const isSpent = consumed !== undefined && (this.#kind !== 'RefreshToken' || Date.now() - consumed > GRACE * 1000)
    return isSpent ? { ...payload, consumed: Math.floor(consumed / 1000) } : payload
  }

  /** Selects a row, joined with its person, its grant and its session. */
  #rowBy(column: 'id_hash' | 'user_code' | 'uid', hash: Buffer): RawBuilder<Row> {
    const isDependent = DEPENDENT.has(this.#kind)
    const person =
      isDependent || this.#kind === 'Session' ? personAsJson(sql`own.account::uuid`, this.#today()) : sql`null`
    const bases = isDependent
      ? sql`grants.data as "grant", sessions.data as session`
      : sql`null as "grant", null as session`
    const joined = isDependent
      ? sql`
        left join identity.oidc_payload grants on grants.kind = 'Grant' and grants.grant_hash = own.grant_hash and grants.expires_at > now()
        left join identity.oidc_payload sessions on sessions.kind = 'Session' and sessions.uid = own.uid and sessions.expires_at > now()`
      : sql``
    return sql<Row>`
      select own.id_hash, own.data, own.consumed_at as "consumedAt", ${person} as person, ${bases} from identity.oidc_payload own ${joined}
      where own.kind = ${this.#kind} and own.${sql.ref(column)} = ${hash} and (own.expires_at is null or own.expires_at > now())`
  }

  #open(data: Buffer): AdapterPayload {
    return JSON.parse(this.#key.decrypt('openid', data).toString())
  }

  /** A joined payload may be the one that is changing. */
  #clearJoined(): void {
    requestCache.getStore()?.joined.clear()
  }

  #hash(kind: string, id: string): Buffer {
    return this.#key.keyedHash(`openid ${kind}`, id)
  }
}

interface Row {
  id_hash: Buffer
  data: Buffer
  consumedAt: Temporal.Instant | null
  grant: Buffer | null
  session: Buffer | null
  person: Person | null
}

function cacheKey(kind: string, hash: Buffer): string {
  return `${kind} ${hash.toString('base64url')}`
}

/** Whether a session is unchanged but for a small change of its expiry: it was only used. */
function isOnlyUsed(read: string | undefined, written: string): boolean {
  if (read === undefined) return false
  const [before, after]: AdapterPayload[] = [JSON.parse(read), JSON.parse(written)]
  if (!before?.exp || !after?.exp || after.exp - before.exp > LAG) return false
  return JSON.stringify({ ...before, exp: 0 }) === JSON.stringify({ ...after, exp: 0 })
}
