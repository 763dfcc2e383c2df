import { createHash, generateKeyPair, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { sql, type Kysely } from 'kysely'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import type { IdentityTables } from '../tables.ts'

const generate = promisify(generateKeyPair)

/** Days for which a key signs, and for which it stays published afterwards. */
const DAYS = { signs: 90, published: 30 }

/** Advisory lock: one process at a time creates keys. */
const LOCK = 4_207_013

/** A private key in the provider's format. */
export interface SigningKey extends webcrypto.JsonWebKey {
  kid: string
  alg: string
  use: 'sig'
  kty: string
}

/**
 * The signing keys of OpenID Connect: RSA of 3072 bits, which every client can verify, and Ed25519; rotated every
 * ninety days.
 */
export class SigningKeys {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey

  constructor({ db, key }: { db: Kysely<IdentityTables>; key: InstanceKey }) {
    this.#db = db
    this.#key = key
  }

  /** The private keys, the signing key of each type first; created at the first call. */
  async all(): Promise<SigningKey[]> {
    const there = await this.#read()
    if (there.length > 0) return there
    await this.rotate()
    return this.#read()
  }

  /** Creates missing keys, replaces old ones, and deletes those that are no longer published. */
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

  /** Rotates existing keys; creates none where no application was ever used. */
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
