import { Type } from 'typebox'
import type { App } from '../../../src/platform/http/app.ts'
import { requireCaller } from '../../../src/platform/http/caller.ts'
import type { BoardContext } from '../context.ts'

const Notice = Type.Object({ title: Type.String({ maxLength: 1000 }), text: Type.String({ maxLength: 20_000 }) })

/** What programs can ask for, with a token of the scope `board:write`. */
export function noticeApi(app: App, { notices, addresses }: BoardContext): void {
  app.post(
    '/api/v1/notices',
    { schema: { description: 'Posts a notice of the account.', body: Notice } },
    async (request, reply) => {
      const { id: account } = requireCaller(request.caller, 'board:write')
      const { from, reader } = request
      const { id } = await notices.post({ ...request.body, email: '' }, { account, from, language: reader.language })
      return reply.code(201).send({ id, url: addresses.of('board', `/n/${id}`) })
    },
  )
}
