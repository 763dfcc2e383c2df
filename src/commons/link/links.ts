import { sql, type Kysely, type Selectable } from 'kysely'
import { Refusal } from '../../platform/refusals.ts'
import type { Clicks } from './clicks.ts'
import type { Directory, Way } from './directory.ts'
import { refuse } from './refusals.ts'
import { foldSlug, isSlug, randomSlug } from './slugs.ts'
import type { LinkTables } from './tables.ts'
import { readTarget } from './targets.ts'

/** A short link, as its readers know it. */
export interface Link {
  slug: string
  url: string
  clicks: number
  createdAt: Temporal.Instant
}

type StoredLink = Selectable<LinkTables['link']>

interface LinksNeeds {
  db: Kysely<LinkTables>
  /** Host of the short links themselves, which none of them may lead to. */
  ownHost: string
  directory: Directory
  clicks: Clicks
}

/** Tries before a fresh random slug is given up: with a million links, one in nine hundred collides. */
const TRIES = 8

/** Shortens addresses, and leads to them. */
export class Links {
  readonly #db: Kysely<LinkTables>
  readonly #ownHost: string
  readonly #directory: Directory
  readonly #clicks: Clicks

  constructor({ db, ownHost, directory, clicks }: LinksNeeds) {
    this.#db = db
    this.#ownHost = ownHost
    this.#directory = directory
    this.#clicks = clicks
  }

  /**
   * Makes a short link to an address.
   *
   * @param target what was pasted; read by `readTarget`
   * @throws Refusal when that is no address, or one that a link may not lead to
   */
  async shorten(target: string): Promise<Link> {
    const url = readTarget(target, this.#ownHost)
    for (let tries = 0; tries < TRIES; tries++) {
      const made = await this.#insert(randomSlug(), url)
      if (made) return made
    }
    throw new Error(`no free slug in ${TRIES} tries`)
  }

  async #insert(slug: string, url: string): Promise<Link | undefined> {
    const row = await this.#db
      .insertInto('link')
      .values({ slug, url })
      .onConflict((conflict) => conflict.column('slug').doNothing())
      .returningAll()
      .executeTakeFirst()
    return row && toLink(row)
  }

  /**
   * The link behind a slug, as typed or, when that is unknown, without accents and capitals.
   *
   * @throws Refusal `unknown` when there never was one, `gone` when it does not lead anywhere any more
   */
  async find(slug: string): Promise<Link> {
    return toLink(await this.#read(slug))
  }

  async #read(slug: string): Promise<StoredLink> {
    if (!isSlug(slug)) throw refuse('unknown', { slug })
    const rows = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('slug', 'in', [slug, foldSlug(slug)])
      .execute()
    const row = rows.find((one) => one.slug === slug) ?? rows[0]
    if (!row) throw refuse('unknown', { slug })
    if (row.state !== 'active') throw refuse('gone', { slug })
    return row
  }

  /**
   * The address that a slug leads to; the visit is counted. What is remembered of the slug answers without a query.
   *
   * @throws Refusal `unknown` or `gone`
   */
  async follow(slug: string): Promise<string> {
    const known = this.#directory.recall(slug)
    if (known === null) throw refuse('unknown', { slug })
    const way = known ?? (await this.#lookUp(slug))
    this.#clicks.count(way.id)
    return way.url
  }

  /** Only the slug itself is remembered: news of a change names it as it is, not as somebody typed it. */
  async #lookUp(slug: string): Promise<Way> {
    const asOf = this.#directory.changes
    try {
      const row = await this.#read(slug)
      const way = { id: row.id, url: row.url }
      this.#directory.remember(row.slug, way, asOf)
      return way
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) this.#directory.remember(slug, null, asOf)
      throw error
    }
  }

  /** How many links there are and were visited: what the report counts. */
  async totals(): Promise<{ links: number; visits: number }> {
    const { links, visits } = await this.#db
      .selectFrom('link')
      .select((link) => [link.fn.countAll<number>().as('links'), link.fn.coalesce(link.fn.sum<number>('clicks'), sql<number>`0`).as('visits')])
      .executeTakeFirstOrThrow()
    return { links, visits }
  }

  /** Makes links whose slugs are known beforehand, those that are not there yet: a demonstration. */
  async plant(links: { slug: string; url: string }[]): Promise<void> {
    await this.#db
      .insertInto('link')
      .values(links)
      .onConflict((conflict) => conflict.column('slug').doNothing())
      .execute()
  }
}

function toLink({ slug, url, clicks, created_at: createdAt }: StoredLink): Link {
  return { slug, url, clicks, createdAt }
}
