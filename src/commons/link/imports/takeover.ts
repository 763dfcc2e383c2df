import { sql, type Kysely } from 'kysely'
import type { Addresses } from '../../../platform/addresses.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import type { ImportReport } from '../../../platform/imports/import-report.ts'
import type { Platform } from '../../../platform/platform.ts'
import { Refusal } from '../../../platform/refusals.ts'
import { targetKeys } from '../link.ts'
import type { Assessment } from '../risk/assess.ts'
import { Risk } from '../risk/risk.ts'
import type { RiskTables } from '../risk/tables.ts'
import { RiskTally } from '../risk/tally.ts'
import { readTags } from '../links.ts'
import { isReachable } from '../slugs.ts'
import type { LinkSource, LinkTables } from '../tables.ts'
import { LONGEST_TARGET, readTarget } from '../targets.ts'
import type { ForeignLink } from './foreign-link.ts'

/** The most links of one statement, and the most characters of their addresses. */
const BATCH = { links: 2000, characters: 4_000_000 }

/** The most characters of an imported address: old tables have longer ones than the form accepts. */
const LONGEST_IMPORTED = 65_535

/**
 * Days within which every imported target is checked first: the sweep keeps its pause between two requests to a host.
 */
const FIRST_LOOK_WITHIN = 7

/** The platform parts of an import. */
export type TakeoverNeeds = Pick<Platform, 'database' | 'addresses' | 'blobs' | 'pubsub' | 'log' | 'figures'>

/**
 * Imports links in one transaction: when it is killed it has done nothing, and other processes hear of all links by
 * one message. A dry run does the same and rolls back, so it reports exactly what an import would do.
 *
 * @param source the software of the links
 */
export async function takeOver(
  platform: TakeoverNeeds,
  source: LinkSource,
  { dryRun, report }: Pick<ImportManner, 'dryRun' | 'report'>,
  work: (takeover: Takeover) => Promise<void>,
): Promise<void> {
  await using risk = await Risk.open({ ...platform, db: platform.database.schema<RiskTables>('link') })
  const db = await platform.database.schema<LinkTables>('link').startTransaction().execute()
  try {
    const takeover = new Takeover({ db, source, risk, addresses: platform.addresses, report })
    await work(takeover)
    if (takeover.made > 0) await platform.figures.count(db, { 'link.created': takeover.made })
    for (const line of takeover.tally.lines) report.say(line)
    await (dryRun ? db.rollback() : db.commit()).execute()
  } catch (error) {
    // A broken connection has already rolled the transaction back.
    await db
      .rollback()
      .execute()
      .catch(() => {})
    throw error
  }
}

/** A link that can be imported, with its assessment. */
interface Judged extends ForeignLink {
  /** Serialised. */
  target: string
  assessment: Assessment
}

interface Needs {
  db: Kysely<LinkTables>
  source: LinkSource
  risk: Risk
  addresses: Addresses
  report: ImportReport
}

/** Adds the links of other software. Existing links stay as they are. */
export class Takeover {
  /** The assessments of all links that can be imported, existing ones included. */
  readonly tally = new RiskTally()
  /** The transaction of the import. */
  readonly db: Kysely<LinkTables>
  readonly #source: LinkSource
  readonly #risk: Risk
  readonly #addresses: Addresses
  readonly #report: ImportReport
  #waiting: Judged[] = []
  #characters = 0
  /** Links that this import has created. */
  made = 0

  constructor({ db, source, risk, addresses, report }: Needs) {
    this.db = db
    this.#source = source
    this.#risk = risk
    this.#addresses = addresses
    this.#report = report
  }

  /** Adds one link to the batch, or reports why it cannot be imported. */
  async take(link: ForeignLink): Promise<void> {
    const admission = this.#judge(link)
    if (!admission) return
    this.#waiting.push(admission)
    this.#characters += admission.target.length
    if (this.#waiting.length >= BATCH.links || this.#characters >= BATCH.characters) await this.flush()
  }

  #judge(link: ForeignLink): Judged | undefined {
    const { slug, url } = link
    if (!isReachable(slug)) {
      this.#report.tell('names that cannot be reached here', `${slug.slice(0, 100)}  ${shown(url)}`)
      return undefined
    }
    const target = this.#readTarget(link)
    if (target === undefined) return undefined
    const assessment = this.#risk.assess(target, slug)
    this.tally.add(slug, target, assessment)
    return { ...link, target, assessment }
  }

  #readTarget({ slug, url }: ForeignLink): string | undefined {
    try {
      return readTarget(url, undefined, LONGEST_IMPORTED)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // The address itself could reveal a password before its @ sign.
      this.#report.tell('lead to what no link may lead to', `${slug}: ${error.in('en').title}`)
      return undefined
    }
  }

  /** Writes the batch. */
  async flush(): Promise<void> {
    const links = this.#waiting
    this.#waiting = []
    this.#characters = 0
    if (links.length === 0) return
    const made = await this.#insert(links)
    this.made += made.size
    const taken: Judged[] = []
    const others: Judged[] = []
    // Of two rows with one slug, the first is imported.
    for (const link of links) (made.delete(link.slug) ? taken : others).push(link)
    await this.#insertTags(taken)
    for (const link of taken) this.#notifyCreated(link)
    if (others.length > 0) await this.#notifyExisting(others)
  }

  /** @returns the slugs that were created */
  async #insert(links: Judged[]): Promise<Set<string>> {
    const rows = links.map((link) => ({ ...link, ...targetKeys(link.target), ...standingOf(link) }))
    const column = <T>(read: (row: (typeof rows)[number]) => T): T[] => rows.map(read)
    const { rows: made } = await sql<{ slug: string }>`
      insert into link.link
        (slug, url, url_hash, host, domain, title, clicks, created_at, valid_until, state, reason, risk, source, imported_at, next_check_at)
      select slug, url, url_hash, host, domain, title, clicks, coalesce(created_at, now()), valid_until, state, reason, risk, ${this.#source}, now(),
        now() + random() * ${FIRST_LOOK_WITHIN} * interval '1 day'
      from unnest(
        ${column(({ slug }) => slug)}::text[], ${column(({ target }) => target)}::text[], ${column(({ url_hash: hash }) => hash)}::bytea[],
        ${column(({ host }) => host)}::text[], ${column(({ domain }) => domain)}::text[], ${column(({ title }) => title)}::text[],
        ${column(({ clicks }) => clicks)}::bigint[], ${column(({ createdAt }) => createdAt?.toString() ?? null)}::timestamptz[],
        ${column(({ endsAt }) => endsAt?.toString() ?? null)}::timestamptz[],
        ${column(({ state }) => state)}::text[], ${column(({ reason }) => reason)}::text[],
        ${column(({ assessment }) => assessment.score)}::integer[]
      ) as given (slug, url, url_hash, host, domain, title, clicks, created_at, valid_until, state, reason, risk)
      on conflict (slug) do nothing
      returning slug`.execute(this.db)
    return new Set(made.map(({ slug }) => slug))
  }

  async #insertTags(links: Judged[]): Promise<void> {
    const tagged = links.flatMap(({ slug, tags }) => readTags(tags).map((tag) => ({ slug, tag })))
    if (tagged.length === 0) return
    await sql`
      insert into link.link_tag (link_id, tag)
      select id, tag from unnest(${tagged.map(({ slug }) => slug)}::text[], ${tagged.map(({ tag }) => tag)}::text[]) as given (slug, tag)
      join link.link using (slug)
      on conflict do nothing`.execute(this.db)
  }

  #notifyCreated(link: Judged): void {
    const { slug, target } = link
    const { state, reason } = standingOf(link)
    this.#report.count('links imported')
    if (state === 'removed') this.#report.count('of them disabled there: they say that they were removed')
    if (state === 'held')
      this.#report.tell('of them on hold until a moderator has looked', `${slug}  ${reason}  ${shown(target)}`)
    if (link.createdAt === null) this.#report.count('of them without a date: as if made today')
    if (target.length > LONGEST_TARGET)
      this.#report.tell('of them so long that servers on the way may cut them', `${slug}  ${target.length} characters`)
    if (this.#addresses.named(new URL(target).hostname) === 'link')
      this.#report.tell('of them lead to a short link of here', `${slug}  ${shown(target)}`)
  }

  /** Tells existing links from other links with the same slug. */
  async #notifyExisting(links: Judged[]): Promise<void> {
    const rows = await this.db
      .selectFrom('link')
      .select(['slug', 'url', 'source', 'imported_at'])
      .where((link) => sql`${link.ref('slug')} = any (${links.map(({ slug }) => slug)}::text[])`)
      .execute()
    const there = new Map(rows.map((row) => [row.slug, row]))
    for (const { slug, target } of links) {
      const { url = '', source, imported_at: importedAt = null } = there.get(slug) ?? {}
      if (url === target && source === this.#source && importedAt !== null)
        this.#report.count('links that were there already')
      else
        this.#report.tell(
          'names that another link has',
          `${slug}  here: ${url ? shown(url) : 'deleted'}  there: ${shown(target)}`,
        )
    }
  }
}

/**
 * Returns the state of an imported link. Links that today's rules would refuse are put on hold with no end: nothing is
 * lost, and nothing opens by itself. Merely suspicious links stay active, as they were for years: a rescan can hold
 * them.
 */
function standingOf({ isDisabled, assessment: { verdict, finalReason } }: Judged): {
  state: 'active' | 'held' | 'removed'
  reason: string | null
} {
  if (isDisabled) return { state: 'removed', reason: 'disabled' }
  return verdict === 'refuse'
    ? { state: 'held', reason: finalReason?.code ?? 'odd' }
    : { state: 'active', reason: null }
}

function shown(url: string): string {
  return url.length > 200 ? `${url.slice(0, 200)}…` : url
}
