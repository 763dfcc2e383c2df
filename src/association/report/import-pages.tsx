import multipart from '@fastify/multipart'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { HistoryConflict } from '../../platform/figures/history-error.ts'
import type { App } from '../../platform/http/app.ts'
import { readParts } from '../../platform/http/parts.ts'
import { refusalOf } from '../../platform/http/refusal-of.ts'
import type { Refusal } from '../../platform/refusals.ts'
import type { ReportContext } from './context.ts'
import { importFile, lookAtFile, onConflictOf } from './importing.ts'
import { ImportPage, LookPage } from './pages/import.tsx'
import { allow } from './permissions.ts'
import { refuse } from './refusals.ts'

/** Bytes of a report that is brought by hand: that of 2023 has 40,000. */
const FILE_LIMIT = 2 * 1024 * 1024

/** The same in a form, where a letter may become three. */
const FORM_LIMIT = 3 * FILE_LIMIT

const Decided = Type.Object({
  file: Type.String({ maxLength: FILE_LIMIT }),
  choice: Type.Optional(Type.Union([Type.Literal('keep'), Type.Literal('replace')])),
  reason: Type.Optional(Type.String({ maxLength: 2000 })),
})

/** Bringing a printed report by hand: what it would do first, and which values stand where others are there already. */
export function importPages(app: App, { reports, figures, callers }: ReportContext): void {
  void app.register(multipart, { limits: { files: 1, fileSize: FILE_LIMIT, fields: 1, parts: 2 } })

  for (const path of ['/importer', '/import']) {
    app.get(path, { preHandler: callers.signInFirst }, async (request, reply) => {
      allow(await callers.of(request), 'import')
      return reply.header('cache-control', 'no-store').page(<ImportPage />)
    })

    app.post(`${path}/look`, async (request, reply) => {
      const { id: by } = allow(await callers.of(request), 'import')
      try {
        const bytes = request.isMultipart()
          ? await readParts(request.file().then((file) => file?.toBuffer()))
          : undefined
        const text = bytes?.toString('utf8') ?? ''
        if (text.trim() === '') throw refuse('import-empty')
        return await showLook(reply, text, by)
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        return reply.page(<ImportPage refusal={refusal} />, refusal.status)
      }
    })

    app.post(path, { bodyLimit: FORM_LIMIT, schema: { body: Decided } }, async (request, reply) => {
      const { id: by } = allow(await callers.of(request), 'import')
      const { file, choice, reason } = request.body
      try {
        const { year } = await importFile(reports, file, onConflictOf(choice, reason, by), by)
        return await reply.redirect(`/reports/${year}`, 303)
      } catch (error) {
        // Somebody has noted another value meanwhile: the page shows it.
        if (error instanceof HistoryConflict) return showLook(reply, file, by)
        const refusal = refusalOf(error)
        if (refusal?.field !== 'reason') throw error
        return showLook(reply, file, by, refusal)
      }
    })
  }

  async function showLook(reply: FastifyReply, text: string, by: string, refusal?: Refusal): Promise<FastifyReply> {
    const [look, series] = await Promise.all([lookAtFile(reports, text, by), figures.series({ withPrivate: true })])
    const tables = await figures.arrangements.of(look.result.year)
    return reply
      .header('cache-control', 'no-store')
      .page(
        <LookPage text={text} look={look} series={series} tables={tables} {...(refusal && { refusal })} />,
        refusal?.status ?? 200,
      )
  }
}
