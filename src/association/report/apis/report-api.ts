import { Type } from 'typebox'
import { GAP_KINDS, describeGap } from '../../../platform/figures/gap.ts'
import type { App } from '../../../platform/http/app.ts'
import type { ReportContext } from '../context.ts'
import { allow } from '../permissions.ts'
import { typedNumbers } from '../references.ts'
import { refuse } from '../refusals.ts'

/** The most characters of a report: a hundred pages. */
export const LONGEST_REPORT = 400_000

/** The most bytes of a request with a report, in any script. */
export const REPORT_LIMIT = 4 * LONGEST_REPORT

export const Year = Type.Object({ year: Type.Integer({ minimum: 1900, maximum: 2200 }) })
const Text = Type.String({ minLength: 1, maxLength: 5000 })
/** The kind of a gap. */
export const Kind = Type.Union(GAP_KINDS.map((kind) => Type.Literal(kind)))
export const Title = Type.String({ minLength: 1, maxLength: 300 })
export const Body = Type.String({ maxLength: LONGEST_REPORT })

/** The API of reports for their authors: begin, write, review, approve, publish. */
export function reportApi(app: App, { reports, editions, comments }: ReportContext): void {
  app.get(
    '/api/v1/annual-reports',
    { schema: { description: 'Every report, with the state that it is in.' } },
    async (request, reply) => {
      allow(request.caller, 'read-drafts')
      const all = await reports.list()
      return reply.send(all.map(({ changedAt, ...report }) => ({ ...report, changedAt: changedAt.toString() })))
    },
  )

  app.post(
    '/api/v1/annual-reports',
    {
      schema: {
        description: 'Begins the report of a year, from the last one before it.',
        body: Type.Object({
          year: Year.properties.year,
          language: Type.Optional(Type.Union([Type.Literal('fr'), Type.Literal('en')])),
        }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      const { year, title, body, revision } = await reports.begin(request.body.year, request.body.language ?? 'fr', by)
      return reply.code(201).send({ year, title, body, revision, typedNumbers: typedNumbers(body) })
    },
  )

  app.get('/api/v1/annual-reports/:year', { schema: { params: Year } }, async (request, reply) => {
    allow(request.caller, 'read-drafts')
    const { changedAt, ...report } = await reports.find(request.params.year)
    return reply.send({ ...report, changedAt: changedAt.toString(), typedNumbers: typedNumbers(report.body) })
  })

  app.put(
    '/api/v1/annual-reports/:year',
    {
      bodyLimit: REPORT_LIMIT,
      schema: {
        description:
          'Puts a text in the place of the one that is there; merged with what somebody else wrote since the revision `base`.',
        params: Year,
        body: Type.Object({ title: Title, body: Body, base: Type.Integer({ minimum: 0 }) }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      const { text, clashes, revision } = await reports.write(request.params.year, request.body, by)
      return reply.send({ body: text, clashes, revision })
    },
  )

  app.get('/api/v1/annual-reports/:year/versions', { schema: { params: Year } }, async (request, reply) => {
    allow(request.caller, 'read-drafts')
    const versions = await reports.versions(request.params.year)
    return reply.send(versions.map(({ writtenAt, ...version }) => ({ ...version, writtenAt: writtenAt.toString() })))
  })

  app.get(
    '/api/v1/annual-reports/:year/gaps',
    { schema: { params: Year, description: 'Where a report contradicts itself or leaves something open.' } },
    async (request, reply) => {
      allow(request.caller, 'read-drafts')
      const gaps = await reports.gaps(await reports.find(request.params.year))
      return reply.send(gaps.map((gap) => ({ ...gap, says: describeGap(gap, request.reader) })))
    },
  )

  app.post(
    '/api/v1/annual-reports/:year/gaps',
    {
      schema: {
        description: 'Lets a gap stay, for a reason that is printed.',
        params: Year,
        body: Type.Object({ where: Text, what: Kind, reason: Text }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'write')
      const { where, what, reason } = request.body
      await reports.accept(request.params.year, { where, what }, reason, by)
      return reply.code(201).send({ where, what, reason })
    },
  )

  app.get('/api/v1/annual-reports/:year/comments', { schema: { params: Year } }, async (request, reply) => {
    allow(request.caller, 'read-drafts')
    const all = await comments.of(request.params.year)
    return reply.send(all.map(({ writtenAt, ...comment }) => ({ ...comment, writtenAt: writtenAt.toString() })))
  })

  app.post(
    '/api/v1/annual-reports/:year/comments',
    { schema: { params: Year, body: Type.Object({ quote: Type.String({ maxLength: 5000 }), text: Text }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'comment')
      await reports.find(request.params.year)
      return reply.code(201).send({ id: await comments.add(request.params.year, request.body, by) })
    },
  )

  app.put(
    '/api/v1/annual-reports/:year/comments/:id/settlement',
    { schema: { params: Type.Object({ ...Year.properties, id: Type.Integer({ minimum: 1 }) }) } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'comment')
      await comments.settle(request.params.year, request.params.id, by)
      return reply.code(204).send()
    },
  )

  const steps = [
    ['review', 'review', 'write'],
    ['approval', 'approved', 'approve'],
    ['return', 'draft', 'comment'],
  ] as const
  for (const [path, state, act] of steps) {
    app.post(`/api/v1/annual-reports/:year/${path}`, { schema: { params: Year } }, async (request, reply) => {
      const { id: by } = allow(request.caller, act)
      await reports.step(request.params.year, state, by)
      return reply.send({ state })
    })
  }

  app.post(
    '/api/v1/annual-reports/:year/publication',
    { schema: { params: Year, description: 'Publishes an approved report: it never changes from then on.' } },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'publish')
      const number = await reports.publish(request.params.year, by)
      const edition = await editions.find(request.params.year, number)
      return reply.code(201).send({ year: request.params.year, edition: number, sha256: edition?.sum })
    },
  )

  app.post(
    '/api/v1/annual-reports/:year/errata',
    {
      schema: {
        description: 'Notes what was found wrong in what was published.',
        params: Year,
        body: Type.Object({ text: Text }),
      },
    },
    async (request, reply) => {
      const { id: by } = allow(request.caller, 'publish')
      const edition = await editions.find(request.params.year)
      if (!edition) throw refuse('not-published')
      await editions.correct(edition, request.body.text, by)
      return reply.code(201).send({ edition: edition.number })
    },
  )
}
