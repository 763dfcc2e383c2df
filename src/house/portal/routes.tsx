import { Type } from 'typebox'
import type { App } from '../../platform/http/app.ts'
import { publishFigures } from '../../platform/http/stats.ts'
import { reportAddress } from '../../platform/moderation/addresses.ts'
import type { HousePlatform } from '../../platform/platform.ts'
import { FiguresPage } from './pages/figures.tsx'
import { Front } from './pages/front.tsx'
import { LegalNotice, Privacy, Reporting, Terms } from './pages/legal.tsx'
import { OutboxPage, EmailPage } from './pages/outbox.tsx'
import { ProblemPage } from './pages/problem.tsx'
import { RetentionPage } from './pages/retention.tsx'
import { StatusPage } from './pages/status.tsx'
import { explainProblem } from './problems.ts'
import { lookAtServices } from './status.ts'

/** The routes of the portal. Every page has a French and an English path; both use the reader's language. */
export function portalRoutes(app: App, platform: HousePlatform): void {
  const { addresses, figures, mail, retention } = platform

  app.get('/', async (_, reply) => {
    const [series, arrangements] = await Promise.all([figures.series(), figures.arrangements.of()])
    return reply.page(<Front series={series} arrangements={arrangements} />)
  })

  for (const path of ['/chiffres', '/figures']) {
    app.get(path, async (_, reply) => {
      const [series, arrangements] = await Promise.all([figures.series(), figures.arrangements.of()])
      return reply.page(<FiguresPage series={series} arrangements={arrangements} />)
    })
  }

  publishFigures(app, platform)

  for (const path of ['/mentions-legales', '/legal']) app.get(path, async (_, reply) => reply.page(<LegalNotice />))
  for (const path of ['/conditions', '/terms']) app.get(path, async (_, reply) => reply.page(<Terms />))
  for (const path of ['/confidentialite', '/privacy']) app.get(path, async (_, reply) => reply.page(<Privacy />))
  for (const path of ['/conservation', '/retention'])
    app.get(path, async (_, reply) =>
      reply.page(<RetentionPage keepers={retention.keepers} removed={await retention.removed()} />),
    )
  for (const path of ['/signaler', '/report']) {
    app.get(
      path,
      { schema: { querystring: Type.Object({ url: Type.Optional(Type.String({ maxLength: 8500 })) }) } },
      async (request, reply) =>
        addresses.has('desk')
          ? reply.redirect(reportAddress(addresses, request.query.url), 302)
          : reply.page(<Reporting />),
    )
  }

  for (const path of ['/statut', '/status']) {
    app.get(path, async (_, reply) => {
      reply.header('cache-control', 'no-store')
      const rows = await lookAtServices(platform)
      return reply.page(<StatusPage rows={rows} />, rows.every(({ isWell }) => isWell) ? 200 : 503)
    })
  }

  for (const path of ['/courrier', '/outbox']) {
    app.get(path, async (_, reply) => {
      if (!platform.isDemonstration) return reply.callNotFound()
      return reply.header('cache-control', 'no-store').page(<OutboxPage emails={await mail.outbox.list(['caught'])} />)
    })
    app.get(
      `${path}/:id`,
      { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }) } },
      async (request, reply) => {
        const email = platform.isDemonstration ? await mail.outbox.find(request.params.id) : undefined
        if (!email) return reply.callNotFound()
        return reply
          .header('cache-control', 'no-store')
          .page(<EmailPage email={email} pictures={await mail.outbox.pictures(email.id)} />)
      },
    )
  }

  app.get(
    '/problems/:service/:name',
    { schema: { params: Type.Object({ service: Type.String(), name: Type.String() }) } },
    async (request, reply) => {
      const { service, name } = request.params
      const problem = explainProblem(platform.services, service, name, request.reader.language)
      return problem ? reply.page(<ProblemPage {...problem} />) : reply.callNotFound()
    },
  )
}
