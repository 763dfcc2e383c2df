import { sql, type QueryExecutorProvider } from 'kysely'
import type { Category } from '../../platform/moderation/categories.ts'

/** The reason of a link that was held because of a report. */
const REPORTED = 'reported'

/** The links of a decision: by their slugs, or all that lead to a domain. */
export type Which = { slugs: readonly string[] } | { domain: string }

/** A link that should be reviewed. */
export interface Suspect {
  id: number
  /** Its target when it was judged. */
  url: string
  reason: string
  risk: number
}

/** A link that waits for a moderator. */
export interface HeldLink {
  slug: string
  url: string
  reason: string | null
  since: Temporal.Instant
}

/** The decisions of moderators about links, over any database or transaction. Each can be undone. */
export class Moderation {
  readonly #db: QueryExecutorProvider

  constructor(db: QueryExecutorProvider) {
    this.#db = db
  }

  /**
   * Returns the links that wait for a moderator, the riskiest first. Reported links wait in the moderation queue
   * instead.
   */
  async held(limit: number): Promise<HeldLink[]> {
    const { rows } = await sql<HeldLink>`
      select slug, url, reason, coalesce(held_at, updated_at) as since from link.link
      where state = 'held' and reason is distinct from ${REPORTED} order by risk desc, held_at limit ${limit}`.execute(
      this.#db,
    )
    return rows
  }

  /**
   * Holds links until a moderator opens them. Skips links that were opened, or whose target changed, since they were
   * judged.
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

  /** Holds reported links until a moderator decides. @returns their slugs */
  async setAside(slugs: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ slug: string }>`
      update link.link set state = 'held', reason = ${REPORTED}, held_at = null, updated_at = now()
      where slug = any (${slugs}::text[]) and (state in ('active', 'removed') or (state = 'held' and reason is distinct from ${REPORTED})) and url <> ''
      returning slug`.execute(this.#db)
    return rows.map(({ slug }) => slug)
  }

  /** Opens held and removed links. @returns their slugs */
  async open(which: Which): Promise<string[]> {
    const { rows } = await sql<{ slug: string }>`
      update link.link set state = 'active', reason = null, held_at = null, opened_at = now(), updated_at = now()
      where ${meant(which)} and state in ('held', 'removed') and url <> '' returning slug`.execute(this.#db)
    return rows.map(({ slug }) => slug)
  }

  /** Removes links: visitors see that they were removed. @returns their slugs */
  async remove(which: Which, reason: Category): Promise<string[]> {
    const { rows } = await sql<{ slug: string }>`
      update link.link set state = 'removed', reason = ${reason}, held_at = null, updated_at = now()
      where ${meant(which)} and state not in ('removed', 'deleted') returning slug`.execute(this.#db)
    return rows.map(({ slug }) => slug)
  }
}

function meant(which: Which): ReturnType<typeof sql<boolean>> {
  return 'domain' in which ? sql`domain = ${which.domain}` : sql`slug = any (${which.slugs}::text[])`
}
