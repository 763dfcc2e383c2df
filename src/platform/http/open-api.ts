import swagger from '@fastify/swagger'
import { Type } from 'typebox'
import type { Platform } from '../platform.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Published in the host's OpenAPI document although its path does not begin with `/api/`. */
    published?: boolean
  }
}

/** What programs are told when something cannot be done, on every host (RFC 9457). */
const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'Address of the page that explains this kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    reference: Type.Optional(
      Type.String({ description: 'Number under which our log has the rest, when the fault is ours.' }),
    ),
  },
  { $id: 'Problem', description: 'What happened, and what to do next.' },
)

const REFUSED = {
  description: 'Why it could not be done.',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
}

/** The name of the scheme that API keys go by in the document. */
const KEY = 'key'

/**
 * Publishes what programs can ask this host for at `/api/v1/openapi.json` (OpenAPI 3.1), from the schemas of its
 * routes: those below `/api/`, and those that say so in their configuration. Call it before the first route. The
 * document is made when it is first asked for.
 */
export async function publishApi(app: App, { addresses }: Platform, service: Service): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: service.about.name.en, version: '1' },
      servers: [{ url: addresses.origin(service.name) }],
      components: {
        securitySchemes: { [KEY]: { type: 'http', scheme: 'bearer', description: 'A key that begins with `bagad_`.' } },
      },
      security: [{}, { [KEY]: [] }],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _, __, index) => (typeof $id === 'string' ? $id : `schema-${index}`),
    },
    transform: ({ schema, url, route }) => {
      const hide = !url.startsWith('/api/') && route.config?.published !== true
      const response = { '2xx': { description: 'It is done.' }, ...Object(schema?.response), default: REFUSED }
      return { url, schema: { ...schema, hide, response } }
    },
  })
  app.addSchema(Problem)
  app.get('/api/v1/openapi.json', { schema: { description: 'This document.' } }, async ({ reader }, reply) => {
    const { name, act, promise } = service.about
    const { info, ...document } = app.swagger()
    const described = {
      ...info,
      title: name[reader.language],
      description: `${act[reader.language]}. ${promise[reader.language]}`,
    }
    return reply
      .header('vary', 'accept-language, cookie')
      .header('cache-control', 'no-cache')
      .send({ ...document, info: described })
  })
}
