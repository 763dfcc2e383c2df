import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../src/platform/http/app.ts'
import { Bell } from './page.tsx'
import type { Rings } from './rings.ts'

export function bellRoutes(app: App, rings: Rings): void {
  const show = async (reply: FastifyReply) => reply.page(<Bell rings={await rings.count()} />)

  app.get('/', async (_, reply) => show(reply))

  app.post(
    '/',
    { schema: { body: Type.Object({ who: Type.Optional(Type.String({ maxLength: 100 })) }) } },
    async (request, reply) => {
      const work = async () => {
        await rings.ring(request.body.who ?? '')
        return '/'
      }
      return reply.form(work, () => show(reply))
    },
  )
}
