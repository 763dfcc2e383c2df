import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import { Notice } from '../../../../platform/pages/notice.tsx'
import { words } from '../../words.ts'
import { flattenFields } from '../fields.ts'
import { asksJson } from './asked-json.ts'
import { languageOf } from './words-of-lstu.ts'

type Message = 'lstu.no-admin' | 'lstu.login-failed'

const Form = Type.Object({})

/** Lstu's admin and user passwords do not exist here; each of their routes says so. */
export function accountRoutes(app: App): void {
  app.post('/stats', { schema: { body: Form }, preValidation: flattenFields }, async (request, reply) =>
    refuse(request, reply, 'lstu.no-admin'),
  )
  app.get('/d/:slug', { schema: { params: Type.Object({ slug: Type.String() }) } }, async (request, reply) =>
    refuse(request, reply, 'lstu.no-admin'),
  )
  app.post('/login', { schema: { body: Form }, preValidation: flattenFields }, async (request, reply) =>
    refuse(request, reply, 'lstu.login-failed'),
  )

  app.get('/login', async ({ reader }, reply) => {
    const say = reader.say(words)
    return reply.page(
      <Notice title={say('lstu.login-title')} text={say('lstu.login-text')}>
        <p>
          <a class="button" href="/">
            {say('home.title')}
          </a>
        </p>
      </Notice>,
    )
  })

  app.get('/logout', async (request, reply) => {
    if (!asksJson(request)) return reply.redirect('/', 302)
    return reply
      .header('cache-control', 'no-store')
      .send({ success: true, msg: words.in(languageOf(request.headers['accept-language']))('lstu.logged-out') })
  })
}

function refuse(request: FastifyRequest, reply: FastifyReply, message: Message): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (!asksJson(request)) return reply.redirect('/login', 302)
  return reply.send({ success: false, msg: words.in(languageOf(request.headers['accept-language']))(message) })
}
