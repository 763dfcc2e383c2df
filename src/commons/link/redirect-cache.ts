import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { lruCache } from '../../platform/lru-cache.ts'
import type { PubSub } from '../../platform/pubsub/pubsub.ts'
import { counterOf, type Counter } from './clicks.ts'
import type { StoredLink } from './link.ts'
import type { LinkTables } from './tables.ts'

/** Where a known slug leads, and under which conditions that a process can judge alone. Moments in milliseconds since 1970. */
export interface Target {
  /** Its visits since they were last written. */
  visits: Counter
  url: string
  /** Before this moment it is not open yet. */
  from: number
  /** From this moment on it is over. */
  until: number
  /** Before this moment, people see where it leads before they go. */
  warnsUntil: number
  /** Since when its page has not answered; undefined when it did when it was last looked at. */
  deadSince: number | undefined
  forwardsQuery: boolean
  isCrawlable: boolean
}

/** How many slugs a process remembers: about 500 bytes each. */
const REMEMBERED = 250_000

/** How long a slug that leads nowhere is remembered as such, in milliseconds: a storm of wrong addresses costs one query each. */
const NOWHERE_FOR = 30_000

/** Links that are read at once when the memory is filled. */
const BATCH = 5_000

const NOWHERE = Symbol('nowhere')

/**
 * What a process remembers of slugs, so that a visit costs no query. A change is heard from the news within moments in
 * every process; while the database is away, what is remembered goes on leading.
 */
export class RedirectCache implements AsyncDisposable {
  readonly #targets = lruCache<string, Target | typeof NOWHERE>(REMEMBERED)
  readonly #log: Logger
  readonly #pubsub: PubSub
  readonly #stop = new AbortController()
  #changes = 0
  /** Slugs that there was news of, not read again yet. */
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
      // What is lost with this is lost with the other topic too, which forgets everything.
      resync: () => {},
    })
  }

  /**
   * Remembers all links there are, as far as there is room, in the background; and again after news was lost. From then
   * on a visit costs no query, and links lead on while the database is away.
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

  /** What has changed is read at once, not at its next visit: the database may be away by then. */
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
    // Else there is news of another one, which is about to be read: these come along.
    if (asOf === this.#changes) for (const slug of slugs) this.#changed.delete(slug)
  }

  #fillAgain(): void {
    if (this.#filledFrom) this.fill(this.#filledFrom)
  }

  /** After many new links, any slug may lead somewhere. */
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

  /** The way of a slug; null when it is known to lead nowhere; undefined when it must be looked up. */
  recall(slug: string): Target | null | undefined {
    // Which were asked for of late matters only once there is no more room.
    const found = this.#targets.size < REMEMBERED ? this.#targets.peek(slug) : this.#targets.get(slug)
    return found === NOWHERE ? null : found
  }

  /** To be asked before looking a slug up, and given with what was found. */
  get changes(): number {
    return this.#changes
  }

  /**
   * Remembers what was found of a slug; null is nowhere. Nothing is remembered when news has come since the look-up
   * began: it may have been about this very slug.
   *
   * @param asOf what `changes` was when the look-up began
   */
  remember(slug: string, target: Target | null, asOf: number): void {
    if (asOf !== this.#changes) return
    if (target) this.#targets.set(slug, target)
    else this.#targets.set(slug, NOWHERE, { ttl: NOWHERE_FOR })
  }

  /** Forgets where a slug led, and what is being looked up meanwhile: this process has just written its link. */
  forget(slug: string): void {
    this.#changes++
    this.#targets.delete(slug)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#filling
  }
}

/** Whether a visit needs nothing but what a process remembers: no password to check, no visits to count down. */
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
