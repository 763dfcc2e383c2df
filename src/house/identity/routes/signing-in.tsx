import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { MFA_ROLES } from '../../../platform/access/roles.ts'
import { localPath } from '../../../platform/http/local-path.ts'
import { tooBusy } from '../../../platform/http/refusal-of.ts'
import { endedSessionCookie } from '../../../platform/http/session-cookie.ts'
import { Notice } from '../../../platform/pages/notice.tsx'
import { Login } from '../pages/login.tsx'
import { formActionsOf } from '../openid/openid.ts'
import { Logout } from '../pages/logout.tsx'
import { SignedOut } from '../pages/openid.tsx'
import { SecondFactor } from '../pages/second-factor.tsx'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import type { SignedIn } from '../sign-in.ts'
import { browserOf, pendingMfaOf, keepPendingMfa, keepSession, sessionIn, showLeading } from './visitor.ts'

const Next = Type.Optional(Type.String({ maxLength: 2000 }))

const LoginForm = Type.Object({
  username: Type.Optional(Type.String({ maxLength: 300 })),
  password: Type.Optional(Type.String({ maxLength: 2000 })),
  next: Next,
})

/** An authentication response of the browser; the WebAuthn library validates its contents. */
export const PasskeyAnswer = Type.Object({
  ticket: Type.String({ maxLength: 100 }),
  response: Type.Unsafe<AuthenticationResponseJSON>(
    Type.Object({ id: Type.String(), rawId: Type.String(), type: Type.String(), response: Type.Object({}) }),
  ),
})

/** Signing in and out, and the single sign-on to the other hosts. */
export function signingInRoutes(app: App, context: IdentityContext): void {
  const { signIn, passkeys, sessions, signingOut, db, securityLog } = context
  const { addresses } = context.platform

  app.get('/', async (request, reply) => reply.redirect(request.session ? '/compte' : '/login', 302))

  // The default page after signing in.
  app.get('/portail', async (_, reply) => reply.redirect(addresses.portal('/_sso?next=/'), 302))

  app.get(
    '/login',
    { config: { wantsToken: true }, schema: { querystring: Type.Object({ next: Next }) } },
    async (request, reply) => {
      const next = nextOf(request.query.next)
      if (request.session) return reply.redirect(next, 302)
      return showLeading(reply, context, <Login next={next} />, next)
    },
  )

  // The body is not parsed yet: a rejected request must cost almost nothing under load.
  const sendAway = async ({ session, reader }: FastifyRequest, reply: FastifyReply) => {
    if (!signIn.isBusy || session) return
    const refusal = tooBusy()
    const { title, detail } = refusal.in(reader.language)
    reply.header('retry-after', String(refusal.retryAfter))
    return reply.keptPage({ name: 'busy', node: <Notice title={title} text={detail} /> }, refusal.status)
  }

  app.post(
    '/login',
    { config: { wantsToken: true }, schema: { body: LoginForm }, onRequest: sendAway },
    async (request, reply) => {
      const { username = '', password = '' } = request.body
      const next = nextOf(request.body.next)
      const work = async () => {
        const outcome = await signIn.withPassword(username, password, browserOf(request), next)
        if (outcome.state === 'in') return goOn(reply, context, outcome.signedIn, next)
        keepPendingMfa(reply, outcome.ticket)
        return '/login/otp'
      }
      return reply.form(work, () => showLeading(reply, context, <Login next={next} />, next))
    },
  )

  app.get('/login/otp', { config: { wantsToken: true } }, async (request, reply) => {
    const { account, next } = await signIn.pendingMfa(pendingMfaOf(request))
    return showLeading(reply, context, <SecondFactor {...await factorsOf(context, account.id)} />, next)
  })

  app.post(
    '/login/otp',
    {
      config: { wantsToken: true },
      schema: { body: Type.Object({ code: Type.Optional(Type.String({ maxLength: 100 })) }) },
    },
    async (request, reply) => {
      const ticket = pendingMfaOf(request)
      const { account, next: to } = await signIn.pendingMfa(ticket)
      const work = async () => {
        const { signedIn, next } = await signIn.withCode(ticket, request.body.code ?? '', browserOf(request))
        return goOn(reply, context, signedIn, nextOf(next))
      }
      return reply.form(work, async () =>
        showLeading(reply, context, <SecondFactor {...await factorsOf(context, account.id)} />, to),
      )
    },
  )

  app.post('/login/passkey/options', { config: { wantsToken: true } }, async (request, reply) => {
    const ticket = pendingMfaOf(request)
    const half = ticket ? await signIn.pendingMfa(ticket).catch(() => undefined) : undefined
    return reply
      .header('cache-control', 'no-store')
      .send({ ...(await passkeys.beginShowing(half?.account.id)), isSecond: half !== undefined })
  })

  app.post(
    '/login/passkey',
    {
      config: { wantsToken: true },
      schema: {
        body: Type.Intersect([PasskeyAnswer, Type.Object({ next: Next, isSecond: Type.Optional(Type.Boolean()) })]),
      },
    },
    async (request, reply) => {
      const { ticket, response, isSecond } = request.body
      const { signedIn, next } = await signIn.withPasskey(
        ticket,
        response,
        browserOf(request),
        isSecond ? pendingMfaOf(request) : undefined,
      )
      keepSession(reply, signedIn)
      return reply.header('cache-control', 'no-store').send({ next: nextOf(next ?? request.body.next) })
    },
  )

  app.get('/logout', async (request, reply) =>
    request.session ? showLeading(reply, context, <Logout />) : reply.redirect(addresses.portal('/'), 302),
  )

  app.post('/logout', async (request, reply) => {
    const opened = request.session ? await signingOut.addressesToOpen(request.session.id) : []
    if (request.session) {
      const { id, caller } = request.session
      await db.transaction().execute(async (transaction) => {
        await sessions.end(transaction, caller.id, { only: id })
        await securityLog.write(transaction, {
          action: 'sign-out',
          actor: caller.id,
          subject: caller.id,
          address: request.ip,
        })
      })
    }
    reply.header('set-cookie', endedSessionCookie()).header('clear-site-data', '"cache"')
    if (opened.length > 0)
      return reply.page(<SignedOut opened={opened} />, 200, { frames: opened.flatMap(formActionsOf) })
    return reply.redirect(addresses.portal('/'), 303)
  })

  app.get(
    '/sso',
    {
      schema: {
        querystring: Type.Object({
          host: Type.String({ maxLength: 300 }),
          next: Type.String({ maxLength: 2000 }),
          state: Type.String({ pattern: '^[\\w-]{10,100}$' }),
        }),
      },
    },
    async (request, reply) => {
      const { host, state } = request.query
      const service = addresses.named(host)
      const next = localPath(request.query.next)
      if (!service || service === 'static' || addresses.host(service) !== host || next === undefined)
        throw refuse('foreign-host')
      reply.header('cache-control', 'no-store')
      if (!request.session) return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 302)
      const code = await sessions.issueSsoCode(sessionIn(request), { service, state })
      return reply.redirect(
        addresses.of(service, `/_sso?${new URLSearchParams({ code, state, next }).toString()}`),
        302,
      )
    },
  )
}

/** The page to return to: a local path; the portal when there is none. */
export function nextOf(text: string | undefined): string {
  return localPath(text ?? '') ?? '/portail'
}

/** Redirects after signing in: to the page that was asked for, or first to the setup of a required second factor. */
export async function goOn(
  reply: FastifyReply,
  { platform, roles }: IdentityContext,
  signedIn: SignedIn,
  next: string,
): Promise<FastifyReply> {
  keepSession(reply, signedIn)
  const isWanted = !platform.isRelaxed && (await roles.of(signedIn.account)).some(({ role }) => MFA_ROLES.has(role))
  const session = isWanted ? await platform.identity.sessionOf(signedIn.cookie, 'identity') : undefined
  return reply.redirect(session?.needsSecondFactor ? `/compte/securite?next=${encodeURIComponent(next)}` : next, 303)
}

async function factorsOf(
  { codes, passkeys }: IdentityContext,
  account: string,
): Promise<{ hasCodes: boolean; hasKeys: boolean }> {
  const [{ hasTotp }, keys] = await Promise.all([codes.state(account), passkeys.list(account)])
  return { hasCodes: hasTotp, hasKeys: keys.length > 0 }
}
