import { sql, type Kysely } from 'kysely'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Category } from '../../platform/moderation/categories.ts'
import type { Decision, Moderator, Verdict, DecisionRequest } from '../../platform/moderation/moderation.ts'
import type { BlockList } from '../../platform/moderation/block-list.ts'
import type { ModeratedContent, ContentState } from '../../platform/moderation/moderated.ts'
import type { AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { Contents, ContentRef } from './contents.ts'
import type { EvidenceStore } from './evidence-store.ts'
import type { ModerationTally } from './figures.ts'
import { openItem, updateUrgency } from './items.ts'
import { toDecision, type Queue } from './queue.ts'
import { readFields } from '../../platform/refusals.ts'
import { readText } from '../../platform/text/read.ts'
import { NOTE, readReason } from './reasons.ts'
import { refuse } from './refusals.ts'
import type { DeskTables } from './tables.ts'

/** Delay of the e-mails about a decision, in seconds: time to undo it. */
const NOTIFY_AFTER = 60

/** Hours within which a decision can be undone; later a new one is made. */
const UNDO_WITHIN = 24

/** The verdict that restores a state. */
const VERDICT_FOR: Readonly<Record<ContentState, Verdict>> = {
  shown: 'keep',
  hidden: 'hide',
  removed: 'remove',
  gone: 'keep',
}

interface DecisionsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  queue: Queue
  blockList: BlockList
  auditTrail: AuditTrail
  jobs: Jobs
  evidence: EvidenceStore
  tally: ModerationTally
  timeZone: string
  /** Categories in which a removal takes two moderators. */
  twoPeople: readonly Category[]
}

/** Decides about contents. A decision, its changes and its notifications are one transaction. */
export class Decisions {
  readonly #needs: DecisionsNeeds

  constructor(needs: DecisionsNeeds) {
    this.#needs = needs
  }

  /**
   * Makes a decision. Where a removal takes two moderators, the first one hides the content.
   *
   * @throws Refusal `no-content`, `content-gone`, `no-reason`, `no-source`, `source-is-account`, `no-hash`,
   * `no-recipient`, `decided-meanwhile`, `second-decides`
   */
  async make(ref: ContentRef, requested: DecisionRequest, by: Moderator): Promise<Decision> {
    const { db, contents, blockList, jobs, evidence, tally } = this.#needs
    const { service, content } = ref
    const { reason, note } = readFields({
      reason: () => readReason(requested.reason),
      note: () => readText(requested.note ?? '', NOTE),
    })
    const moderated = contents.of(service)
    const seen = await contents.see(ref)
    if (seen.state === 'gone' && requested.decision !== 'keep') throw refuse('content-gone')
    if (requested.block && !seen.hash) throw refuse('no-hash')
    const network = requested.banSource ? await this.#sourceOf(ref, seen) : undefined
    const all = await this.#affected(ref, seen, requested, by)
    const stood = await moderated.look(all)
    // Before the transaction: a blob must be stored before its row.
    const kept = requested.hold ? await evidence.gather(ref, by) : undefined
    return db.transaction().execute(async (transaction) => {
      const category = requested.category ?? (await categoryOf(transaction, ref)) ?? 'other'
      const item = await openItem(transaction, ref, category)
      await refuseOutdated(transaction, item, requested.after)
      const asksSecond = requested.decision === 'remove' && (await this.#needsSecond(transaction, item, category, by))
      const decision = asksSecond ? 'hide' : requested.decision
      const changed = await this.#apply(transaction, service, all, decision, category)
      if (requested.block && seen.hash)
        await blockList.block(
          transaction,
          { service, content, hash: seen.hash },
          { category, note: reason, by: by.name },
        )
      if (requested.block && requested.alike) await moderated.deny?.(transaction, content, reason)
      if (network) await blockList.ban(transaction, network, { reason, by: by.name })
      if (kept) await evidence.keep(transaction, item, category, kept)
      const row = await transaction
        .insertInto('decision')
        .values({
          item,
          decision,
          asks_second: asksSecond,
          category,
          reason,
          note,
          is_blocked: requested.block ?? false,
          is_held: kept !== undefined,
          is_source_banned: network !== undefined,
          changed,
          stood: changed.map((name) => stood.get(name)?.state ?? 'gone'),
          decided_by: by.id || null,
          decider: by.name,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await tally.count(transaction, service, { decisions: 1, removed: decision === 'remove' ? changed.length : 0 })
      if (decision === 'hide') await setAside(transaction, item, !asksSecond)
      else await closeReports(transaction, { item, decision: row.id, service, all })
      const at = Temporal.Now.instant().add({ seconds: NOTIFY_AFTER })
      await jobs.enqueue(transaction, 'desk.tell', { decision: row.id }, { at, key: `desk/tell/${row.id}` })
      return toDecision(row)
    })
  }

  /**
   * Undoes a decision: each content returns to its previous state and to the queue. Blocks, bans and evidence stay.
   *
   * @throws Refusal `too-late` when it was undone already, or is too old
   */
  async undo(id: number, by: Moderator): Promise<ContentRef> {
    const { db, tally, timeZone } = this.#needs
    return db.transaction().execute(async (transaction) => {
      const row = await transaction
        .updateTable('decision')
        .set({ undone_at: Temporal.Now.instant().toString(), undone_by: by.name })
        .where('id', '=', id)
        .where('undone_at', 'is', null)
        .where('decided_at', '>', sql<Temporal.Instant>`now() - ${UNDO_WITHIN} * interval '1 hour'`)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw refuse('too-late')
      const ref = await transaction
        .selectFrom('item')
        .select(['service', 'content'])
        .where('id', '=', row.item)
        .executeTakeFirstOrThrow()
      const day = row.decided_at.toZonedDateTimeISO(timeZone).toPlainDate()
      const removed = row.decision === 'remove' ? row.changed.length : 0
      await tally.count(transaction, ref.service, { decisions: -1, removed: -removed }, day)
      const byStanding = Map.groupBy(row.changed, (_, index) => VERDICT_FOR[row.stood[index] ?? 'gone'])
      for (const [verdict, some] of byStanding) await this.#apply(transaction, ref.service, some, verdict, row.category)
      const { rows } = await sql<{ item: number }>`
        update desk.report set settled_at = null, settled_by = null, is_counted = is_counted and not exists (
          select from desk.report newer
          where newer.item = report.item and newer.network = report.network and newer.is_appeal = report.is_appeal and newer.settled_at is null and newer.is_counted
        ) where settled_by = ${id} returning item`.execute(transaction)
      // Contents that were set aside before wait behind the others again, reported or not.
      await sql`update desk.item set is_open = true, is_set_aside = true
        where service = ${ref.service} and content = any (${byStanding.get('hide') ?? []}::text[])`.execute(transaction)
      const items = [...new Set([row.item, ...rows.map(({ item }) => item)])]
      await transaction
        .updateTable('item')
        .set({ is_open: true, is_set_aside: false })
        .where('id', 'in', items)
        .execute()
      await updateUrgency(transaction, items)
      return ref
    })
  }

  /** A decision and its content; undefined when there is none of that number. */
  async find(id: number): Promise<(ContentRef & Decision) | undefined> {
    const row = await this.#needs.db
      .selectFrom('decision')
      .innerJoin('item', 'item.id', 'decision.item')
      .selectAll('decision')
      .select(['service', 'content'])
      .where('decision.id', '=', id)
      .executeTakeFirst()
    return row && { service: row.service, content: row.content, ...toDecision(row) }
  }

  /**
   * Whether a removal needs a second moderator.
   *
   * @throws Refusal `second-decides` when the first one repeats the decision
   */
  async #needsSecond(db: Kysely<DeskTables>, item: number, category: Category, by: Moderator): Promise<boolean> {
    if (!this.#needs.twoPeople.includes(category)) return false
    const last = await db
      .selectFrom('decision')
      .select(['asks_second', 'decided_by'])
      .where('item', '=', item)
      .where('undone_at', 'is', null)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (!last?.asks_second) return true
    if (last.decided_by === (by.id || null)) throw refuse('second-decides')
    return false
  }

  /** The number of decisions of a moderator in the last half hour. */
  async recentOf(by: Moderator): Promise<number> {
    const { count } = await this.#needs.db
      .selectFrom('decision')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('decided_by', '=', by.id)
      .where('decided_at', '>', sql<Temporal.Instant>`now() - interval '30 minutes'`)
      .executeTakeFirstOrThrow()
    return count
  }

  /**
   * Applies a verdict.
   *
   * @returns the contents that it changed
   */
  async #apply(
    db: Kysely<DeskTables>,
    service: string,
    all: readonly string[],
    decision: Verdict,
    category: Category,
  ): Promise<string[]> {
    const moderated = this.#needs.contents.of(service)
    if (decision === 'keep') return moderated.restore(db, all)
    return decision === 'hide' ? moderated.hide(db, all) : moderated.remove(db, all, category)
  }

  /** The content itself, and the others that the decision includes. */
  async #affected(
    ref: ContentRef,
    seen: ModeratedContent,
    requested: DecisionRequest,
    by: Moderator,
  ): Promise<string[]> {
    const { contents, queue } = this.#needs
    const others = requested.sameAuthor ? (await queue.sameAuthor(ref, seen, by)).contents : []
    const alike = requested.alike ? ((await contents.of(ref.service).alike?.(ref.content))?.contents ?? []) : []
    return [...new Set([ref.content, ...others, ...alike])]
  }

  /** The keyed hash of the network that the content came from. */
  async #sourceOf({ service, content }: ContentRef, { author }: ModeratedContent): Promise<Buffer> {
    if (author !== null) throw refuse('source-is-account')
    const network = await this.#needs.auditTrail.networkHashOf(service, content)
    if (!network) throw refuse('no-source')
    return network
  }
}

async function categoryOf(db: Kysely<DeskTables>, { service, content }: ContentRef): Promise<Category | undefined> {
  const row = await db
    .selectFrom('item')
    .select('category')
    .where('service', '=', service)
    .where('content', '=', content)
    .executeTakeFirst()
  return row?.category
}

/**
 * Refuses a decision that was made on an outdated page.
 *
 * @throws Refusal `decided-meanwhile` when another moderator has decided since the page was loaded
 */
async function refuseOutdated(db: Kysely<DeskTables>, item: number, after: number | undefined): Promise<void> {
  if (after === undefined) return
  const last = await db
    .selectFrom('decision')
    .select(['id', 'decider'])
    .where('item', '=', item)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last && last.id > after) throw refuse('decided-meanwhile', { name: last.decider })
}

/** Keeps a hidden content in the queue: behind the others, unless a second moderator must decide. */
async function setAside(db: Kysely<DeskTables>, item: number, isBehind: boolean): Promise<void> {
  await db.updateTable('item').set({ is_set_aside: isBehind }).where('id', '=', item).execute()
}

/** Closes the reports of all contents of a decision. */
async function closeReports(
  db: Kysely<DeskTables>,
  settled: { item: number; decision: number; service: string; all: readonly string[] },
): Promise<void> {
  await sql`
    with done as (
      update desk.item set is_open = false, is_set_aside = false
      where is_open and (id = ${settled.item} or (service = ${settled.service} and content = any (${settled.all}::text[])))
      returning id
    )
    update desk.report set settled_at = now(), settled_by = ${settled.decision} from done where report.item = done.id and settled_at is null`.execute(
    db,
  )
}
