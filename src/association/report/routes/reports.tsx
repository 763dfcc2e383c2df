import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Blobs } from '../../../platform/blobs/blobs.ts'
import type { TableBlock } from '../../../platform/documents/document.ts'
import { toOdt } from '../../../platform/documents/odt.ts'
import { PdfError, PdfMissing, toPdf } from '../../../platform/documents/pdf.ts'
import { toCsv, toOds } from '../../../platform/documents/sheets.ts'
import { asFile } from '../../../platform/drawings/svg.ts'
import { arrangedTable } from '../../../platform/figures/arranged.ts'
import type { App } from '../../../platform/http/app.ts'
import { sendBlob } from '../../../platform/http/send-blob.ts'
import type { ReportContext } from '../context.ts'
import { documentOf, figuresOf, type Content } from '../editions/content.ts'
import type { Edition } from '../editions/editions.ts'
import { drawingOf } from '../live.ts'
import { ReportList } from '../pages/report-list.tsx'
import { ReportPage, type ReportDesk } from '../pages/report.tsx'
import { isAllowed } from '../permissions.ts'
import { refuse } from '../refusals.ts'
import { words } from '../words.ts'

const Name = (pattern: string) => Type.String({ pattern, maxLength: 100 })
const Year = Type.Integer({ minimum: 1900, maximum: 2200 })

/** Readers may cache drawings and files, but must revalidate: another edition may come. */
const ASK_FIRST = 'public, no-cache'

/** The report that a reader sees: the last edition, or a draft for its authors. */
interface Read {
  content: Content
  edition?: Edition
}

/** The public pages of reports: the page, the files, each table and each drawing. */
export function reportPages(app: App, context: ReportContext, blobs: Blobs): void {
  const { editions, reports, palette, timeZone, association, today } = context

  for (const path of ['/reports', '/rapports']) {
    app.get(path, async (request, reply) => {
      const actor = request.caller
      const [published, all] = await Promise.all([
        editions.list(),
        isAllowed(actor, 'read-drafts') ? reports.list() : [],
      ])
      const next = (all[0]?.year ?? published[0]?.year ?? today().year - 2) + 1
      const drafts = all.filter(({ state }) => state !== 'published')
      return reply.page(
        <ReportList editions={published} drafts={drafts} {...(isAllowed(actor, 'write') && { next })} />,
      )
    })

    app.get(
      `${path}/:name`,
      { schema: { params: Type.Object({ name: Name('^\\d{4}(\\.(pdf|odt|json))?$') }) } },
      async (request, reply) => {
        const [year = '', kind] = request.params.name.split('.')
        const read = await readReport(Number(year), request)
        return kind ? sendFile(reply, read, kind) : showReport(reply, read, await deskOf(request))
      },
    )

    app.get(
      `${path}/:year/editions/:name`,
      { schema: { params: Type.Object({ year: Year, name: Name('^\\d{1,4}(\\.(pdf|odt|json))?$') }) } },
      async (request, reply) => {
        const [number = '', kind] = request.params.name.split('.')
        const edition = await editions.find(request.params.year, Number(number))
        if (!edition) throw refuse('unknown')
        const read = { content: edition.content, edition }
        return kind ? sendFile(reply, read, kind) : showReport(reply, read, {})
      },
    )
  }

  app.get(
    '/reports/:year/tables/:name',
    { schema: { params: Type.Object({ year: Year, name: Name('^[a-z][a-z0-9-]*\\.(csv|json|ods)$') }) } },
    async (request, reply) => {
      const { content } = await readReport(request.params.year, request)
      const [id = '', kind] = request.params.name.split('.')
      const table = tableOf(content, id, context)
      if (!table) throw refuse('unknown')
      reply.header('cache-control', ASK_FIRST)
      if (kind === 'json') return reply.send(tableAsData(content, table))
      reply.header('content-disposition', `attachment; filename="${id}-${content.year}.${kind}"`)
      if (kind === 'csv') return reply.type('text/csv; charset=utf-8').send(toCsv(table))
      return reply.type('application/vnd.oasis.opendocument.spreadsheet').send(await toOds(table, association.name))
    },
  )

  app.get(
    '/reports/:year/drawings/:name',
    { schema: { params: Type.Object({ year: Year, name: Name('^[a-z][a-z0-9-]*\\.svg$') }) } },
    async (request, reply) => {
      const { content } = await readReport(request.params.year, request)
      const figures = figuresOf(content, { timeZone, palette })
      const table = content.tables.find(({ id }) => `${id}.svg` === request.params.name)
      const drawing = table && drawingOf(table, figures)
      if (!drawing) throw refuse('unknown')
      return reply.type('image/svg+xml').header('cache-control', ASK_FIRST).send(asFile(drawing.svg))
    },
  )

  /** Returns the last edition; without one the draft, for those who may read it. */
  async function readReport(year: number, request: FastifyRequest): Promise<Read> {
    const edition = await editions.find(year)
    if (edition) return { content: edition.content, edition }
    if (!isAllowed(request.caller, 'read-drafts')) throw refuse('unknown')
    return reports.draft(await reports.find(year))
  }

  /** Returns the permissions of the reader. */
  async function deskOf(request: FastifyRequest): Promise<ReportDesk> {
    const caller = request.caller
    return { mayWrite: isAllowed(caller, 'write'), mayCorrect: isAllowed(caller, 'publish') }
  }

  async function showReport(reply: FastifyReply, { content, edition }: Read, at: ReportDesk): Promise<FastifyReply> {
    const say = words.in(content.language)
    const document = documentOf(content, { timeZone, ...(!edition && { notice: say('document.draft') }) })
    const errata = edition ? await editions.errata(content.year) : []
    return reply.page(
      <ReportPage document={document} content={content} errata={errata} context={at} {...(edition && { edition })} />,
    )
  }

  async function sendFile(reply: FastifyReply, read: Read, kind: string): Promise<FastifyReply> {
    const { content, edition } = read
    reply.header('cache-control', edition ? ASK_FIRST : 'private, no-store')
    if (kind === 'json')
      return reply.type('application/json; charset=utf-8').send(edition?.json ?? JSON.stringify(content))
    const type = kind === 'pdf' ? 'application/pdf' : 'application/vnd.oasis.opendocument.text'
    const name = `rapport-${content.year}.${kind}`
    const kept = edition && editions.kept(edition, kind === 'pdf' ? 'pdf' : 'odt')
    if (kept) return sendBlob(reply, blobs, { ...kept, type, name })
    reply.type(type).header('content-disposition', `inline; filename="${name}"`)
    return reply.send(kind === 'pdf' ? await pdfOf(read) : await odtOf(read))
  }

  async function pdfOf({ content, edition }: Read): Promise<Buffer> {
    try {
      if (edition) return await editions.file(edition, 'pdf')
      const notice = words.in(content.language)('document.draft')
      return await toPdf(documentOf(content, { timeZone, palette, notice }), {
        palette,
        footer: `${content.author} – ${content.title}`,
      })
    } catch (error) {
      if (error instanceof PdfMissing) throw refuse('pdf-missing')
      if (error instanceof PdfError) throw refuse('pdf-failed', { block: error.block ?? content.title })
      throw error
    }
  }

  async function odtOf({ content, edition }: Read): Promise<Buffer> {
    return edition ? editions.file(edition, 'odt') : toOdt(documentOf(content, { timeZone, palette }))
  }
}

function tableOf(content: Content, id: string, { timeZone }: ReportContext): TableBlock | undefined {
  const { tables, series, reader } = figuresOf(content, { timeZone })
  const table = tables.find((one) => one.id === id)
  return table && arrangedTable(table, series, reader)
}

/** Returns a table for programs: each cell as text, with its number. */
function tableAsData({ year }: Content, { id, caption, labels, head, rows, notes }: TableBlock): object {
  return {
    report: year,
    id,
    title: caption,
    columns: [labels, ...head],
    rows: rows.map((row) => ({ series: row.id, label: row.label, cells: row.cells })),
    notes,
  }
}
