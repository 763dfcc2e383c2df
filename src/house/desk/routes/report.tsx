import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { CATEGORIES } from '../../../platform/moderation/categories.ts'
import { TRAP } from '../../../platform/pages/trap.tsx'
import { AppealForm, ReportForm, Taken } from '../pages/report.tsx'
import type { WrittenNotice } from '../reports.ts'
import type { DeskContext } from '../running.ts'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Asked = Type.Object({ url: Text(8500) })
const Report = Type.Object({
  url: Text(20_000),
  category: Type.Optional(Type.Union(CATEGORIES.map((category) => Type.Literal(category)))),
  explanation: Text(20_000),
  email: Text(320),
  [TRAP]: Text(1000),
})
type ReportRequest = FastifyRequest<{ Body: Type.Static<typeof Report> }>

/** Reports and appeals, for every visitor; they work without scripts and without an account. */
export function reportRoutes(app: App, { reports }: DeskContext): void {
  for (const path of ['/signaler', '/report']) {
    app.get(path, { schema: { querystring: Asked } }, async (request, reply) =>
      reply.page(<ReportForm url={request.query.url} />),
    )
    app.post(path, { schema: { body: Report } }, async (request, reply) =>
      answer(request, reply, (notice) => reports.take(notice), <ReportForm />, '/signaler'),
    )
  }

  for (const path of ['/contester', '/appeal']) {
    app.get(path, { schema: { querystring: Asked } }, async (request, reply) =>
      reply.page(<AppealForm url={request.query.url} />),
    )
    app.post(path, { schema: { body: Report } }, async (request, reply) =>
      answer(request, reply, (notice) => reports.takeAppeal(notice), <AppealForm />, '/contester'),
    )
  }
}

/** Submits a notice and shows its reference. A filled honeypot field discards the notice. */
function answer(
  request: ReportRequest,
  reply: FastifyReply,
  take: (notice: WrittenNotice) => Promise<{ reference: string }>,
  form: VNode,
  action: string,
): Promise<FastifyReply> {
  const { url = '', category, explanation = '', email, [TRAP]: trap } = request.body
  const work = async () => {
    const { reader, from } = request
    const notice = { urls: url.split(/\s+/), category, explanation, email, language: reader.language, from }
    const { reference } = trap ? { reference: '' } : await take(notice)
    const page = <Taken reference={reference} isAnswered={Boolean(email)} />
    return reply.header('cache-control', 'no-store').page(page, 202)
  }
  return reply.form(work, () => reply.page(form), action)
}
