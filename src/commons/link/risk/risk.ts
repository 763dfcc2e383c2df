import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Addresses } from '../../../platform/addresses.ts'
import type { News } from '../../../platform/pubsub/news.ts'
import { assess, type Assessment, type RiskContext } from './assess.ts'
import { BlockLists } from './block-lists.ts'
import { DomainRules } from './domain-rules.ts'
import type { RiskTables } from './tables.ts'

/** Services whose pages are made to be shown around. */
const PUBLIC = new Set(['portal', 'bin', 'date', 'drop', 'events', 'map', 'pad', 'pic'])

interface RiskNeeds {
  db: Kysely<RiskTables>
  addresses: Addresses
  news: News
  log: Logger
}

/**
 * What a process knows of the risk of addresses: rules and lists in memory, read again whenever somebody changed them,
 * in whatever process.
 *
 * @example
 * const { verdict, finalReason } = risk.assess('https://www.brest.fr/', 'brest')
 */
export class Risk implements RiskContext, AsyncDisposable {
  readonly #db: Kysely<RiskTables>
  readonly #addresses: Addresses
  readonly #log: Logger
  rules = new DomainRules([])
  blocked = new BlockLists([])
  #reading: Promise<void> = Promise.resolve()

  private constructor({ db, addresses, log }: RiskNeeds) {
    this.#db = db
    this.#addresses = addresses
    this.#log = log
  }

  static async open(needs: RiskNeeds): Promise<Risk> {
    const risk = new Risk(needs)
    await risk.#read()
    needs.news.subscribe('link.risk', { heard: () => risk.#readAgain(), resync: () => risk.#readAgain() })
    return risk
  }

  async #read(): Promise<void> {
    this.rules = await DomainRules.read(this.#db)
    this.blocked = await BlockLists.read(this.#db)
  }

  /** One reading after the other; while the database is away, what is known stays. */
  #readAgain(): void {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => this.#log.warn({ err: error }, 'what is known of risky addresses could not be read again'))
  }

  /**
   * Scores an address for a short link.
   *
   * @param slug the text that a person chose for it, if any
   */
  assess(url: string, slug?: string): Assessment {
    return assess(url, slug, this)
  }

  ownHost(host: string): 'open' | 'closed' | undefined {
    const name = this.#addresses.named(host)
    if (name !== undefined) return PUBLIC.has(name) ? 'open' : 'closed'
    return this.#addresses.reserves(host.replace(/\.$/, '')) ? 'closed' : undefined
  }

  /** Ends when nothing is being read any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading
  }
}
