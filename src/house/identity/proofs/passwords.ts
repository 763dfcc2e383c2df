import type { Kysely } from 'kysely'
import { hashPassword } from '../../../platform/passwords/passwords.ts'
import { refuse } from '../refusals.ts'
import type { IdentityTables } from '../tables.ts'
import { isRightPassword } from './foreign-hashes.ts'
import { LEAST_SCORE, scoreOf } from './strength.ts'

/** Minimum length in characters: alone, and beside a second factor. */
const LEAST = { alone: 12, beside: 8 }
export const LONGEST_PASSWORD = 256

/** A hash to compare with when there is no account, so that the answer takes as long. */
let dummy: Promise<string> | undefined

interface PasswordsNeeds {
  db: Kysely<IdentityTables>
  /** Words that add no strength: the names of the association and its services. */
  houseWords: readonly string[]
}

/**
 * Passwords, hashed with argon2id. The octets are hashed as they were sent; a hash of other software is replaced at the
 * first sign-in.
 */
export class Passwords {
  readonly #db: Kysely<IdentityTables>
  readonly #houseWords: readonly string[]

  constructor({ db, houseWords }: PasswordsNeeds) {
    this.#db = db
    this.#houseWords = houseWords
  }

  /** The stored hash of an account; undefined when it has no password. */
  async kept(account: string): Promise<string | undefined> {
    return (await this.#db.selectFrom('password').select('hash').where('account', '=', account).executeTakeFirst())
      ?.hash
  }

  /**
   * Verifies the password of an account. A missing account or password takes as long.
   *
   * @param kept the stored hash
   * @throws TooBusy when too many are being hashed already
   */
  async isRight(account: string | undefined, password: string, kept: string | undefined): Promise<boolean> {
    dummy ??= hashPassword('nobody')
    const isRight = await isRightPassword(password.slice(0, LONGEST_PASSWORD + 1), kept ?? (await dummy))
    if (kept === undefined || !account || !isRight || password.length > LONGEST_PASSWORD) return false
    if (!kept.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'))
      await this.#renew(account, await hashPassword(password), kept)
    return true
  }

  /**
   * Checks and hashes a new password, before the transaction that stores it (`take`): hashes queue, and each would hold
   * a database connection meanwhile.
   *
   * @param chosen words that the person chooses together with it, such as a login
   * @throws Refusal `password-short`, `password-long`, `password-weak`; TooBusy
   */
  async choose(account: string, password: string, chosen: readonly (string | undefined)[] = []): Promise<string> {
    const { words, hasSecondFactor } = await this.#about(this.#db, account)
    await this.check(password, { words: [...words, ...chosen.flatMap((word) => word ?? [])], hasSecondFactor })
    return hashPassword(password)
  }

  /**
   * Checks, hashes and stores a password: for commands and first starts, whose transaction creates the account.
   *
   * @throws Refusal `password-short`, `password-long`, `password-weak`
   */
  async set(db: Kysely<IdentityTables>, account: string, password: string): Promise<void> {
    await this.check(password, await this.#about(db, account))
    await this.#keep(db, account, await hashPassword(password))
  }

  /** Stores the hash of a password, ours or one of other software. */
  async take(db: Kysely<IdentityTables>, account: string, hash: string): Promise<void> {
    await this.#keep(db, account, hash)
  }

  async has(account: string): Promise<boolean> {
    return (await this.kept(account)) !== undefined
  }

  /**
   * Checks a new password.
   *
   * @param about words of the person (login, name, e-mail address), and whether they have a second factor
   * @throws Refusal `password-short`, `password-long`, `password-weak`
   */
  async check(password: string, about: { words: readonly string[]; hasSecondFactor: boolean }): Promise<void> {
    const least = about.hasSecondFactor ? LEAST.beside : LEAST.alone
    const length = Array.from(password).length
    if (length < least) throw refuse('password-short', { least })
    if (length > LONGEST_PASSWORD) throw refuse('password-long', { most: LONGEST_PASSWORD })
    if ((await this.score(password, about.words)) < LEAST_SCORE) throw refuse('password-weak')
  }

  score(password: string, words: readonly string[]): Promise<number> {
    return scoreOf(
      password,
      [...this.#houseWords, ...words].filter((word) => word.length > 2),
    )
  }

  /** The words of a person, and whether they have a second factor. */
  async #about(db: Kysely<IdentityTables>, account: string): Promise<{ words: string[]; hasSecondFactor: boolean }> {
    const row = await db
      .selectFrom('account')
      .leftJoin('email', (join) => join.onRef('email.account', '=', 'account.id').on('is_primary', '=', true))
      .leftJoin('totp', (join) => join.onRef('totp.account', '=', 'account.id').on('totp.confirmed_at', 'is not', null))
      .select(['login', 'name', 'address', 'totp.account as totp'])
      .where('account.id', '=', account)
      .executeTakeFirst()
    const words = [row?.login ?? '', ...(row?.name ?? '').split(/\s+/), ...(row?.address ?? '').split(/[@.]/)]
    return { words, hasSecondFactor: row?.totp != null }
  }

  async #keep(db: Kysely<IdentityTables>, account: string, hash: string): Promise<void> {
    const changed = Temporal.Now.instant().toString()
    await db
      .insertInto('password')
      .values({ account, hash, changed_at: changed })
      .onConflict((conflict) => conflict.column('account').doUpdateSet({ hash, changed_at: changed }))
      .execute()
  }

  /** Replaces a hash of other software, unless the password has changed meanwhile. */
  async #renew(account: string, hash: string, instead: string): Promise<void> {
    await this.#db
      .updateTable('password')
      .set({ hash })
      .where('account', '=', account)
      .where('hash', '=', instead)
      .execute()
  }
}
