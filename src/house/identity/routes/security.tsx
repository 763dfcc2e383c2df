import type { FastifyReply, FastifyRequest } from 'fastify'
import { toDataURL } from 'qrcode'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { SecurityPage } from '../pages/security.tsx'
import type { IdentityContext } from '../context.ts'
import { securityOverviewOf, SecuritySettings } from '../security-settings.ts'
import { isRecentlyAuthenticated } from '../sessions.ts'
import { ownAccount } from './me-api.ts'
import { nextOf } from './signing-in.tsx'
import { recentSessionIn, sessionIn } from './visitor.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** The security settings of an account. */
export function securityRoutes(app: App, context: IdentityContext): void {
  const { codes, passkeys } = context
  const acts = new SecuritySettings(context)
  const Query = Type.Object({
    next: Text(2000),
    done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('removed')])),
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { recoveryCodes?: string[]; done?: 'kept' | 'removed' | undefined; next?: string } = {},
  ): Promise<FastifyReply> {
    const session = sessionIn(request)
    const account = await ownAccount(context, request)
    const [safety, keys, begun] = await Promise.all([
      securityOverviewOf(context, account.id),
      passkeys.list(account.id),
      codes.begun(account.id, account.login),
    ])
    const isProved = isRecentlyAuthenticated(session)
    const setup = begun && isProved ? { ...begun, picture: await toDataURL(begun.uri, { margin: 1 }) } : undefined
    const isWanted = session.needsSecondFactor && !more.recoveryCodes
    return reply.page(
      <SecurityPage
        safety={safety}
        keys={keys}
        setup={setup}
        isProved={isProved}
        isWanted={isWanted}
        {...more}
        next={more.next ?? ''}
      />,
    )
  }

  for (const path of ['/compte/securite', '/account/security'])
    app.get(path, { schema: { querystring: Query } }, async (request, reply) =>
      show(request, reply, { done: request.query.done, next: request.query.next ? nextOf(request.query.next) : '' }),
    )

  app.post('/compte/securite/codes', async (request, reply) => {
    recentSessionIn(request)
    const account = await ownAccount(context, request)
    await codes.begin(account.id, account.login)
    return reply.redirect('/compte/securite#codes', 303)
  })

  app.post(
    '/compte/securite/codes/confirmation',
    { schema: { body: Type.Object({ code: Text(100) }) } },
    async (request, reply) => {
      const session = recentSessionIn(request)
      const work = async () => {
        const recoveryCodes = await acts.confirmTotp(
          session,
          await ownAccount(context, request),
          request.body.code ?? '',
        )
        return show(request, reply, { recoveryCodes, next: '/portail' })
      }
      return reply.form(work, () => show(request, reply))
    },
  )

  app.post('/compte/securite/codes/suppression', async (request, reply) => {
    await acts.removeTotp(recentSessionIn(request), await ownAccount(context, request))
    return reply.redirect('/compte/securite?done=removed', 303)
  })

  app.post('/compte/securite/codes-de-secours', async (request, reply) => {
    recentSessionIn(request)
    return show(request, reply, { recoveryCodes: await acts.renewRecoveryCodes(await ownAccount(context, request)) })
  })

  app.post('/compte/securite/cles/:id/suppression', { schema: { params: Id } }, async (request, reply) => {
    const session = recentSessionIn(request)
    const work = async () => {
      await acts.removePasskey(session, await ownAccount(context, request), request.params.id)
      return '/compte/securite?done=removed'
    }
    return reply.form(work, () => show(request, reply))
  })

  app.post(
    '/compte/securite/mot-de-passe',
    { schema: { body: Type.Object({ current: Text(2000), password: Text(2000) }) } },
    async (request, reply) => {
      const session = sessionIn(request)
      const { current, password = '' } = request.body
      const work = async () => {
        await acts.changePassword(session, await ownAccount(context, request), current, password)
        return '/compte/securite?done=kept'
      }
      return reply.form(work, () => show(request, reply))
    },
  )
}
