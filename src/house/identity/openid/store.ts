import { sql, type Kysely } from 'kysely'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import type { IdentityTables } from '../tables.ts'

/**
 * Seconds for which a refresh token that was exchanged may come again: two tabs of one application refresh at the same
 * moment, and neither must be thrown out. Later it means that somebody has a copy, and the whole family is revoked.
 */
const GRACE = 30

interface StoreNeeds {
  db: Kysely<IdentityTables>
  key: InstanceKey
}

/** Where the provider keeps one kind of things (oidc-provider's adapter), in PostgreSQL: names and contents are sealed. */
export class Store implements Adapter {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey
  readonly #kind: string

  constructor(kind: string, { db, key }: StoreNeeds) {
    this.#kind = kind
    this.#db = db
    this.#key = key
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const values = {
      data: this.#key.seal('openid', Buffer.from(JSON.stringify(payload))),
      account: payload.accountId ?? null,
      client: payload.clientId ?? null,
      grant_name: payload.grantId ? this.#name('grant', payload.grantId) : null,
      user_code: payload.userCode ? this.#name('user code', payload.userCode) : null,
      uid: payload.uid ? this.#name('uid', payload.uid) : null,
      expires_at: expiresIn
        ? Temporal.Now.instant()
            .add({ seconds: Math.ceil(expiresIn) })
            .toString()
        : null,
    }
    await this.#db
      .insertInto('oidc_payload')
      .values({ kind: this.#kind, name: this.#name(this.#kind, id), ...values })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(values))
      .execute()
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.#findBy('name', this.#name(this.#kind, id))
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy('user_code', this.#name('user code', userCode))
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy('uid', this.#name('uid', uid))
  }

  async consume(id: string): Promise<void> {
    await this.#db
      .updateTable('oidc_payload')
      .set({ consumed_at: sql<string>`coalesce(consumed_at, now())` })
      .where('kind', '=', this.#kind)
      .where('name', '=', this.#name(this.#kind, id))
      .execute()
  }

  async destroy(id: string): Promise<void> {
    await this.#db.deleteFrom('oidc_payload').where('kind', '=', this.#kind).where('name', '=', this.#name(this.#kind, id)).execute()
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#db.deleteFrom('oidc_payload').where('grant_name', '=', this.#name('grant', grantId)).execute()
  }

  async #findBy(column: 'name' | 'user_code' | 'uid', name: Buffer): Promise<AdapterPayload | undefined> {
    const row = await this.#db
      .selectFrom('oidc_payload')
      .select(['data', 'consumed_at'])
      .where('kind', '=', this.#kind)
      .where(column, '=', name)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Temporal.Instant>`now()`)]))
      .executeTakeFirst()
    if (!row) return undefined
    const payload: AdapterPayload = JSON.parse(this.#key.unseal('openid', row.data).toString())
    const consumed = row.consumed_at?.epochMilliseconds
    const isSpent = consumed !== undefined && (this.#kind !== 'RefreshToken' || Date.now() - consumed > GRACE * 1000)
    return isSpent ? { ...payload, consumed: Math.floor(consumed / 1000) } : payload
  }

  #name(kind: string, id: string): Buffer {
    return this.#key.nameOf(`openid ${kind}`, id)
  }
}
