import { sql, type Kysely } from 'kysely'
import type { Identity } from '../../platform/access/identity.ts'
import type { Case, Decision, Moderator, QueuedContent, AbuseReport } from '../../platform/moderation/moderation.ts'
import type { ModeratedContent, Waiting } from '../../platform/moderation/moderated.ts'
import type { AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { Contents, ContentRef } from './contents.ts'
import type { DeskTables } from './tables.ts'

/** Contents on one page of the queue. */
const PAGE = 50

/** Maximum number of other contents of the same author. */
const OTHERS = 200

interface QueueNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  auditTrail: AuditTrail
  identity: () => Identity
}

/** The moderation queue, and the details of one content. */
export class Queue {
  readonly #needs: QueueNeeds

  constructor(needs: QueueNeeds) {
    this.#needs = needs
  }

  /** One page of the queue, the most urgent first; contents that were set aside come last. */
  async page({
    service,
    offset = 0,
    limit = PAGE,
  }: { service?: string | undefined; offset?: number | undefined; limit?: number | undefined } = {}): Promise<{
    items: QueuedContent[]
    total: number
  }> {
    const { db, contents } = this.#needs
    const open = db
      .selectFrom('item')
      .where('is_open', '=', true)
      .$if(service !== undefined, (query) => query.where('service', '=', service ?? ''))
    const [rows, { total }] = await Promise.all([
      open
        .select([
          'service',
          'content',
          'category',
          'urgency',
          'reports',
          'is_appealed as isAppealed',
          'opened_at as since',
        ])
        .orderBy('is_set_aside')
        .orderBy('urgency', 'desc')
        .orderBy('opened_at')
        .orderBy('id')
        .offset(offset)
        .limit(Math.min(limit, PAGE))
        .execute(),
      open.select((item) => item.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
    ])
    return { items: await contents.seeAll(rows), total }
  }

  /** The contents that the services hold for review, the riskiest of each service first. */
  async waiting(limit = PAGE): Promise<(ContentRef & Waiting)[]> {
    const { contents } = this.#needs
    const some = await Promise.all(
      contents.services.map(async (service) =>
        ((await contents.of(service).waiting?.(limit)) ?? []).map((one) => ({ service, ...one })),
      ),
    )
    return some.flat().slice(0, limit)
  }

  /** The next content to review, other than one; undefined when only contents that were set aside wait. */
  async next(except?: ContentRef): Promise<ContentRef | undefined> {
    const { rows } = await sql<ContentRef>`
      select service, content from desk.item where is_open and not is_set_aside
        and not (service = ${except?.service ?? ''} and content = ${except?.content ?? ''})
      order by urgency desc, opened_at, id limit 1`.execute(this.#needs.db)
    if (rows[0]) return rows[0]
    return (await this.waiting(2)).find(
      ({ service, content }) => service !== except?.service || content !== except?.content,
    )
  }

  /**
   * The details of a content.
   *
   * @throws Refusal `no-content`
   */
  async open(ref: ContentRef, by: Moderator): Promise<Case> {
    const { db, contents, identity } = this.#needs
    const seen = await contents.see(ref)
    const item = await db
      .selectFrom('item')
      .selectAll()
      .where('service', '=', ref.service)
      .where('content', '=', ref.content)
      .executeTakeFirst()
    const [reports, decisions, evidence, names, sameAuthor] = await Promise.all([
      item ? this.#reports(item.id) : [],
      item ? this.#decisions(item.id) : [],
      item ? db.selectFrom('evidence').select('id').where('item', '=', item.id).executeTakeFirst() : undefined,
      seen.author === null ? undefined : identity().namesOf([seen.author]),
      this.sameAuthor(ref, seen, by),
    ])
    return {
      ...ref,
      seen,
      isOpen: item?.is_open ?? false,
      category: item?.category ?? 'other',
      urgency: item?.urgency ?? 0,
      reports: item?.reports ?? 0,
      isAppealed: item?.is_appealed ?? false,
      since: item?.opened_at ?? seen.madeAt,
      history: { reports, decisions },
      authorName: seen.author === null ? undefined : (names?.get(seen.author) ?? '…'),
      sameAuthor,
      hasEvidence: evidence !== undefined,
    }
  }

  /**
   * Other contents of the same account or, without an account, of the same network, which is compared and not shown.
   */
  async sameAuthor(
    { service, content }: ContentRef,
    { author }: ModeratedContent,
    by: Moderator,
  ): Promise<Case['sameAuthor']> {
    const { contents, auditTrail } = this.#needs
    if (author !== null)
      return { contents: (await contents.of(service).sameAuthor(content)).slice(0, OTHERS), isGuessed: false }
    const found = await auditTrail.fromSameNetwork(service, content, {
      by: by.name,
      reason: 'the desk looks at the same author’s other contents',
    })
    return { contents: found.slice(0, OTHERS), isGuessed: true }
  }

  async #reports(item: number): Promise<AbuseReport[]> {
    const rows = await this.#needs.db
      .selectFrom('report')
      .selectAll()
      .where('item', '=', item)
      .orderBy('made_at', 'desc')
      .limit(100)
      .execute()
    return rows.map(
      ({
        category,
        explanation,
        email,
        is_appeal: isAppeal,
        sealed_key: sealedKey,
        made_at: at,
        settled_at: settledAt,
      }) => ({
        category,
        explanation,
        hasEmail: email !== null,
        isAppeal,
        sealedKey,
        at,
        settledAt,
      }),
    )
  }

  async #decisions(item: number): Promise<Decision[]> {
    const rows = await this.#needs.db
      .selectFrom('decision')
      .selectAll()
      .where('item', '=', item)
      .orderBy('id', 'desc')
      .limit(100)
      .execute()
    return rows.map(toDecision)
  }
}

export function toDecision(row: {
  id: number
  decision: Decision['decision']
  category: Decision['category']
  reason: string
  note: string
  decider: string
  decided_at: Temporal.Instant
  undone_at: Temporal.Instant | null
  changed: string[]
  is_blocked: boolean
  is_held: boolean
  is_source_banned: boolean
  asks_second: boolean
}): Decision {
  return {
    id: row.id,
    decision: row.decision,
    category: row.category,
    reason: row.reason,
    note: row.note,
    by: row.decider,
    at: row.decided_at,
    undoneAt: row.undone_at,
    changed: row.changed.length,
    isBlocked: row.is_blocked,
    isHeld: row.is_held,
    isSourceBanned: row.is_source_banned,
    asksSecond: row.asks_second,
  }
}
