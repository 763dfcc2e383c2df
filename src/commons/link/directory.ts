import { LRUCache } from 'lru-cache'
import type { News } from '../../platform/pubsub/news.ts'

/** Where a known slug leads. */
export interface Way {
  id: number
  url: string
}

/** How many slugs a process remembers: about 400 bytes each. */
const REMEMBERED = 250_000

/** How long a slug that leads nowhere is remembered as such, in milliseconds: a storm of wrong addresses costs one query each. */
const NOWHERE_FOR = 30_000

const NOWHERE = Symbol('nowhere')

/**
 * What a process remembers of slugs, so that a visit costs no query. A change is heard from the news within moments in
 * every process; while the database is away, what is remembered goes on leading.
 */
export class Directory {
  readonly #ways = new LRUCache<string, Way | typeof NOWHERE>({ max: REMEMBERED })
  #changes = 0

  constructor(news: News) {
    news.subscribe('link.changed', {
      heard: (slug) => {
        this.#changes++
        this.#ways.delete(slug)
      },
      resync: () => {
        this.#changes++
        this.#ways.clear()
      },
    })
  }

  /** The way of a slug; null when it is known to lead nowhere; undefined when it must be looked up. */
  recall(slug: string): Way | null | undefined {
    const found = this.#ways.get(slug)
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
  remember(slug: string, way: Way | null, asOf: number): void {
    if (asOf !== this.#changes) return
    if (way) this.#ways.set(slug, way)
    else this.#ways.set(slug, NOWHERE, { ttl: NOWHERE_FOR })
  }
}
