import { randomBytes } from 'node:crypto'
import { sql, type Insertable, type Kysely } from 'kysely'
import type { Figures } from '../../platform/figures/figures.ts'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'
import type { BlockList } from '../../platform/moderation/block-list.ts'
import { hashPassword } from '../../platform/passwords/passwords.ts'
import type { Act, Entry, AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { RedirectCache } from './redirect-cache.ts'
import { toLink, targetKeys, type Link } from './link.ts'
import { readFields } from '../../platform/refusals.ts'
import { fitLine } from '../../platform/text/read.ts'
import { refuse } from './refusals.ts'
import type { Creator, AdmissionPolicy } from './admission-policy.ts'
import { alternatives, isSlug, randomSlug, readSlug } from './slugs.ts'
import type { LinkSource, LinkTables } from './tables.ts'
import { readTarget } from './targets.ts'
import { readTitle } from './titles.ts'

/** The request for a new link. */
export interface CreateLink {
  /** The address as entered; parsed by `readTarget`. */
  url: string
  /** The chosen slug as entered; parsed by `readSlug`. */
  slug?: string | undefined
  /** Whether a taken slug gets a number (`venir-2`, `venir-3`…), as in Lstu, instead of being refused. */
  isNumbered?: boolean | undefined
  /** Characters of a random slug. */
  slugLength?: number | undefined
  title?: string | undefined
  tags?: string[] | undefined
  validFrom?: Temporal.Instant | undefined
  validUntil?: Temporal.Instant | undefined
  maxVisits?: number | undefined
  password?: string | undefined
  forwardsQuery?: boolean | undefined
  isCrawlable?: boolean | undefined
  source?: LinkSource | undefined
}

/** The changes of a link: an absent field stays as it is, null clears it. */
export interface ChangeLink {
  url?: string | undefined
  title?: string | null | undefined
  tags?: string[] | undefined
  validFrom?: Temporal.Instant | null | undefined
  validUntil?: Temporal.Instant | null | undefined
  maxVisits?: number | null | undefined
  password?: string | null | undefined
  forwardsQuery?: boolean | undefined
  isCrawlable?: boolean | undefined
  isCountPublic?: boolean | undefined
}

/** A new link, with the management secret of its creator, which is shown only once. */
export interface NewLink extends Link {
  secret: string
}

/** The most slugs that are tried. With a million links, one random slug in nine hundred collides. */
const TRIES = { random: 8, numbered: 1000 }

/** The most characters of a tag, and the most tags of a link. */
const LONGEST = { tag: 60, tags: 30 }

interface LinksNeeds {
  db: Kysely<LinkTables>
  figures: Figures
  /** Host of the short links: `readTarget` refuses it as a target. */
  ownHost: string
  redirectCache: RedirectCache
  admissionPolicy: AdmissionPolicy
  blockList: BlockList
  auditTrail: AuditTrail
  key: InstanceKey
}

/** The actor whose change is recorded in the audit trail. */
export type Actor = Pick<Entry, 'from' | 'account'>

/** Creates and changes links. */
export class Links {
  readonly #db: Kysely<LinkTables>
  readonly #figures: Figures
  readonly #ownHost: string
  readonly #redirectCache: RedirectCache
  readonly #admissionPolicy: AdmissionPolicy
  readonly #blockList: BlockList
  readonly #auditTrail: AuditTrail
  readonly #key: InstanceKey

  constructor({ db, figures, ownHost, redirectCache, admissionPolicy, blockList, auditTrail, key }: LinksNeeds) {
    this.#db = db
    this.#figures = figures
    this.#ownHost = ownHost
    this.#redirectCache = redirectCache
    this.#admissionPolicy = admissionPolicy
    this.#blockList = blockList
    this.#auditTrail = auditTrail
    this.#key = key
  }

  /**
   * Creates a short link to an address.
   *
   * @throws Refusal of `readTarget` or of the admission policy; `slug-taken` with free alternatives; `too-fast`
   */
  async shorten(wanted: CreateLink, creator: Creator): Promise<NewLink> {
    const { url, slug } = readFields({
      url: () => readTarget(wanted.url, this.#ownHost),
      slug: () => (wanted.slug?.trim() ? readSlug(wanted.slug) : undefined),
    })
    const details = await readDetails(wanted)
    if (slug && !wanted.isNumbered) await this.#refuseTaken(slug)
    // A whole school may share one network: only anonymous creators are limited by network.
    await this.#blockList.admit({
      service: 'link',
      from: creator.kind === 'stranger' ? creator.from : undefined,
      hash: targetKeys(url).url_hash,
    })
    const admission = await this.#admissionPolicy.admit(url, slug, creator)
    const secret = randomBytes(16).toString('base64url')
    const values = {
      url,
      ...targetKeys(url),
      ...details,
      ...admission,
      owner: creator.kind === 'holder' ? creator.id : null,
      manage_token_hash: this.#tokenHash(secret),
      source: wanted.source ?? 'web',
    }
    for await (const name of this.#slugs(slug, wanted)) {
      const made = await this.#insert({ ...values, slug: name }, readTags(wanted.tags ?? []), creator)
      if (made) return { ...made, secret }
    }
    throw slug ? await this.#taken(slug) : new Error(`no free slug in ${TRIES.random} tries`)
  }

  /** Yields the slugs to try in turn: the chosen one, then its numbered variants, or random ones. */
  async *#slugs(slug: string | undefined, { isNumbered, slugLength }: CreateLink): AsyncGenerator<string> {
    if (!slug) for (let tries = 0; tries < TRIES.random; tries++) yield randomSlug(slugLength)
    else if (!isNumbered) yield slug
    else {
      const first = await this.#firstFree(slug)
      for (let number = first; number < first + TRIES.numbered; number++)
        yield number === 1 ? slug : `${slug}-${number}`
    }
  }

  async #refuseTaken(slug: string): Promise<void> {
    if (!(await this.isFree(slug))) throw await this.#taken(slug)
  }

  /** Tells whether a slug was never used: a used slug is never given again. */
  async isFree(slug: string): Promise<boolean> {
    return (await this.#db.selectFrom('link').select('id').where('slug', '=', slug).executeTakeFirst()) === undefined
  }

  async #taken(slug: string): Promise<Error> {
    return refuse('slug-taken', { slug, others: (await this.freeLike(slug)).join(', ') })
  }

  /** Returns up to three free slugs similar to a taken one. */
  async freeLike(slug: string): Promise<string[]> {
    const offers = alternatives(slug)
    const taken = await this.#db.selectFrom('link').select('slug').where('slug', 'in', offers).execute()
    return offers.filter((offer) => !taken.some((one) => one.slug === offer)).slice(0, 3)
  }

  /** Returns the number of the first free slug among `slug` (1), `slug-2`, `slug-3`… */
  async #firstFree(slug: string): Promise<number> {
    const rows = await this.#db
      .selectFrom('link')
      .select('slug')
      .where('slug', '=', slug)
      .union(
        this.#db
          .selectFrom('link')
          .select('slug')
          .where(sql<boolean>`slug ~ ${`^${slug}-[0-9]+$`}`),
      )
      .execute()
    const taken = new Set(rows.map((row) => row.slug))
    if (!taken.has(slug)) return 1
    for (let number = 2; ; number++) if (!taken.has(`${slug}-${number}`)) return number
  }

  async #insert(values: Insertable<LinkTables['link']>, tags: string[], { from }: Creator): Promise<Link | undefined> {
    return this.#write(values.slug, async (db) => {
      const row = await db
        .insertInto('link')
        .values(values)
        .onConflict((conflict) => conflict.column('slug').doNothing())
        .returningAll()
        .executeTakeFirst()
      if (!row) return undefined
      await putTags(db, row.id, tags)
      await this.#figures.count(db, { 'link.created': 1 })
      await this.#record(db, row.slug, 'made', { from, account: row.owner })
      return toLink(row)
    })
  }

  /**
   * Finds a link of an owner that redirects to an address without any condition or password.
   *
   * @param name slug that the link must have, if any
   * @throws Refusal when the address or the slug is invalid
   */
  async findByTarget(target: string, owner: string | null, name?: string): Promise<Link | undefined> {
    const url = readTarget(target, this.#ownHost)
    const row = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('url_hash', '=', targetKeys(url).url_hash)
      .where('url', '=', url)
      .where('state', '=', 'active')
      .where('owner', owner === null ? 'is' : '=', owner)
      .where('valid_from', 'is', null)
      .where('valid_until', 'is', null)
      .where('max_visits', 'is', null)
      .where('password_hash', 'is', null)
      .$if(name !== undefined, (query) => query.where('slug', '=', readSlug(name ?? '')))
      .orderBy('id')
      .executeTakeFirst()
    return row && toLink(row)
  }

  /**
   * Returns the link of a management secret.
   *
   * @throws Refusal `not-yours` when there is none
   */
  async openWith(secret: string): Promise<Link> {
    const row = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('manage_token_hash', '=', this.#tokenHash(secret))
      .where('state', '<>', 'deleted')
      .executeTakeFirst()
    if (!row) throw refuse('not-yours')
    return toLink(row)
  }

  /**
   * Returns the link of a slug when the account owns it.
   *
   * @throws Refusal `unknown`, also when another account owns it: it must not reveal the links of others
   */
  async ownedBy(owner: string, slug: string): Promise<Link> {
    if (!isSlug(slug)) throw refuse('unknown', { slug })
    const row = await this.#db
      .selectFrom('link')
      .selectAll()
      .where('slug', '=', slug)
      .where('owner', '=', owner)
      .where('state', '<>', 'deleted')
      .executeTakeFirst()
    if (!row) throw refuse('unknown', { slug })
    return toLink(row)
  }

  /**
   * Changes a link. A new target is judged like the first one; the old one stays in the history, and the health check
   * starts again.
   *
   * @throws Refusal naming the invalid field
   */
  async change({ id, slug, url: before, owner }: Link, change: ChangeLink, by: Actor): Promise<Link> {
    const details = await readDetails(change)
    const url = change.url === undefined ? before : readTarget(change.url, this.#ownHost)
    const isMoved = url !== before
    if (isMoved)
      await this.#blockList.admit({
        service: 'link',
        from: by.account ? undefined : by.from,
        hash: targetKeys(url).url_hash,
      })
    const admission = isMoved ? this.#admissionPolicy.readmit(url, slug, owner) : {}
    return this.#write(slug, async (db) => {
      if (isMoved) await db.insertInto('link_history').values({ link_id: id, url: before }).execute()
      const row = await db
        .updateTable('link')
        .set({
          ...details,
          ...admission,
          ...(isMoved && {
            url,
            ...targetKeys(url),
            health: 'unknown',
            health_fails: 0,
            failing_since: null,
            opened_at: null,
            next_check_at: Temporal.Now.instant().toString(),
          }),
          ...(change.isCountPublic !== undefined && { is_count_public: change.isCountPublic }),
          updated_at: Temporal.Now.instant().toString(),
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      if (change.tags) await putTags(db, id, readTags(change.tags))
      await this.#record(db, slug, 'changed', by)
      return toLink(row)
    })
  }

  /** Disables a link, or enables it again, for its owner. A held or removed link stays so. */
  async setEnabled({ id, slug }: Link, isEnabled: boolean, by: Actor): Promise<void> {
    await this.#write(slug, async (db) => {
      await db
        .updateTable('link')
        .set({ state: isEnabled ? 'active' : 'disabled' })
        .where('id', '=', id)
        .where('state', 'in', isEnabled ? ['disabled', 'expired'] : ['active'])
        .execute()
      await this.#record(db, slug, 'changed', by)
    })
  }

  /** Deletes everything of a link but its slug, which is never given again. A removed link stays so. */
  async delete({ id, slug }: Link, by: Actor): Promise<void> {
    await this.#write(slug, async (db) => {
      await this.#record(db, slug, 'removed', by)
      await db.deleteFrom('link_tag').where('link_id', '=', id).execute()
      await db.deleteFrom('link_history').where('link_id', '=', id).execute()
      await db
        .updateTable('link')
        .set({
          state: sql`case when state = 'removed' then 'removed' else 'deleted' end`,
          url: '',
          url_hash: null,
          host: null,
          domain: null,
          title: null,
          note: null,
          password_hash: null,
          owner: null,
          manage_token_hash: null,
        }) // prettier-ignore
        .where('id', '=', id)
        .execute()
    })
  }

  /** Runs a transaction about a slug and drops it from the cache: the owner sees the change at once. */
  async #write<T>(slug: string, work: (db: Kysely<LinkTables>) => Promise<T>): Promise<T> {
    const written = await this.#db.transaction().execute(work)
    this.#redirectCache.forget(slug)
    return written
  }

  #record(db: Kysely<LinkTables>, slug: string, act: Act, by: Actor): Promise<void> {
    return this.#auditTrail.record(db, { service: 'link', content: slug, act, ...by })
  }

  #tokenHash(secret: string): Buffer {
    return this.#key.keyedHash('link management', secret)
  }
}

type Details =
  | Pick<CreateLink, 'title' | 'validFrom' | 'validUntil' | 'maxVisits' | 'password' | 'forwardsQuery' | 'isCrawlable'>
  | ChangeLink

/** Returns the columns of the given fields; absent fields have none. */
async function readDetails(wanted: Details) {
  const { validFrom, validUntil, maxVisits, password } = wanted
  if (validFrom && validUntil && Temporal.Instant.compare(validFrom, validUntil) >= 0) throw refuse('ends-before-start')
  if (maxVisits != null && !(Number.isSafeInteger(maxVisits) && maxVisits > 0)) throw refuse('visit-limit-invalid')
  if (password && password.length > 256) throw refuse('password-too-long')
  return {
    ...(wanted.title !== undefined && { title: readTitle(wanted.title) }),
    ...(validFrom !== undefined && { valid_from: validFrom?.toString() ?? null }),
    ...(validUntil !== undefined && { valid_until: validUntil?.toString() ?? null }),
    ...(maxVisits !== undefined && { max_visits: maxVisits }),
    ...(password !== undefined && { password_hash: password ? await hashPassword(password) : null }),
    ...(wanted.forwardsQuery !== undefined && { forward_query: wanted.forwardsQuery }),
    ...(wanted.isCrawlable !== undefined && { is_crawlable: wanted.isCrawlable }),
  }
}

/** Normalises tags: lower case, trimmed, unique, sorted. */
export function readTags(tags: string[]): string[] {
  const read = tags.map((tag) => fitLine(tag.toLowerCase(), { longest: LONGEST.tag })).filter(Boolean)
  return [...new Set(read)].sort((a, b) => a.localeCompare(b)).slice(0, LONGEST.tags)
}

async function putTags(db: Kysely<LinkTables>, id: number, tags: string[]): Promise<void> {
  await db.deleteFrom('link_tag').where('link_id', '=', id).execute()
  if (tags.length > 0) await db.insertInto('link_tag').values(tags.map((tag) => ({ link_id: id, tag }))).execute() // prettier-ignore
}
