import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { HistoryConflict } from '../../../platform/figures/history-error.ts'
import type { App } from '../../../platform/http/app.ts'
import { signInFirst } from '../../../platform/http/caller.ts'
import { readFileForm, takeFiles } from '../../../platform/http/file-form.ts'
import type { ReportContext } from '../context.ts'
import { importFile, lookAtFile, onConflictOf } from '../importing.ts'
import { ImportPage, LookPage } from '../pages/import.tsx'
import { allow } from '../permissions.ts'
import { refuse } from '../refusals.ts'

/** The most bytes of an uploaded report: that of 2023 has 40,000. */
const FILE_LIMIT = 2 * 1024 * 1024

/** The same in a form, where one byte may become three. */
const FORM_LIMIT = 3 * FILE_LIMIT

const Decided = Type.Object({
  file: Type.String({ maxLength: FILE_LIMIT }),
  choice: Type.Optional(Type.Union([Type.Literal('keep'), Type.Literal('replace')])),
  reason: Type.Optional(Type.String({ maxLength: 20_000 })),
})

/** The import of a printed report: first its effect, then the resolution of its conflicts. */
export function importPages(app: App, { reports, figures, addresses }: ReportContext): void {
  takeFiles(app)

  for (const path of ['/importer', '/import']) {
    app.get(path, { preHandler: signInFirst(addresses) }, async (request, reply) => {
      allow(request.caller, 'import')
      return reply.header('cache-control', 'no-store').page(<ImportPage />)
    })

    app.post(`${path}/look`, async (request, reply) => {
      const { id: by } = allow(request.caller, 'import')
      const work = async () => {
        const form = await readFileForm(request, { largest: FILE_LIMIT })
        const text = form.file('file').toString('utf8')
        if (text.trim() === '') throw refuse('empty-import')
        return showLook(reply, text, by)
      }
      return reply.form(work, () => reply.page(<ImportPage />))
    })

    app.post(path, { bodyLimit: FORM_LIMIT, schema: { body: Decided } }, async (request, reply) => {
      const { id: by } = allow(request.caller, 'import')
      const { file, choice, reason } = request.body
      const work = async () => {
        try {
          const { year } = await importFile(reports, file, onConflictOf(choice, reason, by), by)
          return `/reports/${year}`
        } catch (error) {
          // Another value was added meanwhile: the page shows it.
          if (error instanceof HistoryConflict) return showLook(reply, file, by)
          throw error
        }
      }
      return reply.form(work, () => showLook(reply, file, by))
    })
  }

  async function showLook(reply: FastifyReply, text: string, by: string): Promise<FastifyReply> {
    const [look, series] = await Promise.all([lookAtFile(reports, text, by), figures.series({ withPrivate: true })])
    const tables = await figures.arrangements.of(look.result.year)
    return reply
      .header('cache-control', 'no-store')
      .page(<LookPage text={text} look={look} series={series} tables={tables} />)
  }
}
