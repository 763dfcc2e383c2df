import { createHash, generateKeyPair, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { sql, type Kysely } from 'kysely'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import type { IdentityTables } from '../tables.ts'

const generate = promisify(generateKeyPair)

/** Days after which a key signs no more, and for which it stays published then. */
const DAYS = { signs: 90, published: 30 }

/** One process at a time makes keys. */
const LOCK = 4_207_013

/** A private key as the provider takes it. */
export interface SigningKey extends webcrypto.JsonWebKey {
  kid: string
  alg: string
  use: 'sig'
  kty: string
}

/** The keys of OpenID Connect: RSA of 3072 bits, which everybody can check, and Ed25519; renewed every ninety days. */
export class SigningKeys {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey

  constructor({ db, key }: { db: Kysely<IdentityTables>; key: InstanceKey }) {
    this.#db = db
    this.#key = key
  }

  /** Private keys, the one that signs first in its kind; made at the first call. */
  async all(): Promise<SigningKey[]> {
    const there = await this.#read()
    if (there.length > 0) return there
    await this.rotate()
    return this.#read()
  }

  /** Makes keys where there are none or the newest are old, retires the old ones, forgets what nobody can need. */
  async rotate(): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(db)
      const { rows } = await sql<{ algorithm: string }>`
        select algorithm from identity.oidc_key where retired_at is null and made_at > now() - ${DAYS.signs} * interval '1 day'`.execute(
        db,
      )
      for (const algorithm of ['RS256', 'EdDSA']) {
        if (rows.some((row) => row.algorithm === algorithm)) continue
        await sql`update identity.oidc_key set retired_at = now() where retired_at is null and algorithm = ${algorithm}`.execute(
          db,
        )
        const made = await makeKey(algorithm)
        await db
          .insertInto('oidc_key')
          .values({
            kid: made.kid,
            algorithm,
            data: this.#key.encrypt('openid keys', Buffer.from(JSON.stringify(made))),
          })
          .execute()
      }
      await sql`delete from identity.oidc_key where retired_at < now() - ${DAYS.published} * interval '1 day'`.execute(
        db,
      )
    })
  }

  /** Renews keys where there are some: where no application ever asked, none are made. */
  async rotateIfAny(): Promise<void> {
    if ((await this.#read()).length > 0) await this.rotate()
  }

  async #read(): Promise<SigningKey[]> {
    const rows = await this.#db
      .selectFrom('oidc_key')
      .select('data')
      .orderBy(sql`retired_at is not null`)
      .orderBy(sql`algorithm = 'EdDSA'`)
      .orderBy('made_at', 'desc')
      .execute()
    return rows.map(({ data }): SigningKey => JSON.parse(this.#key.decrypt('openid keys', data).toString()))
  }
}

async function makeKey(algorithm: string): Promise<SigningKey> {
  const { privateKey } =
    algorithm === 'RS256' ? await generate('rsa', { modulusLength: 3072 }) : await generate('ed25519')
  const jwk = privateKey.export({ format: 'jwk' })
  const kid = createHash('sha256')
    .update(jwk.n ?? jwk.x ?? '')
    .digest('base64url')
    .slice(0, 22)
  return { ...jwk, kid, alg: algorithm, use: 'sig', kty: jwk.kty ?? '' }
}
