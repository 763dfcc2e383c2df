import { randomUUID } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { sql, type Kysely } from 'kysely'
import { ZipFile } from 'yazl'
import type { Blobs, StoredBlob } from '../../platform/blobs/blobs.ts'
import type { Encryption } from '../../platform/backup/encryption.ts'
import type { Category } from '../../platform/moderation/categories.ts'
import type { Moderator } from '../../platform/moderation/moderation.ts'
import type { AuditTrail } from '../../platform/audit-trail/audit-trail.ts'
import type { Contents, ContentRef } from './contents.ts'
import type { ModerationEmails } from './emails.ts'
import { readFields } from '../../platform/refusals.ts'
import { fitText } from '../../platform/text/read.ts'
import { readReason } from './reasons.ts'
import { refuse } from './refusals.ts'
import type { DeskTables } from './tables.ts'

/** Retention of evidence, unless a judge extends it. */
const RETENTION = { years: 1 }

/** Hours within which a second moderator must also request evidence that concerns a minor. */
const SECOND_WITHIN = 24

interface EvidenceNeeds {
  db: Kysely<DeskTables>
  contents: Contents
  blobs: Blobs
  auditTrail: AuditTrail
  emails: ModerationEmails
  /** The recipients of encrypted evidence; undefined when none is configured. */
  sealing: Encryption | undefined
  today: () => Temporal.PlainDate
}

/** A stored archive that has no row yet. */
export interface Gathered extends StoredBlob {
  key: string
}

/** Stores evidence encrypted: only the holder of the association's age identity can read it. */
export class EvidenceStore {
  readonly #needs: EvidenceNeeds

  constructor(needs: EvidenceNeeds) {
    this.#needs = needs
  }

  /** Whether evidence can be stored here. */
  get isOpen(): boolean {
    return this.#needs.sealing !== undefined
  }

  /**
   * Collects everything about a content in one encrypted archive: the content, its source, its reports and decisions.
   *
   * @throws Refusal `no-recipient`
   */
  async gather(ref: ContentRef, by: Moderator): Promise<Gathered> {
    const { db, contents, blobs, auditTrail, sealing } = this.#needs
    if (!sealing) throw refuse('no-recipient')
    const seen = await contents.see(ref)
    const traced = await auditTrail.search(
      { service: ref.service, content: ref.content },
      { by: by.name, reason: 'evidence is kept' },
    )
    const item = await db
      .selectFrom('item')
      .selectAll()
      .where('service', '=', ref.service)
      .where('content', '=', ref.content)
      .executeTakeFirst()
    const [reports, decisions] = item
      ? await Promise.all([
          db.selectFrom('report').selectAll().where('item', '=', item.id).orderBy('id').execute(),
          db.selectFrom('decision').selectAll().where('item', '=', item.id).orderBy('id').execute(),
        ])
      : [[], []]
    const manifest = {
      ...ref,
      gatheredAt: Temporal.Now.instant().toString(),
      gatheredBy: by.name,
      content: { ...seen, hash: seen.hash?.toString('hex') },
      auditTrail: traced,
      reports,
      decisions,
    }
    const zip = new ZipFile()
    zip.addBuffer(Buffer.from(JSON.stringify(manifest, undefined, 2)), 'evidence.json')
    for (const [index, picture] of (seen.preview.pictures ?? []).entries())
      zip.addReadStream(await blobs.get(picture), `picture-${index + 1}`)
    zip.end()
    const archive = new PassThrough()
    zip.outputStream.pipe(archive)
    const key = `desk/evidence/${randomUUID()}.zip.age`
    return { key, ...(await blobs.put(key, await sealing.seal(archive))) }
  }

  /** Records stored evidence, in the transaction of the decision. */
  async keep(db: Kysely<DeskTables>, item: number, category: Category, { key, sha256, size }: Gathered): Promise<void> {
    await db
      .insertInto('evidence')
      .values({
        item,
        blob_key: key,
        sha256,
        bytes: size,
        category,
        until: this.#needs.today().add(RETENTION).toString(),
      })
      .execute()
  }

  /**
   * Returns the last evidence of a content, still encrypted. Each request is logged with its author and reason, and
   * reported to the board. Evidence that concerns a minor takes requests of two moderators within a day.
   *
   * @throws Refusal `no-reason`, `no-evidence`, `second-person`
   */
  async open(
    { service, content }: ContentRef,
    by: Moderator,
    written: string,
  ): Promise<{ content: Readable; name: string }> {
    const { db, blobs, emails } = this.#needs
    const { reason } = readFields({ reason: () => readReason(written) })
    const found = await db
      .selectFrom('evidence')
      .innerJoin('item', 'item.id', 'evidence.item')
      .select(['evidence.id', 'blob_key as key', 'evidence.category'])
      .where('service', '=', service)
      .where('content', '=', content)
      .orderBy('evidence.id', 'desc')
      .executeTakeFirst()
    if (!found) throw refuse('no-evidence')
    const isGiven = found.category !== 'minor' || (await this.#wasAskedByAnother(found.id, by))
    const board = await emails.board()
    await db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('opening')
        .values({
          evidence: found.id,
          service,
          content,
          asked_by: by.id || null,
          asker: by.name,
          reason,
          was_given: isGiven,
        })
        .execute()
      await emails.emailBoard(transaction, board, {
        service,
        content,
        asker: by.name,
        reason: fitText(reason, { longest: 500 }),
        isGiven,
      })
    })
    if (!isGiven) throw refuse('second-person')
    return {
      content: await blobs.get(found.key),
      name: `${service}-${content.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}.zip.age`,
    }
  }

  async #wasAskedByAnother(evidence: number, by: Moderator): Promise<boolean> {
    const row = await this.#needs.db
      .selectFrom('opening')
      .select('id')
      .where('evidence', '=', evidence)
      .where('asked_by', 'is distinct from', by.id || null)
      .where('at', '>', sql<Temporal.Instant>`now() - ${SECOND_WITHIN} * interval '1 hour'`)
      .executeTakeFirst()
    return row !== undefined
  }
}
