import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { Secret, TOTP } from 'otpauth'
import type { InstanceKey } from '../../../platform/keys/instance-key.ts'
import { refuse } from '../refusals.ts'
import type { IdentityTables } from '../tables.ts'

/**
 * RFC 6238 with the parameters that every authenticator supports: SHA-1, six digits, thirty seconds; one step of
 * tolerance on both sides.
 */
const PERIOD = 30
const GRACE = 1

/** Number of recovery codes in a set; 50 bits each. */
const RECOVERY_CODES = 10

/** An alphabet without look-alikes: Crockford's base 32. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** The data for setting up an authenticator. */
export interface Setup {
  /** Base 32, for typing by hand. */
  secret: string
  /** otpauth://totp/…, for the QR code. */
  uri: string
}

/** One-time codes (TOTP), and recovery codes for a lost authenticator. */
export class Codes {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey
  readonly #issuer: string

  constructor({ db, key, issuer }: { db: Kysely<IdentityTables>; key: InstanceKey; issuer: string }) {
    this.#db = db
    this.#key = key
    this.#issuer = issuer
  }

  /**
   * Starts the setup of TOTP; it is enabled once its first code is confirmed.
   *
   * @throws Refusal `totp-already-enabled`
   */
  async begin(account: string, login: string): Promise<Setup> {
    const secret = new Secret({ size: 20 })
    const { rows } = await sql`
      insert into identity.totp (account, secret) values (${account}, ${this.#key.encrypt('totp', Buffer.from(secret.bytes))})
      on conflict (account) do update set secret = excluded.secret, last_step = 0 where totp.confirmed_at is null returning account`.execute(
      this.#db,
    )
    if (rows.length === 0) throw refuse('totp-already-enabled')
    return { secret: secret.base32, uri: this.#totp(secret, login).toString() }
  }

  /** The setup that was started and not confirmed yet, to be shown again. */
  async begun(account: string, login: string): Promise<Setup | undefined> {
    const row = await this.#db
      .selectFrom('totp')
      .select('secret')
      .where('account', '=', account)
      .where('confirmed_at', 'is', null)
      .executeTakeFirst()
    if (!row) return undefined
    const secret = secretOf(this.#key.decrypt('totp', row.secret))
    return { secret: secret.base32, uri: this.#totp(secret, login).toString() }
  }

  /**
   * Enables TOTP.
   *
   * @returns the recovery codes, which cannot be read again
   * @throws Refusal `code-wrong`
   */
  async confirm(db: Kysely<IdentityTables>, account: string, code: string): Promise<string[]> {
    if (!(await this.#isTotp(db, account, code, false))) throw refuse('code-wrong')
    await db
      .updateTable('totp')
      .set({ confirmed_at: Temporal.Now.instant().toString() })
      .where('account', '=', account)
      .execute()
    return this.renew(db, account)
  }

  /**
   * Uses a code: a TOTP code or a recovery code, each of which is valid once.
   *
   * @returns which of the two it was; undefined when it is wrong
   */
  async take(account: string, code: string): Promise<'otp' | 'recovery' | undefined> {
    const bare = code.toLowerCase().replaceAll(/[\s-]/g, '')
    if (/^\d{6}$/.test(bare)) return (await this.#isTotp(this.#db, account, bare, true)) ? 'otp' : undefined
    const { numUpdatedRows } = await this.#db
      .updateTable('recovery_code')
      .set({ used_at: Temporal.Now.instant().toString() })
      .where('account', '=', account)
      .where('code_hash', '=', this.#codeHash(account, bare))
      .where('used_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n ? 'recovery' : undefined
  }

  /** Creates new recovery codes, which replace the old ones. */
  async renew(db: Kysely<IdentityTables>, account: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newCode)
    await db.deleteFrom('recovery_code').where('account', '=', account).execute()
    await db
      .insertInto('recovery_code')
      .values(codes.map((code) => ({ account, code_hash: this.#codeHash(account, code.replaceAll('-', '')) })))
      .execute()
    return codes
  }

  async remove(db: Kysely<IdentityTables>, account: string): Promise<void> {
    await db.deleteFrom('totp').where('account', '=', account).execute()
    await db.deleteFrom('recovery_code').where('account', '=', account).execute()
  }

  async state(account: string): Promise<{ hasTotp: boolean; recoveryCodesLeft: number }> {
    const { rows } = await sql<{ hasTotp: boolean; recoveryCodesLeft: number }>`
      select exists (select from identity.totp where account = ${account} and confirmed_at is not null) as "hasTotp",
        (select count(*)::int from identity.recovery_code where account = ${account} and used_at is null) as "recoveryCodesLeft"`.execute(
      this.#db,
    )
    return rows[0] ?? { hasTotp: false, recoveryCodesLeft: 0 }
  }

  /** Uses a TOTP code. The row stores its time step, so that concurrent uses succeed once. */
  async #isTotp(db: Kysely<IdentityTables>, account: string, code: string, isConfirmed: boolean): Promise<boolean> {
    const row = await db
      .selectFrom('totp')
      .select(['secret', 'last_step'])
      .where('account', '=', account)
      .where('confirmed_at', isConfirmed ? 'is not' : 'is', null)
      .executeTakeFirst()
    if (!row) return false
    const totp = this.#totp(secretOf(this.#key.decrypt('totp', row.secret)), '')
    const now = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000 / PERIOD)
    const steps = Array.from({ length: 2 * GRACE + 1 }, (_, index) => now - GRACE + index)
    const step = steps.find(
      (one) =>
        one > row.last_step && isSame(totp.generate({ timestamp: one * PERIOD * 1000 }), code.replaceAll(/\s/g, '')),
    )
    if (step === undefined) return false
    const { numUpdatedRows } = await db
      .updateTable('totp')
      .set({ last_step: step })
      .where('account', '=', account)
      .where('last_step', '<', step)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  #totp(secret: Secret, label: string): TOTP {
    return new TOTP({ issuer: this.#issuer, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD })
  }

  #codeHash(account: string, code: string): Buffer {
    return this.#key.keyedHash('recovery codes', `${account} ${code}`)
  }
}

function secretOf(bytes: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer })
}

function isSame(right: string, given: string): boolean {
  return right.length === given.length && timingSafeEqual(Buffer.from(right), Buffer.from(given))
}

/** `abcde-fgh12`: ten letters of five bits. */
function newCode(): string {
  const emails = [...randomBytes(10)].map((byte) => ALPHABET[byte % 32] ?? '').join('')
  return `${emails.slice(0, 5)}-${emails.slice(5)}`
}
