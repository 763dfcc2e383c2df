import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import type { Collective } from './collective.ts'
import { FOLDER } from './collective.ts'

/** How long a crawler may cache a file, in seconds. */
const KEPT_FOR = 300

/** The collective's files, on the bare domain, open to every client. */
export function propertyRoutes(app: App, collective: Collective): void {
  app.get(
    `${FOLDER}:name`,
    {
      config: { isOpenToOtherSites: true },
      schema: { params: Type.Object({ name: Type.String({ maxLength: 300 }) }) },
    },
    async (request, reply) => {
      const subject = collective.subjectOf(request.params.name)
      if (!subject) return reply.callNotFound()
      const { text, tag } = await collective.file(subject)
      reply.header('etag', tag).header('cache-control', `public, max-age=${KEPT_FOR}`)
      if (request.headers['if-none-match'] === tag) return reply.code(304).send()
      return reply.type('text/plain; charset=utf-8').send(text)
    },
  )
}
