import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { lruCache } from '../../platform/lru-cache.ts'
import type { PubSub } from '../../platform/pubsub/pubsub.ts'
import { counterOf, type Counter } from './clicks.ts'
import type { StoredLink } from './link.ts'
import type { LinkTables } from './tables.ts'

/**
 * The target of a cached slug, with the conditions that a process can check alone. Moments are milliseconds since
 * 1970.
 */
export interface Target {
  /** Visits since the last flush. */
  visits: Counter
  url: string
  /** The link opens at this moment. */
  from: number
  /** The link expires at this moment. */
  until: number
  /** Until this moment visitors see the target first. */
  warnsUntil: number
  /** Since when the page has not answered; undefined when it answered at the last check. */
  deadSince: number | undefined
  forwardsQuery: boolean
  isCrawlable: boolean
}

/** The most slugs in the cache of a process: about 500 bytes each. */
const REMEMBERED = 250_000

/** How long an unknown slug is cached, in milliseconds: a flood of wrong addresses costs one query each. */
const NOWHERE_FOR = 30_000

/** Links read by one query when the cache is filled. */
const BATCH = 5_000

const NOWHERE = Symbol('nowhere')

/**
 * A cache of targets, so that a visit needs no query. Every process hears of changes within moments; while the
 * database is away, cached links still redirect.
 */
export class RedirectCache implements AsyncDisposable {
  readonly #targets = lruCache<string, Target | typeof NOWHERE>(REMEMBERED)
  readonly #log: Logger
  readonly #pubsub: PubSub
  readonly #stop = new AbortController()
  #changes = 0
  /** Slugs that have changed and are not read again yet. */
  readonly #changed = new Set<string>()
  #filledFrom: Kysely<LinkTables> | undefined
  #filling: Promise<void> = Promise.resolve()

  constructor(pubsub: PubSub, log: Logger) {
    this.#pubsub = pubsub
    this.#log = log
  }

  #listen(): void {
    const pubsub = this.#pubsub
    pubsub.subscribe('link.changed', {
      onMessage: (slug) => {
        this.forget(slug)
        this.#readAgain(slug)
      },
      resync: () => {
        this.#changes++
        this.#targets.clear()
        this.#fillAgain()
      },
    })
    pubsub.subscribe('link.many', {
      onMessage: () => {
        this.#changes++
        this.#forgetNowhere()
        this.#fillAgain()
      },
      // Messages lost on this topic are lost on the other one too, which clears the cache.
      resync: () => {},
    })
  }

  /**
   * Fills the cache with all links, up to its size, in the background, and again after lost messages. From then on a
   * visit needs no query, and links redirect while the database is away.
   */
  fill(db: Kysely<LinkTables>): void {
    if (!this.#filledFrom) this.#listen()
    this.#filledFrom = db
    this.#filling = this.#filling
      .then(() => this.#fill(db))
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'links could not be read ahead; each is read at its first visit'),
      )
  }

  /** Reads a changed link at once, not at its next visit: the database may be away by then. */
  #readAgain(slug: string): void {
    const db = this.#filledFrom
    if (!db || this.#changed.size >= BATCH) return
    this.#changed.add(slug)
    this.#filling = this.#filling
      .then(() => this.#readChanged(db))
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'changed links could not be read again; each is read at its next visit'),
      )
  }

  async #readChanged(db: Kysely<LinkTables>): Promise<void> {
    const slugs = [...this.#changed]
    if (slugs.length === 0 || this.#stop.signal.aborted) return
    const asOf = this.#changes
    const rows = await db
      .selectFrom('link')
      .selectAll()
      .where('slug', 'in', slugs)
      .where('state', '=', 'active')
      .execute()
    for (const row of rows) if (isCacheable(row)) this.remember(row.slug, targetOf(row), asOf)
    // Else a message about another slug is about to be read: this batch joins it.
    if (asOf === this.#changes) for (const slug of slugs) this.#changed.delete(slug)
  }

  #fillAgain(): void {
    if (this.#filledFrom) this.fill(this.#filledFrom)
  }

  /** Drops the cached unknown slugs: after many new links any of them may exist. */
  #forgetNowhere(): void {
    const nowhere = [...this.#targets.entries()].filter(([, target]) => target === NOWHERE)
    for (const [slug] of nowhere) this.#targets.delete(slug)
  }

  async #fill(db: Kysely<LinkTables>): Promise<void> {
    for (let last = Infinity; !this.#stop.signal.aborted && this.#targets.size < REMEMBERED - BATCH;) {
      const asOf = this.#changes
      const rows = await db
        .selectFrom('link')
        .selectAll()
        .where('state', '=', 'active')
        .$if(Number.isFinite(last), (query) => query.where('id', '<', last))
        .orderBy('id', 'desc')
        .limit(BATCH)
        .execute()
      for (const row of rows) if (isCacheable(row)) this.remember(row.slug, targetOf(row), asOf)
      last = rows.at(-1)?.id ?? 0
      if (rows.length < BATCH) return
    }
  }

  /** Returns the target of a slug; null when it is known not to redirect; undefined when it is not cached. */
  recall(slug: string): Target | null | undefined {
    // The order of use matters only once the cache is full.
    const found = this.#targets.size < REMEMBERED ? this.#targets.peek(slug) : this.#targets.get(slug)
    return found === NOWHERE ? null : found
  }

  /** The count of changes, to read before a look-up and to pass to `remember`. */
  get changes(): number {
    return this.#changes
  }

  /**
   * Caches the result of a look-up; null when the slug does not redirect. A change since the look-up began discards
   * it: it may concern this slug.
   *
   * @param asOf `changes` when the look-up began
   */
  remember(slug: string, target: Target | null, asOf: number): void {
    if (asOf !== this.#changes) return
    if (target) this.#targets.set(slug, target)
    else this.#targets.set(slug, NOWHERE, { ttl: NOWHERE_FOR })
  }

  /** Drops a slug and its running look-ups, after this process has written its link. */
  forget(slug: string): void {
    this.#changes++
    this.#targets.delete(slug)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#filling
  }
}

/** Whether a visit needs only the cache: no password to check, no visits to count down. */
export function isCacheable({ state, password_hash: password, max_visits: visits }: StoredLink): boolean {
  return state === 'active' && password === null && visits === null
}

export function targetOf(row: StoredLink): Target {
  return {
    visits: counterOf(row.id),
    url: row.url,
    from: row.valid_from?.epochMilliseconds ?? 0,
    until: row.valid_until?.epochMilliseconds ?? Infinity,
    warnsUntil: row.warns_until?.epochMilliseconds ?? 0,
    deadSince: row.health === 'dead' ? (row.failing_since ?? row.health_at)?.epochMilliseconds : undefined,
    forwardsQuery: row.forward_query,
    isCrawlable: row.is_crawlable,
  }
}
