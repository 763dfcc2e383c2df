import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '../database/database.ts'
import { ownRefusals } from '../http/refusal-of.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import { networkOf } from './network.ts'

/** So many acts in so many seconds. */
export interface Rate {
  acts: number
  seconds: number
}

/**
 * How often strangers may do what costs us: counted in PostgreSQL for all processes together, by network. The address
 * is never kept: the count stands under a name made with a key of the day.
 */
export class Rates {
  readonly #database: Database
  readonly #key: InstanceKey
  readonly #today: () => Temporal.PlainDate
  readonly #isRelaxed: boolean
  readonly #limiters = new Map<string, RateLimiterPostgres>()

  constructor({
    database,
    key,
    today,
    isRelaxed,
  }: {
    database: Database
    key: InstanceKey
    today: () => Temporal.PlainDate
    isRelaxed: boolean
  }) {
    this.#database = database
    this.#key = key
    this.#today = today
    this.#isRelaxed = isRelaxed
  }

  /**
   * Counts one act against every rate.
   *
   * @param what `link.create`
   * @param who an address, which stands for its network; or any other text that names who acts or for whom, `account 12`
   * @returns seconds to wait when one of the rates is used up, else undefined
   */
  async take(what: string, who: string, rates: readonly Rate[]): Promise<number | undefined> {
    if (this.#isRelaxed) return undefined
    const hash = this.#key.keyedHash(`rates ${this.#today().toString()}`, networkOf(who)).toString('base64url')
    for (const rate of rates) {
      try {
        await this.#limiter(what, rate).consume(hash)
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused
        return Math.ceil(refused.msBeforeNext / 1000)
      }
    }
    return undefined
  }

  /**
   * Counts one act as `take` does, and refuses it when one of the rates is used up.
   *
   * @throws Refusal `too-many-acts`
   *
   * @example
   * await platform.rates.admit('board.answer', request.from.address, [{ acts: 5, seconds: 3600 }])
   */
  async admit(what: string, who: string, rates: readonly Rate[]): Promise<void> {
    const retryAfter = await this.take(what, who, rates)
    if (retryAfter) throw ownRefusals('too-many-acts', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
  }

  #limiter(what: string, { acts, seconds }: Rate): RateLimiterPostgres {
    const name = `${what}/${seconds}`
    const made =
      this.#limiters.get(name) ??
      new RateLimiterPostgres({
        storeClient: this.#database.pool,
        storeType: 'pool',
        schemaName: 'limits',
        tableName: 'rate',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        points: acts,
        duration: seconds,
      })
    this.#limiters.set(name, made)
    return made
  }
}
