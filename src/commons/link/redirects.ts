import { sql, type Kysely } from 'kysely'
import { Refusal } from '../../platform/refusals.ts'
import { isPassword } from '../../platform/passwords/passwords.ts'
import type { Rates } from '../../platform/limits/rates.ts'
import { isBot } from '../../platform/visits/bots.ts'
import type { Clicks } from './clicks.ts'
import { isCacheable, targetOf, type RedirectCache, type Target } from './redirect-cache.ts'
import { isHeldBack, toLink, toPublic, type Link, type PublicLink, type StoredLink } from './link.ts'
import { refuse } from './refusals.ts'
import { describeRemoval } from './removals.ts'
import { foldSlug, isSlug } from './slugs.ts'
import type { LinkTables } from './tables.ts'

/** The facts about a visitor that change the result. */
export interface Visitor {
  /** The `User-Agent` header; it is read but not stored. */
  userAgent: string | undefined
  /** The query string of the visited address, without `?`. */
  query?: string | undefined
}

/** The result of a visit: a target to redirect to at once, or to show first. */
export interface RedirectResult {
  url: string
  /** Whether the visitor should see the target before the redirect. */
  isWarned: boolean
  /** Since when the page has not answered; undefined when it does. */
  deadSince: Temporal.Instant | undefined
  isCrawlable: boolean
}

/** Wrong passwords that one network may enter on one link before it must wait. */
const PASSWORD_RATES = [
  { acts: 10, seconds: 600 },
  { acts: 50, seconds: 24 * 3600 },
]

interface RedirectsNeeds {
  db: Kysely<LinkTables>
  redirectCache: RedirectCache
  clicks: Clicks
  rates: Rates
  today: () => Temporal.PlainDate
}

/** Resolves slugs to targets, and counts the visits. */
export class Redirects {
  readonly #db: Kysely<LinkTables>
  readonly #redirectCache: RedirectCache
  readonly #clicks: Clicks
  readonly #rates: Rates
  readonly #today: () => Temporal.PlainDate

  constructor({ db, redirectCache, clicks, rates, today }: RedirectsNeeds) {
    this.#db = db
    this.#redirectCache = redirectCache
    this.#clicks = clicks
    this.#rates = rates
    this.#today = today
  }

  /**
   * Resolves a slug from the cache alone and counts the visit; undefined when it needs a query or a page (`resolve`).
   *
   * @param slug as it is in the address
   */
  resolveCached(slug: string, visitor: Visitor): RedirectResult | undefined {
    const target = this.#redirectCache.recall(slug)
    if (!target || target.forwardsQuery || target.deadSince !== undefined) return undefined
    const now = Date.now()
    if (now < target.from || now >= target.until || now < target.warnsUntil) return undefined
    return this.#arrive(target, visitor, false)
  }

  /**
   * Resolves a slug, from the cache or the database, and counts the visit.
   *
   * @throws Refusal `unknown`, `held`, `removed`, `disabled`, `expired`, `exhausted`, `not-yet`, `gone`, or `password`
   *   when the link has one (`resolveWithPassword`)
   */
  async resolve(slug: string, visitor: Visitor): Promise<RedirectResult> {
    const known = this.#redirectCache.recall(slug)
    if (known === null) throw refuse('unknown', { slug })
    if (known) return this.#go(known, visitor)
    const row = await this.#lookUp(slug)
    if (row.password_hash !== null) throw refuse('password', { slug })
    return this.#pass(row, visitor)
  }

  /**
   * Resolves a slug that has a password, and counts the visit.
   *
   * @param address client address, for the rate limit of wrong passwords
   * @throws Refusal `password-wrong`, `too-many-wrong-passwords`, and those of `resolve`
   */
  async resolveWithPassword(
    slug: string,
    password: string,
    address: string,
    visitor: Visitor,
  ): Promise<RedirectResult> {
    const row = await this.read(slug)
    if (row.password_hash !== null) {
      const retryAfter = await this.#rates.take('link.password', `${address} ${row.id}`, PASSWORD_RATES)
      if (retryAfter) throw refuse('too-many-wrong-passwords', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
      if (!(await isPassword(password, row.password_hash))) throw refuse('password-wrong')
    }
    return this.#pass(row, visitor)
  }

  /**
   * Returns the public part of an active link, without counting a visit.
   *
   * @throws Refusal when the link does not redirect
   */
  async find(slug: string): Promise<PublicLink> {
    return toPublic(toLink(await this.read(slug)))
  }

  /**
   * Returns a link without counting a visit. Its owner always sees it; others see it while it redirects and has no
   * password.
   *
   * @param holder id of the account that asks, if any
   * @throws Refusal `password`, or why the link does not redirect
   */
  async look(slug: string, holder?: string): Promise<Link> {
    const row = await this.readAny(slug)
    if (holder !== undefined && row.owner === holder) return toLink(row)
    refuseNowhere(row, slug)
    if (row.password_hash !== null) throw refuse('password', { slug })
    return toLink(row)
  }

  /** Returns the stored slug for a typed one, also without accents and capitals, in any state of the link. */
  async canonicalSlug(slug: string): Promise<string | undefined> {
    try {
      return (await this.readAny(slug)).slug
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    }
  }

  /** Returns the row of an active link by its slug as typed or, when that is unknown, without accents and capitals. */
  async read(slug: string): Promise<StoredLink> {
    const row = await this.readAny(slug)
    refuseNowhere(row, slug)
    return row
  }

  /**
   * Returns the row of a slug in any state.
   *
   * @throws Refusal `unknown` when it never existed
   */
  async readAny(slug: string): Promise<StoredLink> {
    if (!isSlug(slug)) throw refuse('unknown', { slug })
    const rows = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('slug', 'in', [slug, foldSlug(slug)])
      .execute()
    const row = rows.find((one) => one.slug === slug) ?? rows[0]
    if (!row) throw refuse('unknown', { slug })
    return row
  }

  /** Caches the stored slug only, never a typed variant: change notifications carry the stored slug. */
  async #lookUp(slug: string): Promise<StoredLink> {
    const asOf = this.#redirectCache.changes
    try {
      const row = await this.read(slug)
      if (isCacheable(row)) this.#redirectCache.remember(row.slug, targetOf(row), asOf)
      return row
    } catch (error) {
      if (error instanceof Refusal && error.type === 'link/unknown') this.#redirectCache.remember(slug, null, asOf)
      throw error
    }
  }

  async #pass(row: StoredLink, visitor: Visitor): Promise<RedirectResult> {
    const target = targetOf(row)
    if (row.max_visits === null) return this.#go(target, visitor)
    await this.#takeOneOf(row, isBot(visitor.userAgent))
    return this.#arrive(target, visitor, true)
  }

  /** Takes one of the remaining visits. Concurrent visits never exceed the limit. */
  async #takeOneOf({ id, slug }: StoredLink, bot: boolean): Promise<void> {
    const day = this.#today().toString()
    const { rows } = await sql`
      with visited as (
        update link.link set clicks = clicks + 1, bots = bots + ${bot ? 1 : 0}, last_click_on = ${day}
        where id = ${id} and clicks < max_visits and state = 'active' returning id
      )
      insert into link.link_day (link_id, day, clicks, bots) select id, ${day}::date, 1, ${bot ? 1 : 0} from visited
      on conflict (link_id, day) do update set clicks = link_day.clicks + 1, bots = link_day.bots + excluded.bots
      returning link_id`.execute(this.#db)
    if (rows.length === 0) throw refuse('exhausted', { slug })
  }

  #go(target: Target, visitor: Visitor): RedirectResult {
    refuseOutside(target, '')
    return this.#arrive(target, visitor, false)
  }

  #arrive(target: Target, visitor: Visitor, isCounted: boolean): RedirectResult {
    if (!isCounted) this.#clicks.count(target.visits, isBot(visitor.userAgent))
    const url = target.forwardsQuery && visitor.query ? withQuery(target.url, visitor.query) : target.url
    const deadSince =
      target.deadSince === undefined ? undefined : Temporal.Instant.fromEpochMilliseconds(target.deadSince)
    return { url, isWarned: Date.now() < target.warnsUntil, deadSince, isCrawlable: target.isCrawlable }
  }
}

function refuseOutside({ from, until }: Target, slug: string): void {
  const now = Date.now()
  if (now < from) throw refuse('not-yet', { slug })
  if (now >= until) throw refuse('expired', { slug })
}

/** @throws Refusal when a link does not redirect */
function refuseNowhere(row: StoredLink, slug: string): void {
  if (row.state !== 'active') throw nowhere(row)
  if (row.max_visits !== null && row.clicks >= row.max_visits) throw refuse('exhausted', { slug })
  refuseOutside(targetOf(row), slug)
}

/** Returns why a link does not redirect. */
function nowhere(row: StoredLink): Refusal {
  const { state, slug } = row
  if (isHeldBack(row)) return refuse('held-for-review', { slug })
  if (state === 'removed') return refuse(state, { slug, reason: describeRemoval(row.reason) })
  if (state === 'held' || state === 'disabled' || state === 'expired') return refuse(state, { slug })
  return refuse('gone', { slug })
}

/** Appends the query of the visit to the query of the target. */
function withQuery(url: string, query: string): string {
  const target = new URL(url)
  for (const [name, value] of new URLSearchParams(query)) target.searchParams.append(name, value)
  return target.href
}
