import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { signInFirst } from '../../../platform/http/caller.ts'
import { Body, Kind, REPORT_LIMIT, Title, Year } from '../apis/report-api.ts'
import type { ReportContext } from '../context.ts'
import { documentOf } from '../editions/content.ts'
import { EditPage } from '../pages/edit.tsx'
import { GapsPage } from '../pages/gaps.tsx'
import { PreviewPage } from '../pages/preview.tsx'
import { VersionsPage } from '../pages/versions.tsx'
import { readReason } from '../reasons.ts'
import { allow, isAllowed } from '../permissions.ts'
import { insertsFor } from '../writing/inserts.ts'
import type { Report } from '../writing/reports.ts'

/** A whole number in a form, which sends texts only. */
const Whole = Type.String({ pattern: '^\\d{1,9}$' })
const FormYear = Type.String({ pattern: '^(19|20|21)\\d{2}$' })
const Written = Type.Object({ title: Title, body: Body, base: Whole })
const Text = Type.String({ minLength: 1, maxLength: 5000 })
const Done = Type.Object({
  done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('merged'), Type.Literal('clash')])),
})

/** The pages of authors: the text with its preview, the points to check, the versions, and the steps to publication. */
export function writingPages(app: App, context: ReportContext): void {
  const { reports, comments, editions, identity, addresses, timeZone, today } = context
  const signedIn = { preHandler: signInFirst(addresses) }

  app.post('/reports', { schema: { body: Type.Object({ year: FormYear }) } }, async (request, reply) => {
    const { id: by } = allow(request.caller, 'write')
    await reports.begin(Number(request.body.year), request.reader.language, by)
    return reply.redirect(`/reports/${request.body.year}/edit`, 303)
  })

  app.get('/reports/:year/edit', { ...signedIn, schema: { params: Year, querystring: Done } }, async (request, reply) =>
    showEdit(request, reply, request.params.year, request.query.done),
  )

  app.post(
    '/reports/:year/edit',
    { bodyLimit: REPORT_LIMIT, schema: { params: Year, body: Written } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      const { year } = request.params
      const { title, body } = request.body
      const base = Number(request.body.base)
      const { clashes, revision } = await reports.write(year, { title, body, base }, by)
      const done = clashes.length > 0 ? 'clash' : revision > base + 1 ? 'merged' : 'kept'
      return reply.redirect(`/reports/${year}/edit?done=${done}`, 303)
    },
  )

  app.post(
    '/reports/:year/preview',
    { bodyLimit: REPORT_LIMIT, schema: { params: Year, body: Type.Object({ title: Title, body: Body }) } },
    async (request, reply) => {
      allow(request.caller, 'read-drafts')
      const report = { ...(await reports.find(request.params.year)), ...request.body }
      const { content } = await reports.draft(report)
      const document = documentOf(content, { timeZone })
      return reply.header('cache-control', 'no-store').page(<PreviewPage document={document} />)
    },
  )

  app.get('/reports/:year/gaps', { ...signedIn, schema: { params: Year } }, async (request, reply) => {
    const actor = allow(request.caller, 'read-drafts')
    const report = await reports.find(request.params.year)
    const { content, gaps } = await reports.draft(report)
    const may = { explain: isAllowed(actor, 'write'), correct: isAllowed(actor, 'import') }
    return reply.header('cache-control', 'no-store').page(<GapsPage content={content} gaps={gaps} may={may} />)
  })

  app.post(
    '/reports/:year/gaps',
    { schema: { params: Year, body: Type.Object({ where: Text, what: Kind, reason: Text }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      const { where, what, reason } = request.body
      await reports.accept(request.params.year, { where, what }, readReason(reason), by)
      return reply.redirect(`/reports/${request.params.year}/gaps`, 303)
    },
  )

  app.get('/reports/:year/versions', { ...signedIn, schema: { params: Year } }, async (request, reply) => {
    const actor = allow(request.caller, 'read-drafts')
    const report = await reports.find(request.params.year)
    const versions = await reports.versions(report.year)
    return reply
      .header('cache-control', 'no-store')
      .page(<VersionsPage report={report} versions={await named(versions)} mayWrite={isAllowed(actor, 'write')} />)
  })

  app.post(
    '/reports/:year/versions',
    { schema: { params: Year, body: Type.Object({ revision: Whole }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      await reports.restore(request.params.year, Number(request.body.revision), by)
      return reply.redirect(`/reports/${request.params.year}/edit?done=kept`, 303)
    },
  )

  app.post(
    '/reports/:year/comments',
    { schema: { params: Year, body: Type.Object({ quote: Type.String({ maxLength: 5000 }), text: Text }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'comment')
      await reports.find(request.params.year)
      await comments.add(request.params.year, { ...request.body, text: readReason(request.body.text) }, by)
      return reply.redirect(`/reports/${request.params.year}/edit`, 303)
    },
  )

  app.post(
    '/reports/:year/settlements',
    { schema: { params: Year, body: Type.Object({ id: Whole }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'comment')
      await comments.settle(request.params.year, Number(request.body.id), by)
      return reply.redirect(`/reports/${request.params.year}/edit`, 303)
    },
  )

  const Step = Type.Object({
    to: Type.Union([
      Type.Literal('review'),
      Type.Literal('approved'),
      Type.Literal('draft'),
      Type.Literal('published'),
    ]),
  })
  app.post('/reports/:year/steps', { schema: { params: Year, body: Step } }, async (request, reply) => {
    const { to } = request.body
    const { id: by } = allow(
      request.caller,
      ({ review: 'write', approved: 'approve', draft: 'comment', published: 'publish' } as const)[to],
    )
    const { year } = request.params
    const work = async () => {
      if (to !== 'published') await reports.step(year, to, by)
      else await reports.publish(year, by)
      return to === 'published' ? `/reports/${year}` : `/reports/${year}/edit`
    }
    return reply.form(work, () => showEdit(request, reply, year))
  })

  app.post(
    '/reports/:year/errata',
    { schema: { params: Year, body: Type.Object({ text: Text }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'publish')
      const edition = await editions.find(request.params.year)
      if (edition) await editions.correct(edition, readReason(request.body.text), by)
      return reply.redirect(`/reports/${request.params.year}`, 303)
    },
  )

  /** Replaces account ids by names. */
  async function named<Written extends { writtenBy: string; settledBy?: string | null }>(
    all: Written[],
  ): Promise<Written[]> {
    const names = await identity().namesOf(
      all.flatMap(({ writtenBy, settledBy }) => [writtenBy, ...(settledBy ? [settledBy] : [])]),
    )
    return all.map((one) => ({
      ...one,
      writtenBy: names.get(one.writtenBy) ?? one.writtenBy,
      ...(one.settledBy && { settledBy: names.get(one.settledBy) ?? one.settledBy }),
    }))
  }

  async function showEdit(
    request: FastifyRequest,
    reply: FastifyReply,
    year: number,
    done?: 'kept' | 'merged' | 'clash',
  ): Promise<FastifyReply> {
    const actor = allow(request.caller, 'read-drafts')
    const report: Report = await reports.find(year)
    const [{ content, gaps }, notes] = await Promise.all([reports.draft(report), comments.of(year)])
    const may = {
      write: isAllowed(actor, 'write'),
      approve: isAllowed(actor, 'approve'),
      publish: isAllowed(actor, 'publish'),
      comment: isAllowed(actor, 'comment'),
    }
    const page = (
      <EditPage
        report={report}
        document={documentOf(content, { timeZone, place: 'preview' })}
        inserts={insertsFor(content, request.reader, today())}
        gaps={gaps}
        comments={await named(notes)}
        approvedBy={
          report.approvedBy === null
            ? undefined
            : (await identity().namesOf([report.approvedBy])).get(report.approvedBy)
        }
        may={may}
        {...(done && { done })}
      />
    )
    return reply.header('cache-control', 'no-store').page(page)
  }
}
