import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { refusalOf } from '../../../platform/http/refusal-of.ts'
import type { ReportContext } from '../context.ts'
import { allow, isAllowed } from '../permissions.ts'
import { refuse } from '../refusals.ts'
import { checkFile } from './check.ts'
import { publicName, type Subject } from './collective.ts'
import { deadLinks } from './dead-links.ts'
import { CollectivePage, SubjectPage } from './page.tsx'

const About = Type.Object({ about: Type.String({ pattern: '^[a-z][a-z0-9]*$', maxLength: 50 }) })

/** Values by key; which keys there are is for the domain to say. */
const Form = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2000 }))

/** « Fiche CHATONS »: each file as the crawler sees it, what is wrong with it, and the forms that fill it in. */
export function collectivePages(app: App, { collective, callers, outgoing }: ReportContext): void {
  for (const path of ['/fiche-chatons', '/chatons']) {
    app.get(path, async (_, reply) => {
      const subjects = collective.services.flatMap((service): Subject[] => [
        { kind: 'service', service },
        { kind: 'metrics', service },
      ])
      const files = await Promise.all(
        [{ kind: 'organisation' } as const, ...subjects].map(async (subject) => ({
          subject,
          ...(await collective.file(subject)),
        })),
      )
      return reply.page(
        <CollectivePage
          files={files.map(({ subject, text }) => ({
            subject,
            text,
            address: collective.addressOf(subject),
            findings: checkFile(text),
          }))}
        />,
      )
    })

    app.get(`${path}/:about`, { schema: { params: About } }, async (request, reply) => {
      const subject = subjectOf(request.params.about)
      const [{ text }, { properties }] = await Promise.all([collective.file(subject), collective.properties(subject)])
      const mayFill = isAllowed(await callers.of(request), 'describe')
      return reply.page(
        <SubjectPage
          about={request.params.about}
          text={text}
          properties={properties}
          findings={checkFile(text)}
          mayFill={mayFill}
        />,
      )
    })

    app.post(`${path}/:about`, { schema: { params: About, body: Form } }, async (request, reply) => {
      const { id: by } = allow(await callers.of(request), 'describe')
      const subject = subjectOf(request.params.about)
      try {
        await collective.fill(subject, request.body, by)
        return await reply.redirect(`/fiche-chatons/${request.params.about}`, 303)
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        const [{ text }, { properties }] = await Promise.all([collective.file(subject), collective.properties(subject)])
        const written = properties.map((property) => ({
          ...property,
          value: request.body[property.key] ?? property.value,
        }))
        return reply.page(
          <SubjectPage
            about={request.params.about}
            text={text}
            properties={written}
            findings={checkFile(text)}
            mayFill
            refusal={refusal}
          />,
          refusal.status,
        )
      }
    })

    app.post(`${path}/:about/links`, { schema: { params: About } }, async (request, reply) => {
      allow(await callers.of(request), 'describe')
      const subject = subjectOf(request.params.about)
      const [{ text }, { properties }] = await Promise.all([collective.file(subject), collective.properties(subject)])
      const dead = await deadLinks(text, outgoing)
      return reply.page(
        <SubjectPage
          about={request.params.about}
          text={text}
          properties={properties}
          findings={[...checkFile(text), ...dead]}
          mayFill
          areLinksChecked
        />,
      )
    })
  }

  function subjectOf(about: string): Exclude<Subject, { kind: 'metrics' }> {
    if (about === 'organisation') return { kind: 'organisation' }
    const service = collective.services.find((one) => publicName(one) === about)
    if (!service) throw refuse('unknown')
    return { kind: 'service', service }
  }
}
