import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { BrowserEntry } from './browser-list.ts'
import { toLink, toPublic, type Link, type PublicLink, type StoredLink } from './link.ts'
import type { LinkTables } from './tables.ts'

/** The details of a link in a list. */
interface ListDetails {
  tags: string[]
  /** Visits of each of the last `LATELY` days, the oldest first. */
  lately: number[]
}

/** A link in its owner's list. */
export type ListedLink = Link & ListDetails

/** A link in a browser's list: all of it when that browser made it, else its public part. */
export type ListedPublicLink = PublicLink & ListDetails

/** Days of the small chart beside each link. */
const LATELY = 30

/** The filters of a search among an account's links. */
export interface Search {
  /** Found in the slug, the address, the title or a tag. */
  text?: string | undefined
  tags?: string[] | undefined
  /** Whether a link must have all of the tags, or any of them. */
  tagsMode?: 'any' | 'all' | undefined
  from?: Temporal.Instant | undefined
  until?: Temporal.Instant | undefined
  /** Leaves out expired links and those without remaining visits. */
  withoutExhausted?: boolean | undefined
  withoutPast?: boolean | undefined
  order?: { by: keyof typeof ORDER; descending: boolean } | undefined
  limit: number
  offset: number
}

/** The visits of one day. */
export interface Day {
  day: Temporal.PlainDate
  clicks: number
  bots: number
}

/** The orders of a list; `people` are visits without bots. */
const ORDER = {
  made: sql.ref('created_at'),
  slug: sql.ref('slug'),
  url: sql.ref('url'),
  title: sql.ref('title'),
  visits: sql.ref('clicks'),
  people: sql`clicks - bots`,
  chance: sql`random()`,
} as const

/** Lists the links of a browser or an account, with their statistics. */
export class LinkList {
  readonly #db: Kysely<LinkTables>
  readonly #today: () => Temporal.PlainDate

  constructor(db: Kysely<LinkTables>, today: () => Temporal.PlainDate) {
    this.#db = db
    this.#today = today
  }

  /** Returns the existing links of a browser's list, in its order. */
  async ofBrowser(kept: BrowserEntry[]): Promise<ListedPublicLink[]> {
    if (kept.length === 0) return []
    const slugs = kept.map(({ slug }) => slug)
    const rows = await this.#shelved().where('slug', 'in', slugs).where('state', '<>', 'deleted').execute()
    const bySlug = new Map(rows.map((row) => [row.slug, toListed(row)]))
    return kept.flatMap(({ slug, isOwn }) => {
      const found = bySlug.get(slug)
      return !found ? [] : isOwn ? found : toListedPublic(found)
    })
  }

  /** Returns the link of a slug, for its owner. */
  async one(slug: string): Promise<ListedLink | undefined> {
    const row = await this.#shelved().where('slug', '=', slug).where('state', '<>', 'deleted').executeTakeFirst()
    return row && toListed(row)
  }

  /** Returns the tags of a link, sorted. */
  async tagsOf(id: number): Promise<string[]> {
    const rows = await this.#db.selectFrom('link_tag').select('tag').where('link_id', '=', id).orderBy('tag').execute()
    return rows.map(({ tag }) => tag)
  }

  /** Returns a page of an account's links, and their total. */
  async ofOwner(owner: string, search: Search): Promise<{ links: ListedLink[]; total: number }> {
    const found = this.#db
      .selectFrom('link')
      .where('owner', '=', owner)
      .where('state', '<>', 'deleted')
      .where((link) => link.and(narrowed(search)))
    const { by, descending } = search.order ?? { by: 'made', descending: true }
    const direction = descending ? 'desc' : 'asc'
    const ids = found
      .select('link.id')
      .orderBy(ORDER[by], direction)
      .orderBy('id', direction)
      .limit(search.limit)
      .offset(search.offset)
    const [rows, { total }] = await Promise.all([
      this.#shelved().where('link.id', 'in', ids).orderBy(ORDER[by], direction).orderBy('id', direction).execute(),
      found.select((link) => link.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ])
    return { links: rows.map(toListed), total }
  }

  #shelved() {
    const since = this.#today()
      .subtract({ days: LATELY - 1 })
      .toString()
    return this.#db
      .selectFrom('link')
      .selectAll('link')
      .select([
        sql<string[]>`array(select tag from link.link_tag where link_id = link.id order by tag)`.as('tags'),
        sql<number[]>`array(
          select coalesce(link_day.clicks, 0)::float8 from generate_series(${since}::date, ${this.#today().toString()}::date, '1 day') as series (day)
          left join link.link_day on link_id = link.id and link_day.day = series.day::date order by series.day)`.as(
          'lately',
        ),
      ])
  }

  /** Returns the days with visits, the oldest first; at most a year and a half. */
  async days(id: number): Promise<Day[]> {
    const since = this.#today().subtract({ months: 18 })
    return this.#db
      .selectFrom('link_day')
      .select(['day', 'clicks', 'bots'])
      .where('link_id', '=', id)
      .where('day', '>=', sql<Temporal.PlainDate>`${since.toString()}::date`)
      .orderBy('day')
      .execute()
  }

  /** Returns the former targets of a link, the latest first. */
  async history(id: number): Promise<{ url: string; until: Temporal.Instant }[]> {
    return this.#db
      .selectFrom('link_history')
      .select(['url', 'until'])
      .where('link_id', '=', id)
      .orderBy('until', 'desc')
      .limit(50)
      .execute()
  }

  /** Returns an account's tags, with the links and visits of each. */
  async tags(owner: string): Promise<{ tag: string; links: number; clicks: number; bots: number }[]> {
    const rows = await this.#db
      .selectFrom('link_tag')
      .innerJoin('link', 'link.id', 'link_tag.link_id')
      .select((row) => [
        'tag',
        row.fn.countAll<number>().as('links'),
        row.fn.sum<number>('clicks').as('clicks'),
        row.fn.sum<number>('bots').as('bots'),
      ])
      .where('owner', '=', owner)
      .where('state', '<>', 'deleted')
      .groupBy('tag')
      .orderBy('tag')
      .execute()
    return rows
  }

  /**
   * Renames a tag of an account's links.
   *
   * @returns `unknown` when no link has it, `taken` when another tag has the new name
   */
  async renameTag(owner: string, from: string, to: string): Promise<'done' | 'unknown' | 'taken'> {
    const known = (await this.tags(owner)).map(({ tag }) => tag)
    if (!known.includes(from)) return 'unknown'
    if (from !== to && known.includes(to)) return 'taken'
    await this.#db
      .updateTable('link_tag')
      .set({ tag: to })
      .where('tag', '=', from)
      .where('link_id', 'in', this.#ofOwner(owner))
      .execute()
    return 'done'
  }

  async dropTags(owner: string, tags: string[]): Promise<void> {
    if (tags.length === 0) return
    await this.#db
      .deleteFrom('link_tag')
      .where('tag', 'in', tags)
      .where('link_id', 'in', this.#ofOwner(owner))
      .execute()
  }

  /** Returns the count of links and their visits, of an account or in all. */
  async totals(owner?: string): Promise<{ links: number; clicks: number; bots: number }> {
    return this.#db
      .selectFrom('link')
      .select((link) => [
        link.fn.countAll<number>().as('links'),
        link.fn.coalesce(link.fn.sum<number>('clicks'), sql<number>`0`).as('clicks'),
        link.fn.coalesce(link.fn.sum<number>('bots'), sql<number>`0`).as('bots'),
      ])
      .where('state', '<>', 'deleted')
      .$if(owner !== undefined, (query) => query.where('owner', '=', owner ?? ''))
      .executeTakeFirstOrThrow()
  }

  #ofOwner(owner: string) {
    return this.#db.selectFrom('link').select('link.id').where('owner', '=', owner)
  }
}

/** Applies the filters of a search. */
function narrowed({
  text,
  tags = [],
  tagsMode = 'any',
  from,
  until,
  withoutExhausted,
  withoutPast,
}: Search): RawBuilder<boolean>[] {
  // PostgreSQL refuses text with a zero byte, and stores none: a space replaces it.
  const like = `%${(text ?? '').replaceAll('\0', ' ').replaceAll(/[\\%_]/g, '\\$&')}%`
  const tagged = sql`(select count(*) from link.link_tag where link_id = link.id and tag = any (${tags}::text[]))`
  const conditions: [boolean, RawBuilder<boolean>][] = [
    [
      Boolean(text),
      sql`(slug ilike ${like} or url ilike ${like} or title ilike ${like}
        or exists (select from link.link_tag where link_id = link.id and tag ilike ${like}))`,
    ],
    [tags.length > 0, sql`${tagged} >= ${tagsMode === 'all' ? tags.length : 1}`],
    [from !== undefined, sql`created_at >= ${from?.toString()}::timestamptz`],
    [until !== undefined, sql`created_at <= ${until?.toString()}::timestamptz`],
    [withoutExhausted === true, sql`(max_visits is null or clicks < max_visits)`],
    [withoutPast === true, sql`(valid_until is null or valid_until > now())`],
  ]
  return conditions.filter(([isWanted]) => isWanted).map(([, condition]) => condition)
}

function toListedPublic(link: ListedLink): ListedPublicLink {
  return { ...toPublic(link), tags: [], lately: link.isCountPublic ? link.lately : [] }
}

function toListed(row: StoredLink & { tags: string[]; lately: number[] }): ListedLink {
  return { ...toLink(row), tags: row.tags, lately: row.lately }
}
