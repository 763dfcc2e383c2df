import { sql, type Kysely } from 'kysely'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import { networkOf } from '../../platform/limits/network.ts'
import type { IdentityTables } from './tables.ts'

/** Longest pause between two tries, in seconds. */
const LONGEST = 900

/** Failures that cost nothing: of an account or a pair, and of a network: a school is one address. */
const FREE = { one: 5, network: 50 }

/** Failures in a day after which the owner is written to. */
const WORTH_A_LETTER = 100

/** What a try is counted for. */
export interface Attempt {
  /** What is tried: `sign-in`, `code`, `app-password`. */
  what: string
  /** The account, or the login as it was written when there is none: both are counted alike. */
  whose: string
  address: string
  /** Whether this browser has signed in to this account before: then other people's failures do not hold it back. */
  device?: string | undefined
}

/** What a try that may go on must say afterwards. */
export interface Counted {
  /** It was the right one after all. */
  passed(): Promise<void>
  /** Whether this failure, if it is one, is the one after which the owner is told. */
  isWorthALetter: boolean
}

/**
 * Failed tries, counted in PostgreSQL for all processes together: by account, by network, and by both. Beyond the free
 * ones each doubles the pause, up to a quarter of an hour. A try counts as failed before it is looked at, so that a
 * hundred at once gain nothing.
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

  /** @returns seconds to wait, or what to say afterwards */
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
      isWorthALetter: rows.some(
        ({ keyHash, failures }) => account && keyHash?.equals(account.keyHash) && failures === WORTH_A_LETTER,
      ),
    }
  }

  /** Lets somebody in again at once, whatever was tried. */
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
