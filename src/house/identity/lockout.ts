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
    const names = counts.map(({ name }) => name)
    const { rows } = await sql<{ name: Buffer | null; failures: number; seconds: number | null }>`
      with waiting as (
        select extract(epoch from max(until) - now())::float8 as seconds from identity.failure where name = any (${names}) and until > now()
      ), counted as (
        insert into identity.failure as kept (name, failures, free, last_at, until)
          select name, 1, free, now(), now() from unnest(${names}::bytea[], ${counts.map(({ free }) => free)}::int[]) as given (name, free)
          where (select seconds from waiting) is null order by name
        on conflict (name) do update set
          failures = case when kept.last_at < now() - interval '1 day' then 1 else kept.failures + 1 end,
          last_at = now(),
          until = case
            when kept.last_at < now() - interval '1 day' or kept.failures < kept.free then now()
            else now() + least(power(2, least(kept.failures + 1 - kept.free, 20)), ${LONGEST}) * interval '1 second' end
        where kept.until <= now()
        returning name, failures
      )
      select name, failures, seconds from waiting left join counted on true`.execute(this.#db)
    const seconds = rows[0]?.seconds
    if (seconds) return Math.ceil(seconds)
    if (rows.filter(({ name }) => name !== null).length < names.length) return 1
    const [account] = counts
    return {
      passed: async () => {
        const [ofNetwork = [], own = []] = [
          counts.filter(({ isNetwork }) => isNetwork),
          counts.filter(({ isNetwork }) => !isNetwork),
        ].map((some) => some.map(({ name }) => name))
        await Promise.all([
          sql`delete from identity.failure where name = any (${own})`.execute(this.#db),
          ofNetwork.length > 0 &&
            sql`update identity.failure set failures = failures - 1, until = now() where name = any (${ofNetwork})`.execute(
              this.#db,
            ),
        ])
      },
      isWorthALetter: rows.some(
        ({ name, failures }) => account && name?.equals(account.name) && failures === WORTH_A_LETTER,
      ),
    }
  }

  /** Lets somebody in again at once, whatever was tried. */
  async unlock(whose: string, what = 'sign-in'): Promise<void> {
    await sql`delete from identity.failure where name = ${this.#name(what, whose)}`.execute(this.#db)
  }

  #countsOf({ what, whose, address, device }: Attempt): { name: Buffer; free: number; isNetwork: boolean }[] {
    const network = networkOf(address)
    const one = (...parts: string[]) => ({ name: this.#name(what, ...parts), free: FREE.one, isNetwork: false })
    if (device) return [one(whose, 'device', device)]
    const ofNetwork = { name: this.#name(what, 'network', network), free: FREE.network, isNetwork: true }
    return [one(whose), one(whose, network), ...(this.#isRelaxed ? [] : [ofNetwork])]
  }

  #name(...parts: string[]): Buffer {
    return this.#key.nameOf('lockout', JSON.stringify(parts))
  }
}
