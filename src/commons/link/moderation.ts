import { sql, type Kysely } from 'kysely'
import { toLink, type Link } from './link.ts'
import type { RemovalReason } from './removals.ts'
import type { LinkTables } from './tables.ts'

/** Which links are meant: by their slugs, or all that lead to a domain. */
export type Which = { slugs: string[] } | { domain: string }

/** A link that should be looked at. */
export interface Suspect {
  id: number
  /** Where it led when it was judged. */
  url: string
  reason: string
  risk: number
}

/** What people who keep the house decide about links. Every decision can be undone. */
export class Moderation {
  readonly #db: Kysely<LinkTables>

  constructor(db: Kysely<LinkTables>) {
    this.#db = db
  }

  /** Links that wait for a look, the riskiest first. */
  async held(limit: number): Promise<Link[]> {
    const rows = await this.#db.selectFrom('link').selectAll().where('state', '=', 'held').orderBy('risk', 'desc').orderBy('held_at').limit(limit).execute()
    return rows.map(toLink)
  }

  /**
   * Holds links without an end: until somebody opens them. What was opened, or leads elsewhere, since it was judged stays.
   *
   * @returns how many
   */
  async hold(suspects: Suspect[]): Promise<number> {
    const ids = suspects.map(({ id }) => id)
    const { rows } = await sql`
      update link.link set state = 'held', reason = suspect.reason, risk = suspect.risk, held_at = null, updated_at = now()
      from unnest(
        ${ids}::bigint[], ${suspects.map(({ url }) => url)}::text[],
        ${suspects.map(({ reason }) => reason)}::text[], ${suspects.map(({ risk }) => risk)}::integer[]
      ) as suspect (id, url, reason, risk)
      where link.id = any (${ids}::bigint[]) and link.id = suspect.id and link.url = suspect.url and state = 'active' and opened_at is null
      returning link.id`.execute(this.#db)
    return rows.length
  }

  /** Lets held links lead on, and removed ones again. @returns their slugs */
  async open(which: Which): Promise<string[]> {
    const now = Temporal.Now.instant().toString()
    const rows = await this.#meant(which)
      .set({ state: 'active', reason: null, held_at: null, opened_at: now, updated_at: now })
      .where('state', 'in', ['held', 'removed'])
      .where('url', '<>', '')
      .returning('slug')
      .execute()
    return rows.map(({ slug }) => slug)
  }

  /** Takes links down: from now on they say that they were removed. @returns their slugs */
  async remove(which: Which, reason: RemovalReason): Promise<string[]> {
    const rows = await this.#meant(which)
      .set({ state: 'removed', reason, held_at: null, updated_at: Temporal.Now.instant().toString() })
      .where('state', 'not in', ['removed', 'deleted'])
      .returning('slug')
      .execute()
    return rows.map(({ slug }) => slug)
  }

  #meant(which: Which) {
    const update = this.#db.updateTable('link')
    return 'domain' in which ? update.where('domain', '=', which.domain) : update.where('slug', 'in', ['', ...which.slugs])
  }
}
