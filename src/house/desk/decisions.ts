import { sql, type Kysely } from 'kysely'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Category } from '../../platform/moderation/categories.ts'
import type { Decision, Moderator, Verdict, Wish } from '../../platform/moderation/desk.ts'
import type { Gate } from '../../platform/moderation/gate.ts'
import type { Seen } from '../../platform/moderation/moderated.ts'
import type { Traces } from '../../platform/traces/traces.ts'
import type { Contents, Place } from './contents.ts'
import type { EvidenceRoom } from './evidence.ts'
import { toDecision, type Queue } from './queue.ts'
import { refuse } from './refusals.ts'
import { openItem } from './reports.ts'
import type { DeskTables } from './tables.ts'

/** Seconds after which people are told: whoever decided may think again until then. */
const TELL_AFTER = 60

/** How long a decision can be taken back as if it had not been, in hours; later a new one is made. */
const UNDO_WITHIN = 24

interface DecisionsNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  queue: Queue
  gate: Gate
  traces: Traces
  jobs: Jobs
  evidence: EvidenceRoom
}

/** Decides about contents. What is decided, what it changes and what follows from it are one transaction. */
export class Decisions {
  readonly #needs: DecisionsNeeds

  constructor(needs: DecisionsNeeds) {
    this.#needs = needs
  }

  /** @throws Refusal `no-content`, `nothing-there`, `no-reason`, `no-source`, `source-is-account`, `no-hash`, `no-recipient` */
  async make(place: Place, wish: Wish, by: Moderator): Promise<Decision> {
    const { db, contents, gate, jobs, evidence } = this.#needs
    const reason = wish.reason.trim()
    if (reason === '') throw refuse('no-reason')
    const moderated = contents.of(place.service)
    const seen = await contents.see(place)
    if (seen.standing === 'gone' && wish.decision !== 'keep') throw refuse('nothing-there')
    if (wish.block && !seen.hash) throw refuse('no-hash')
    const network = wish.banSource ? await this.#sourceOf(place, seen) : undefined
    const all = await this.#meant(place, seen, wish, by)
    const note = wish.note?.trim() ?? ''
    // Before the transaction: a blob can be written before its row, and never the other way round.
    const kept = wish.hold ? await evidence.gather(place, by) : undefined
    return db.transaction().execute(async (transaction) => {
      const category = wish.category ?? (await categoryOf(transaction, place)) ?? 'other'
      const item = await openItem(transaction, place, category)
      const changed = await this.#apply(transaction, place.service, all, wish.decision, category)
      if (wish.block && seen.hash) await gate.block(transaction, { service: place.service, hash: seen.hash }, { category, note: reason, by: by.name })
      if (wish.block && wish.alike) await moderated.deny?.(transaction, place.content, reason)
      if (network) await gate.ban(transaction, network, { reason, by: by.name })
      if (kept) await evidence.keep(transaction, item, category, kept)
      const row = await transaction
        .insertInto('decision')
        .values({
          item,
          decision: wish.decision,
          category,
          reason,
          note,
          is_blocked: wish.block ?? false,
          is_held: kept !== undefined,
          is_source_banned: network !== undefined,
          changed,
          stood: seen.standing,
          decided_by: by.id || null,
          decider: by.name,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await settle(transaction, item, place.service, all, wish.decision)
      await jobs.enqueue(
        transaction,
        'desk.tell',
        { decision: row.id },
        { at: Temporal.Now.instant().add({ seconds: TELL_AFTER }), key: `desk/tell/${row.id}` },
      )
      return toDecision(row)
    })
  }

  /**
   * Takes a decision back: contents stand again as before, and wait again for one. What was blocked, banned or kept as
   * evidence stays so.
   *
   * @throws Refusal `too-late` when it was undone already, or too long ago
   */
  async undo(id: number, by: Moderator): Promise<Place> {
    return this.#needs.db.transaction().execute(async (transaction) => {
      const row = await transaction
        .updateTable('decision')
        .set({ undone_at: Temporal.Now.instant().toString(), undone_by: by.name })
        .where('id', '=', id)
        .where('undone_at', 'is', null)
        .where('decided_at', '>', sql<Temporal.Instant>`now() - ${UNDO_WITHIN} * interval '1 hour'`)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw refuse('too-late')
      const { service, content } = await transaction.selectFrom('item').select(['service', 'content']).where('id', '=', row.item).executeTakeFirstOrThrow()
      await this.#apply(transaction, service, row.changed, verdictFor(row.stood), row.category)
      await sql`
        with unsettled as (update desk.report set settled_at = null where settled_at = ${row.decided_at.toString()}::timestamptz returning item)
        update desk.item set is_open = true, is_set_aside = false where id = ${row.item} or id in (select item from unsettled)`.execute(transaction)
      return { service, content }
    })
  }

  /** @returns the contents that it changed */
  async #apply(db: Kysely<DeskTables>, service: string, all: string[], decision: Verdict, category: Category): Promise<string[]> {
    const moderated = this.#needs.contents.of(service)
    if (all.length === 0) return []
    if (decision === 'keep') return moderated.restore(db, all)
    return decision === 'hide' ? moderated.hide(db, all) : moderated.remove(db, all, category)
  }

  /** The content itself, and all others that are meant with it. */
  async #meant(place: Place, seen: Seen, wish: Wish, by: Moderator): Promise<string[]> {
    const { contents, queue } = this.#needs
    const others = wish.sameAuthor ? (await queue.sameAuthor(place, seen, by)).contents : []
    const alike = wish.alike ? ((await contents.of(place.service).alike?.(place.content))?.contents ?? []) : []
    return [...new Set([place.content, ...others, ...alike])]
  }

  /** Name of the network that it came from. */
  async #sourceOf({ service, content }: Place, { author }: Seen): Promise<Buffer> {
    if (author !== null) throw refuse('source-is-account')
    const network = await this.#needs.traces.networkName(service, content)
    if (!network) throw refuse('no-source')
    return network
  }
}

/** What makes a content stand again as it stood. */
function verdictFor(stood: Seen['standing']): Verdict {
  return stood === 'removed' ? 'remove' : stood === 'hidden' ? 'hide' : 'keep'
}

async function categoryOf(db: Kysely<DeskTables>, { service, content }: Place): Promise<Category | undefined> {
  const row = await db.selectFrom('item').select('category').where('service', '=', service).where('content', '=', content).executeTakeFirst()
  return row?.category
}

/** What was reported is answered; hidden, it waits for another look. Those that went with it are done too. */
async function settle(db: Kysely<DeskTables>, item: number, service: string, all: string[], decision: Verdict): Promise<void> {
  const isDone = decision !== 'hide'
  await sql`
    with settled as (
      update desk.item set is_open = ${!isDone}, is_set_aside = ${!isDone}
      where id = ${item} or (${isDone} and service = ${service} and content = any (${all}::text[]) and is_open)
      returning id
    )
    update desk.report set settled_at = now() from settled where report.item = settled.id and settled_at is null and ${isDone}`.execute(db)
}
