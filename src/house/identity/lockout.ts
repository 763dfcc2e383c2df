import { sql, type Kysely } from 'kysely'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import { networkOf } from '../../platform/limits/network.ts'
import type { IdentityTables } from './tables.ts'

/** Longest delay between two attempts, in seconds. */
const LONGEST = 900

/**
 * Failures without a delay: for an account or for an account and network together, and for a network, since a whole
 * school shares one address.
 */
const FREE = { one: 5, network: 50 }

/** Failures in a day after which the owner gets an e-mail. */
const NOTIFY_AFTER = 100

/** An attempt to count. */
export interface Attempt {
  /** The kind of attempt: `sign-in`, `code`, `app-password`. */
  what: string
  /** The account number, or the login as it was written when there is no such account: both are counted alike. */
  whose: string
  address: string
  /**
   * The known-device token of a browser that has signed in to this account before: other people's failures do not delay
   * it.
   */
  device?: string | undefined
}

/** An attempt that is allowed to proceed. */
export interface Counted {
  /** Takes the failure back: the attempt succeeded. */
  passed(): Promise<void>
  /** Whether the owner gets an e-mail if this attempt fails. */
  notifiesOwner: boolean
}

/**
 * Failed attempts, counted in PostgreSQL for all processes: by account, by network, and by both. Beyond the free ones
 * each failure doubles the delay, up to a quarter of an hour. An attempt counts as failed before it is checked, so that
 * a hundred parallel attempts gain nothing.
 */
export class Lockout {
  readonly #db: Kysely<IdentityTables>
  readonly #key: InstanceKey
  readonly #isRelaxed: boolean

  constructor(db: Kysely<IdentityTables>, key: InstanceKey, isRelaxed: boolean) {
    this.#db = db
    this.#key = key
    this.#isRelaxed = isRelaxed
  }

  /**
   * Counts an attempt.
   *
   * @returns the seconds to wait, or the allowed attempt
   */
  async begin(attempt: Attempt): Promise<number | Counted> {
    const counts = this.#countsOf(attempt)
    const keyHashes = counts.map(({ keyHash }) => keyHash)
    const { rows } = await sql<{ keyHash: Buffer | null; failures: number; seconds: number | null }>`
      with waiting as (
        select extract(epoch from max(until) - now())::float8 as seconds from identity.failure where key_hash = any (${keyHashes}) and until > now()
      ), counted as (
        insert into identity.failure as kept (key_hash, failures, free, last_at, until)
          select key_hash, 1, free, now(), now() from unnest(${keyHashes}::bytea[], ${counts.map(({ free }) => free)}::int[]) as given (key_hash, free)
          where (select seconds from waiting) is null order by key_hash
        on conflict (key_hash) do update set
          failures = case when kept.last_at < now() - interval '1 day' then 1 else kept.failures + 1 end,
          last_at = now(),
          until = case
            when kept.last_at < now() - interval '1 day' or kept.failures < kept.free then now()
            else now() + least(power(2, least(kept.failures + 1 - kept.free, 20)), ${LONGEST}) * interval '1 second' end
        where kept.until <= now()
        returning key_hash, failures
      )
      select key_hash as "keyHash", failures, seconds from waiting left join counted on true`.execute(this.#db)
    const seconds = rows[0]?.seconds
    if (seconds) return Math.ceil(seconds)
    if (rows.filter(({ keyHash }) => keyHash !== null).length < keyHashes.length) return 1
    const [account] = counts
    return {
      passed: async () => {
        const [ofNetwork = [], own = []] = [
          counts.filter(({ isNetwork }) => isNetwork),
          counts.filter(({ isNetwork }) => !isNetwork),
        ].map((some) => some.map(({ keyHash }) => keyHash))
        await Promise.all([
          sql`delete from identity.failure where key_hash = any (${own})`.execute(this.#db),
          ofNetwork.length > 0 &&
            sql`update identity.failure set failures = failures - 1, until = now() where key_hash = any (${ofNetwork})`.execute(
              this.#db,
            ),
        ])
      },
      notifiesOwner: rows.some(
        ({ keyHash, failures }) => account && keyHash?.equals(account.keyHash) && failures === NOTIFY_AFTER,
      ),
    }
  }

  /** Clears the failures of an account. */
  async unlock(whose: string, what = 'sign-in'): Promise<void> {
    await sql`delete from identity.failure where key_hash = ${this.#keyHash(what, whose)}`.execute(this.#db)
  }

  #countsOf({ what, whose, address, device }: Attempt): { keyHash: Buffer; free: number; isNetwork: boolean }[] {
    const network = networkOf(address)
    const one = (...parts: string[]) => ({ keyHash: this.#keyHash(what, ...parts), free: FREE.one, isNetwork: false })
    if (device) return [one(whose, 'device', device)]
    const ofNetwork = { keyHash: this.#keyHash(what, 'network', network), free: FREE.network, isNetwork: true }
    return [one(whose), one(whose, network), ...(this.#isRelaxed ? [] : [ofNetwork])]
  }

  #keyHash(...parts: string[]): Buffer {
    return this.#key.keyedHash('lockout', JSON.stringify(parts))
  }
}
