import { Type } from 'typebox'
import type { App } from '../../src/platform/http/app.ts'
import { Bell } from './page.tsx'
import type { Rings } from './rings.ts'

export function bellRoutes(app: App, rings: Rings): void {
  app.get('/', async (_, reply) => reply.page(<Bell rings={await rings.count()} />))

  app.post(
    '/',
    { schema: { body: Type.Object({ who: Type.Optional(Type.String({ maxLength: 100 })) }) } },
    async (request, reply) => {
      await rings.ring(request.body.who ?? '')
      return reply.redirect('/', 303)
    },
  )
}
