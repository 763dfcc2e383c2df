import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../src/platform/http/app.ts'
import { readFileForm, takeFiles } from '../../../src/platform/http/file-form.ts'
import { LARGEST_FILE } from '../../../src/platform/images/redraw.ts'
import { PROOF } from '../../../src/platform/pages/islands/proof.island.tsx'
import { TRAP } from '../../../src/platform/pages/trap.tsx'
import type { BoardContext } from '../context.ts'
import { Board, Posted } from '../pages/board.tsx'
import { Manage, NoticePage } from '../pages/notice.tsx'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Id = Type.Object({ id: Type.String({ maxLength: 20 }) })
const Secret = Type.Object({ secret: Type.String({ maxLength: 100 }) })
const Answer = Type.Object({ text: Text(20_000), email: Text(1000), [PROOF]: Text(5000), [TRAP]: Text(1000) })

export function noticeRoutes(app: App, { notices, addresses, offers }: BoardContext): void {
  takeFiles(app)

  const showBoard = async (reply: FastifyReply) => reply.page(<Board notices={await notices.list()} />)
  const showNotice = async (reply: FastifyReply, id: string, more: { done?: 'answered'; short?: string } = {}) =>
    reply.page(
      <NoticePage notice={await notices.find(id)} canShorten={offers.get('link.shorten') !== undefined} {...more} />,
    )

  app.get('/', async (_, reply) => showBoard(reply))

  app.post('/', async (request, reply) =>
    reply.form(
      async () => {
        const form = await readFileForm(request, { largest: LARGEST_FILE })
        const { title = '', text = '', email = '' } = form.texts
        if (form.texts[TRAP]) return '/'
        const { caller, from, reader } = request
        const author = { account: caller?.id, from, language: reader.language, proof: form.texts[PROOF] }
        const picture = form.optionalFile('picture')
        const { id, isShown } = await notices.post({ title, text, email, picture }, author)
        return isShown ? `/n/${id}` : reply.page(<Posted email={email} />)
      },
      () => showBoard(reply),
    ),
  )

  app.get('/n/:id', { schema: { params: Id } }, async (request, reply) => showNotice(reply, request.params.id))

  app.post('/n/:id/reponse', { schema: { params: Id, body: Answer } }, async (request, reply) => {
    const { id } = request.params
    const { text = '', email = '', [PROOF]: proof, [TRAP]: trap } = request.body
    const work = async () => {
      if (!trap) await notices.answer(id, { text, email }, { from: request.from, proof })
      return showNotice(reply, id, { done: 'answered' })
    }
    return reply.form(work, () => showNotice(reply, id))
  })

  app.post('/n/:id/adresse', { schema: { params: Id } }, async (request, reply) => {
    const { id } = request.params
    const shorten = offers.get('link.shorten')
    if (!shorten) return reply.callNotFound()
    const { id: shown } = await notices.find(id)
    const wanted = { url: addresses.of('board', `/n/${shown}`), account: request.caller?.id, from: request.from }
    return reply.form(
      async () => showNotice(reply, id, { short: (await shorten(wanted)).address }),
      () => showNotice(reply, id),
    )
  })

  app.get('/gerer/:secret', { schema: { params: Secret } }, async (request, reply) => {
    const notice = await notices.ofSecret(request.params.secret)
    return secretly(reply).page(<Manage notice={notice} secret={request.params.secret} />)
  })

  app.post('/gerer/:secret/confirmer', { schema: { params: Secret } }, async (request, reply) => {
    const notice = await notices.ofSecret(request.params.secret)
    await notices.confirm(notice)
    return reply.redirect(`/n/${notice.id}`, 303)
  })

  app.post('/gerer/:secret/effacer', { schema: { params: Secret } }, async (request, reply) => {
    await notices.delete(await notices.ofSecret(request.params.secret), { from: request.from })
    return reply.redirect('/', 303)
  })
}

/** The secret stands in the address: it goes nowhere else. */
function secretly(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
}
