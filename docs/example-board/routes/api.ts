import { Type } from 'typebox'
import type { App } from '../../../src/platform/http/app.ts'
import { requireCaller } from '../../../src/platform/http/caller.ts'
import type { BoardContext } from '../context.ts'

const MadeNotice = Type.Object({
  id: Type.String(),
  address: Type.String({ format: 'uri' }),
  endsAt: Type.String({ format: 'date-time' }),
})

/** What programs ask for, published in `/api/v1/openapi.json`. */
export function apiRoutes(app: App, { notices, addresses }: BoardContext): void {
  app.post(
    '/api/v1/notices',
    {
      schema: {
        description: 'Puts up a notice. The token needs the scope `board:write`.',
        body: Type.Object({ title: Type.String(), text: Type.String() }),
        response: { 201: MadeNotice },
      },
    },
    async (request, reply) => {
      const { id: account } = requireCaller(request.caller, 'board:write')
      const { id, ends_at } = await notices.add(request.body, { account, from: request.from })
      const address = addresses.of('board', `/notices/${id}`)
      return reply.code(201).header('location', address).send({ id, address, endsAt: ends_at.toString() })
    },
  )
}
