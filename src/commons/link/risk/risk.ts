import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Addresses } from '../../../platform/addresses.ts'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import type { PubSub } from '../../../platform/pubsub/pubsub.ts'
import { assess, type Assessment, type RiskContext } from './assess.ts'
import type { DomainBlockLists } from './block-lists.ts'
import { DomainRules } from './domain-rules.ts'
import { KnownLists } from './known-lists.ts'
import { ListStore } from './list-store.ts'
import type { RiskTables } from './tables.ts'

/** Milliseconds before unreadable data is read again. */
const RETRY_AFTER = 3_000

interface RiskNeeds {
  db: Kysely<RiskTables>
  blobs: Blobs
  addresses: Addresses
  pubsub: PubSub
  log: Logger
}

/**
 * The risk data of a process: domain rules and block lists in memory, read again whenever any process changes them.
 *
 *
 * @example
 * const { verdict, finalReason } = risk.assess('https://www.brest.fr/', 'brest')
 */
export class Risk implements RiskContext, AsyncDisposable {
  readonly #db: Kysely<RiskTables>
  readonly #addresses: Addresses
  readonly #log: Logger
  readonly #pubsub: PubSub
  readonly #known: KnownLists
  rules = new DomainRules([])
  #reading: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | undefined
  #isLoaded = false
  #isClosed = false

  /** Knows no rule or list before `load`. */
  constructor({ db, blobs, addresses, pubsub, log }: RiskNeeds) {
    this.#pubsub = pubsub
    this.#db = db
    this.#addresses = addresses
    this.#log = log
    this.#known = new KnownLists(new ListStore({ db, blobs }), log)
  }

  get blocked(): DomainBlockLists {
    return this.#known.lists
  }

  static async open(needs: RiskNeeds): Promise<Risk> {
    const risk = new Risk(needs)
    await risk.load()
    return risk
  }

  /** Reads rules and lists, and reads them again at each change. */
  async load(): Promise<void> {
    await this.#read()
    this.#isLoaded = true
    this.#pubsub.subscribe('link.risk', { onMessage: () => this.#readAgain(), resync: () => this.#readAgain() })
  }

  async #read(): Promise<void> {
    this.rules = await DomainRules.read(this.#db)
    await this.#known.refresh()
    if (this.#known.unread.length > 0) this.#readLater()
  }

  /** One read at a time; while the database is away, the current data stays. */
  #readAgain(): void {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => {
        this.#log.warn({ err: error }, 'what is known of risky addresses could not be read again')
        this.#readLater()
      })
  }

  #readLater(): void {
    clearTimeout(this.#retry)
    if (!this.#isClosed) this.#retry = setTimeout(() => this.#readAgain(), RETRY_AFTER).unref()
  }

  /** Resolves when all lists can be read; throws the names of those that cannot. */
  async look(): Promise<void> {
    if (!this.#isLoaded) await this.load()
    const { unread } = this.#known
    if (unread.length > 0) throw new Error(`these block lists cannot be read: ${unread.join(', ')}`)
  }

  /**
   * Scores an address for a short link.
   *
   * @param slug the chosen slug, if any
   */
  assess(url: string, slug?: string): Assessment {
    return assess(url, slug, this)
  }

  ownHost(host: string): 'open' | 'closed' | undefined {
    const name = this.#addresses.named(host)
    if (name !== undefined) return this.#addresses.hasPublicPages(name) ? 'open' : 'closed'
    return this.#addresses.reserves(host.replace(/\.$/, '')) ? 'closed' : undefined
  }

  /** Waits for running reads. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    await this.#reading
  }
}
