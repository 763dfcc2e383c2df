import { sql, type Kysely, type Selectable } from 'kysely'
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

/** Tries before a fresh random slug is given up: with a million links, one in nine hundred collides. */
const TRIES = 8

/** Shortens addresses, and leads to them. */
export class Links {
  readonly #db: Kysely<LinkTables>
  readonly #ownHost: string
  readonly #today: () => Temporal.PlainDate

  constructor(db: Kysely<LinkTables>, ownHost: string, today: () => Temporal.PlainDate) {
    this.#db = db
    this.#ownHost = ownHost
    this.#today = today
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
    if (!isSlug(slug)) throw refuse('unknown', { slug })
    const rows = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('slug', 'in', [slug, foldSlug(slug)])
      .execute()
    const row = rows.find((one) => one.slug === slug) ?? rows[0]
    if (!row) throw refuse('unknown', { slug })
    if (row.state !== 'active') throw refuse('gone', { slug })
    return toLink(row)
  }

  /**
   * The address that a slug leads to; the visit is counted, in the same statement.
   *
   * @throws Refusal `unknown` or `gone`
   */
  async follow(slug: string): Promise<string> {
    if (!isSlug(slug)) throw refuse('unknown', { slug })
    const day = this.#today().toString()
    const { rows } = await sql<{ url: string }>`
      with visited as (
        update link.link set clicks = clicks + 1, last_click_on = ${day}
        where slug = ${slug} and state = 'active'
        returning id, url
      ), counted as (
        insert into link.link_day (link_id, day, clicks)
        select id, ${day}, 1 from visited
        on conflict (link_id, day) do update set clicks = link_day.clicks + 1
      )
      select url from visited`.execute(this.#db)
    if (rows[0]) return rows[0].url
    const found = await this.find(slug)
    return found.slug === slug ? found.url : this.follow(found.slug)
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
