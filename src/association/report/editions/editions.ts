import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { sql, type Kysely } from 'kysely'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import { toOdt } from '../../../platform/documents/odt.ts'
import { toPdf } from '../../../platform/documents/pdf.ts'
import type { Palette } from '../../../platform/drawings/palette.ts'
import { words } from '../words.ts'
import type { ReportTables } from '../tables.ts'
import { documentOf, type Content } from './content.ts'

/** A published edition of a report. */
export interface Edition {
  report: number
  number: number
  content: Content
  /** The content as it is sent, byte for byte, and its SHA-256. */
  json: string
  sum: string
  publishedBy: string
  publishedAt: Temporal.Instant
  pdfSum: string | null
  odtSum: string | null
}

/** An error found after publication. */
export interface Erratum {
  id: number
  edition: number
  text: string
  writtenBy: string
  writtenAt: Temporal.Instant
}

/** The file formats of an edition. */
export type FileKind = 'pdf' | 'odt'

interface EditionNeeds {
  db: Kysely<ReportTables>
  blobs: Blobs
  palette: Palette
  timeZone: string
}

/** Published editions, which never change. */
export class Editions {
  readonly #db: Kysely<ReportTables>
  readonly #blobs: Blobs
  readonly #palette: Palette
  readonly #timeZone: string

  constructor({ db, blobs, palette, timeZone }: EditionNeeds) {
    this.#db = db
    this.#blobs = blobs
    this.#palette = palette
    this.#timeZone = timeZone
  }

  /**
   * Publishes a content as the next edition of its report, in the caller's transaction.
   *
   * @returns its number
   */
  async publish(db: Kysely<ReportTables>, content: Content, by: string): Promise<number> {
    const json = JSON.stringify(content)
    const { number } = await db
      .insertInto('edition')
      .values({
        report: content.year,
        number: sql<number>`(select coalesce(max(number), 0) + 1 from report.edition where report = ${content.year})`,
        content: json,
        sum: sha256(json),
        published_by: by,
      })
      .returning('number')
      .executeTakeFirstOrThrow()
    return number
  }

  /** Returns an edition of a report; the last one without a number. */
  async find(year: number, number?: number): Promise<Edition | undefined> {
    const row = await this.#db
      .selectFrom('edition')
      .selectAll()
      .where('report', '=', year)
      .$if(number !== undefined, (query) => query.where('number', '=', number ?? 0))
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (!row) return undefined
    const content: Content = JSON.parse(row.content)
    const {
      report,
      number: found,
      content: json,
      sum,
      published_by: publishedBy,
      published_at: publishedAt,
      pdf_sum: pdfSum,
      odt_sum: odtSum,
    } = row
    return { report, number: found, content, json, sum, publishedBy, publishedAt, pdfSum, odtSum }
  }

  /** Returns every published report, the latest first, with the number of its last edition. */
  async list(): Promise<{ year: number; title: string; number: number; publishedAt: Temporal.Instant }[]> {
    return this.#db
      .selectFrom('edition')
      .distinctOn('report')
      .select([
        'report as year',
        sql<string>`content::jsonb ->> 'title'`.as('title'),
        'number',
        'published_at as publishedAt',
      ])
      .orderBy('report', 'desc')
      .orderBy('number', 'desc')
      .execute()
  }

  /** Returns the stored blob of a file and its SHA-256; undefined when it is not generated yet. */
  kept(edition: Edition, kind: FileKind): { key: string; tag: string } | undefined {
    const tag = kind === 'pdf' ? edition.pdfSum : edition.odtSum
    return tag === null ? undefined : { key: keyOf(edition, kind), tag }
  }

  /** Returns a file of an edition: the stored one, or a newly generated one, which is identical. */
  async file(edition: Edition, kind: FileKind): Promise<Buffer> {
    const kept = this.kept(edition, kind)
    return kept ? buffer(await this.#blobs.get(kept.key)) : this.#make(edition, kind)
  }

  /** Generates and stores the files of an edition permanently; stored files stay. */
  async keepFiles(year: number, number: number): Promise<void> {
    const edition = await this.find(year, number)
    if (!edition) return
    if (edition.pdfSum === null) await this.#keep(edition, 'pdf')
    if (edition.odtSum === null) await this.#keep(edition, 'odt')
  }

  async #keep(edition: Edition, kind: FileKind): Promise<void> {
    const { sha256: sum } = await this.#blobs.put(keyOf(edition, kind), await this.#make(edition, kind))
    await this.#db
      .updateTable('edition')
      .set(kind === 'pdf' ? { pdf_sum: sum } : { odt_sum: sum })
      .where('report', '=', edition.report)
      .where('number', '=', edition.number)
      .where(kind === 'pdf' ? 'pdf_sum' : 'odt_sum', 'is', null)
      .execute()
  }

  #make({ content, number }: Edition, kind: FileKind): Promise<Buffer> {
    const say = words.in(content.language)
    const document = documentOf(content, {
      timeZone: this.#timeZone,
      palette: this.#palette,
      subtitle: say('document.subtitle', { name: content.author, number }),
    })
    return kind === 'pdf'
      ? toPdf(document, { palette: this.#palette, footer: `${content.author} – ${content.title}` })
      : toOdt(document)
  }

  /** Adds an erratum to an edition. */
  async correct(edition: Edition, text: string, by: string): Promise<void> {
    await this.#db
      .insertInto('erratum')
      .values({ report: edition.report, edition: edition.number, text, written_by: by })
      .execute()
  }

  /** Returns the errata of all editions of a report, the latest first. */
  errata(year: number): Promise<Erratum[]> {
    return this.#db
      .selectFrom('erratum')
      .select(['id', 'edition', 'text', 'written_by as writtenBy', 'written_at as writtenAt'])
      .where('report', '=', year)
      .orderBy('id', 'desc')
      .execute()
  }
}

function keyOf({ report, number }: Edition, kind: FileKind): string {
  return `report/${report}/${number}.${kind}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
