import { sql, type Kysely } from 'kysely'
import { isSlug } from '../slugs.ts'
import type { LinkTables } from '../tables.ts'

/** Sums kept in memory before they are written to the database. */
const BATCH = 20_000

interface Sum {
  slug: string
  /** `2024-03-01` */
  day: string
  clicks: number
  bots: number
}

/**
 * The visits of a log of any length, summed by link and day. The sums go to a temporary table of the import's
 * transaction.
 */
export class DailyVisits {
  readonly #db: Kysely<LinkTables>
  #sums = new Map<string, Sum>()
  /** Visits whose slug is invalid. */
  #strange = 0

  private constructor(db: Kysely<LinkTables>) {
    this.#db = db
  }

  /** @param db the transaction that creates the links */
  static async begin(db: Kysely<LinkTables>): Promise<DailyVisits> {
    await sql`create temporary table summed_visit (slug text collate "C", day date, clicks bigint, bots bigint) on commit drop`.execute(
      db,
    )
    return new DailyVisits(db)
  }

  async add(slug: string, day: string, isBot: boolean): Promise<void> {
    if (!isSlug(slug)) return void this.#strange++
    const key = `${day} ${slug}`
    const sum = this.#sums.get(key) ?? { slug, day, clicks: 0, bots: 0 }
    sum.clicks++
    if (isBot) sum.bots++
    this.#sums.set(key, sum)
    if (this.#sums.size >= BATCH) await this.#flush()
  }

  async #flush(): Promise<void> {
    const sums = [...this.#sums.values()]
    this.#sums = new Map()
    await sql`
      insert into summed_visit select * from unnest(
        ${sums.map(({ slug }) => slug)}::text[], ${sums.map(({ day }) => day)}::date[],
        ${sums.map(({ clicks }) => clicks)}::bigint[], ${sums.map(({ bots }) => bots)}::bigint[]
      )`.execute(this.#db)
  }

  /**
   * Writes the daily visits of the links that this transaction has imported. A link whose own count is lower than
   * their sum gets the sum.
   *
   * @returns imported visits, and those of other links
   */
  async end(): Promise<{ taken: number; others: number }> {
    await this.#flush()
    // In a transaction, now() is constant: it identifies the links of this import.
    const { rows } = await sql<{ taken: number; everything: number }>`
      with kept as (
        insert into link.link_day (link_id, day, clicks, bots)
        select link.id, day, sum(summed_visit.clicks), sum(summed_visit.bots) from summed_visit join link.link using (slug)
        where link.imported_at = now() group by link.id, day
        returning link_id, day, clicks, bots
      ), total as (
        select link_id, sum(clicks) as clicks, sum(bots) as bots, max(day) as last from kept group by link_id
      ), counted as (
        update link.link set clicks = greatest(link.clicks, total.clicks), bots = total.bots, last_click_on = total.last
        from total where link.id = total.link_id
      )
      select coalesce((select sum(clicks) from kept), 0) as taken, coalesce((select sum(clicks) from summed_visit), 0) as everything`.execute(
      this.#db,
    )
    const { taken, everything } = rows[0] ?? { taken: 0, everything: 0 }
    return { taken, others: everything - taken + this.#strange }
  }
}
