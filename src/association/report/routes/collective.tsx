import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import type { ReportContext } from '../context.ts'
import { allow, isAllowed } from '../permissions.ts'
import { refuse } from '../refusals.ts'
import { publicName } from '../../../platform/figures/figures.ts'
import { checkFile } from '../collective/check.ts'
import type { Subject } from '../collective/collective.ts'
import { deadLinks } from '../collective/dead-links.ts'
import { CollectivePage, SubjectPage } from '../collective/page.tsx'

const About = Type.Object({ about: Type.String({ pattern: '^[a-z][a-z0-9]*$', maxLength: 50 }) })

/** Values by key; the domain validates the keys. */
const Form = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2000 }))

/** « Fiche CHATONS »: each file as the crawler sees it, its findings, and the forms that fill it in. */
export function collectivePages(app: App, { collective, outgoing }: ReportContext): void {
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
      const mayFill = isAllowed(request.caller, 'describe')
      return show(reply, request.params.about, { mayFill })
    })

    app.post(`${path}/:about`, { schema: { params: About, body: Form } }, async (request, reply) => {
      const { id: by } = allow(request.caller, 'describe')
      const subject = subjectOf(request.params.about)
      const work = async () => {
        await collective.fill(subject, request.body, by)
        return `/fiche-chatons/${request.params.about}`
      }
      return reply.form(work, () => show(reply, request.params.about, { mayFill: true }))
    })

    app.post(`${path}/:about/links`, { schema: { params: About } }, async (request, reply) => {
      allow(request.caller, 'describe')
      const subject = subjectOf(request.params.about)
      const { text } = await collective.file(subject)
      return show(reply, request.params.about, { mayFill: true, dead: await deadLinks(text, outgoing) })
    })
  }

  /** @param dead the dead links of the file, when they were checked */
  async function show(
    reply: FastifyReply,
    about: string,
    { mayFill, dead }: { mayFill: boolean; dead?: Awaited<ReturnType<typeof deadLinks>> },
  ): Promise<FastifyReply> {
    const subject = subjectOf(about)
    const [{ text }, { properties }] = await Promise.all([collective.file(subject), collective.properties(subject)])
    return reply.page(
      <SubjectPage
        about={about}
        text={text}
        properties={properties}
        findings={[...checkFile(text), ...(dead ?? [])]}
        mayFill={mayFill}
        areLinksChecked={dead !== undefined}
      />,
    )
  }

  function subjectOf(about: string): Exclude<Subject, { kind: 'metrics' }> {
    if (about === 'organisation') return { kind: 'organisation' }
    const service = collective.services.find((one) => publicName(one) === about)
    if (!service) throw refuse('unknown')
    return { kind: 'service', service }
  }
}
