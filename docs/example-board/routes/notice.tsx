import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../src/platform/http/app.ts'
import { requireCaller } from '../../../src/platform/http/caller.ts'
import { PROOF } from '../../../src/platform/pages/islands/proof.island.tsx'
import { TRAP } from '../../../src/platform/pages/trap.tsx'
import type { BoardContext } from '../context.ts'
import { NoticePage } from '../pages/notice.tsx'

const Params = Type.Object({ id: Type.String() })
const Done = Type.Object({ done: Type.Optional(Type.Literal('sent')) })
const AnswerForm = Type.Object({
  text: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  [PROOF]: Type.Optional(Type.String({ maxLength: 5000 })),
  [TRAP]: Type.Optional(Type.String({ maxLength: 1000 })),
})

/** A notice, its answers, and what its author does with it. */
export function noticeRoutes(app: App, { notices, answers, pictures, addresses, offers }: BoardContext): void {
  /** Shows a notice. @param news what was just done, or made */
  async function show(reply: FastifyReply, id: string, news: { isSent?: boolean; shortAddress?: string } = {}) {
    const notice = await notices.get(id)
    const isOwn = notice.author !== null && notice.author === reply.request.caller?.id
    return reply.page(
      <NoticePage
        notice={notice}
        picture={notice.picture ? pictures.address(notice.picture) : undefined}
        isOwn={isOwn}
        canShorten={offers.get('link.shorten') !== undefined}
        {...news}
      />,
    )
  }

  app.get('/notices/:id', { schema: { params: Params, querystring: Done } }, async (request, reply) =>
    show(reply, request.params.id, { isSent: request.query.done === 'sent' }),
  )

  app.post('/notices/:id/answers', { schema: { params: Params, body: AnswerForm } }, async (request, reply) => {
    const { id } = request.params
    const { text = '', email = '', [PROOF]: proof = '', [TRAP]: trap } = request.body
    const work = async () => {
      await answers.send(id, { text, email, proof: trap ? '' : proof }, request.from)
      return `/notices/${id}?done=sent`
    }
    return reply.form(work, () => show(reply, id))
  })

  app.post('/notices/:id/short-address', { schema: { params: Params } }, async (request, reply) => {
    const { id } = request.params
    const { id: account } = requireCaller(request.caller, 'board:write')
    const shorten = offers.get('link.shorten')
    if (!shorten) return reply.callNotFound()
    const work = async () => {
      await notices.getOwn(id, account)
      const { address } = await shorten({ url: addresses.of('board', `/notices/${id}`), account, from: request.from })
      return show(reply, id, { shortAddress: address })
    }
    return reply.form(work, () => show(reply, id))
  })

  app.post('/notices/:id/deletion', { schema: { params: Params } }, async (request, reply) => {
    const { id: account } = requireCaller(request.caller, 'board:write')
    await notices.delete(request.params.id, { account, from: request.from })
    return reply.redirect('/', 303)
  })
}
