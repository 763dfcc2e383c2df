import type { FastifyRequest } from 'fastify'
import { toString as qrCode } from 'qrcode'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import type { Account } from '../accounts.ts'
import { agentName } from '../agents.ts'
import { APP_SCOPES, type AppScope } from '../proofs/app-passwords.ts'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { securityOverviewOf, SecuritySettings } from '../security-settings.ts'
import { isRecentlyAuthenticated } from '../sessions.ts'
import { NewPasskey } from './joining.tsx'
import { PasskeyAnswer } from './signing-in.tsx'
import { browserOf, recentSessionIn, sessionIn } from './visitor.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Code = Type.Object({ code: Type.String({ maxLength: 100 }) })
const published = { published: true }

/** Rate limit of the password strength check, by network. */
const STRENGTH_RATES = [{ acts: 120, seconds: 60 }]

/** The API of the signed-in account, for scripts of the pages and programs with a session. */
export function meRoutes(app: App, context: IdentityContext): void {
  const { organisations, codes, passkeys, appPasswords, sessions, signIn, securityLog, db, platform } = context
  const acts = new SecuritySettings(context)
  const accountOf = async (request: FastifyRequest) => ownAccount(context, request)

  app.get('/api/v1/me', { config: published, schema: { description: 'Who is signed in.' } }, async (request, reply) => {
    const session = sessionIn(request)
    const account = await accountOf(request)
    const [safety, own] = await Promise.all([
      securityOverviewOf(context, account.id),
      organisations.ofPerson(account.id),
    ])
    return reply.header('cache-control', 'no-store').send({
      sub: account.id,
      login: account.login,
      displayName: account.name,
      email: account.email,
      emailVerified: account.emailVerified,
      locale: account.language ?? request.reader.language,
      roles: session.caller.roles,
      organisations: own.map(({ id, name, role }) => ({ id, name, role })),
      mfa: { totp: safety.hasTotp, passkeys: safety.passkeys, recoveryCodesLeft: safety.recoveryCodesLeft },
      sudoUntil: session.sudoUntil && isRecentlyAuthenticated(session) ? session.sudoUntil.toString() : null,
    })
  })

  app.get('/api/v1/me/sessions', { config: published }, async (request, reply) => {
    const session = sessionIn(request)
    const lines = await sessions.list(session.caller.id)
    return reply.header('cache-control', 'no-store').send(
      lines.map(({ id, createdAt, lastSeenAt, network, agent, methods }) => ({
        id,
        current: id === session.id,
        createdAt: createdAt.toString(),
        lastSeenAt: lastSeenAt.toString(),
        ip: network,
        userAgent: agent,
        label: agentName(agent),
        method: methods.join('+'),
      })),
    )
  })

  app.delete('/api/v1/me/sessions', { config: published }, async (request, reply) => {
    const { id, caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await sessions.end(transaction, caller.id, { but: id })
      await securityLog.write(transaction, {
        action: 'session.revoked',
        actor: caller.id,
        subject: caller.id,
        address: request.ip,
      })
    })
    return reply.code(204).send()
  })

  app.delete('/api/v1/me/sessions/:id', { config: published, schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    const ended = await db.transaction().execute(async (transaction) => {
      await securityLog.write(transaction, {
        action: 'session.revoked',
        actor: caller.id,
        subject: caller.id,
        address: request.ip,
      })
      return sessions.end(transaction, caller.id, { only: request.params.id })
    })
    if (ended === 0) throw refuse('not-found')
    return reply.code(204).send()
  })

  app.get('/api/v1/me/app-passwords', { config: published }, async (request, reply) => {
    const lines = await appPasswords.list(sessionIn(request).caller.id)
    return reply.header('cache-control', 'no-store').send(
      lines.map(({ id, label, scopes, createdAt, lastUsedAt, lastNetwork }) => ({
        id,
        label,
        scopes,
        createdAt: createdAt.toString(),
        lastUsedAt: lastUsedAt?.toString() ?? null,
        lastIp: lastNetwork,
      })),
    )
  })

  app.post(
    '/api/v1/me/app-passwords',
    {
      config: published,
      schema: {
        body: Type.Object({
          label: Type.String({ minLength: 1, maxLength: 80 }),
          scopes: Type.Array(Type.String(), { minItems: 1, maxItems: 10 }),
        }),
      },
    },
    async (request, reply) => {
      const { caller } = recentSessionIn(request)
      const { label } = request.body
      const scopes = readAppScopes(request.body.scopes)
      const made = await db.transaction().execute(async (transaction) => {
        await securityLog.write(transaction, {
          action: 'app-password.made',
          actor: caller.id,
          subject: caller.id,
          detail: { label, scopes: scopes.join(',') },
        })
        return appPasswords.make(transaction, caller.id, label, scopes)
      })
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...made, label, scopes })
    },
  )

  app.delete('/api/v1/me/app-passwords/:id', { config: published, schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await appPasswords.revoke(transaction, caller.id, request.params.id)
      await securityLog.write(transaction, { action: 'app-password.revoked', actor: caller.id, subject: caller.id })
    })
    return reply.code(204).send()
  })

  app.post('/api/v1/me/totp', { config: published }, async (request, reply) => {
    recentSessionIn(request)
    const account = await accountOf(request)
    const { secret, uri } = await codes.begin(account.id, account.login)
    return reply
      .header('cache-control', 'no-store')
      .send({ secret, uri, qrSvg: await qrCode(uri, { type: 'svg', margin: 1 }) })
  })

  app.post('/api/v1/me/totp/confirm', { config: published, schema: { body: Code } }, async (request, reply) => {
    const session = recentSessionIn(request)
    const recoveryCodes = await acts.confirmTotp(session, await accountOf(request), request.body.code)
    return reply.header('cache-control', 'no-store').send({ recoveryCodes })
  })

  app.delete('/api/v1/me/totp', { config: published }, async (request, reply) => {
    await acts.removeTotp(recentSessionIn(request), await accountOf(request))
    return reply.code(204).send()
  })

  app.post('/api/v1/me/recovery-codes', { config: published }, async (request, reply) => {
    recentSessionIn(request)
    return reply
      .header('cache-control', 'no-store')
      .send({ recoveryCodes: await acts.renewRecoveryCodes(await accountOf(request)) })
  })

  app.post('/api/v1/me/passkeys/options', { config: published }, async (request, reply) => {
    recentSessionIn(request)
    return reply.header('cache-control', 'no-store').send(await passkeys.beginAdding(await accountOf(request)))
  })

  app.post(
    '/api/v1/me/passkeys/verify',
    { config: published, schema: { body: NewPasskey } },
    async (request, reply) => {
      const session = recentSessionIn(request)
      return reply.code(201).send({ id: await acts.addPasskey(session, await accountOf(request), request.body) })
    },
  )

  app.get('/api/v1/me/passkeys', { config: published }, async (request, reply) => {
    const lines = await passkeys.list(sessionIn(request).caller.id)
    return reply.header('cache-control', 'no-store').send(
      lines.map(({ createdAt, lastUsedOn, ...line }) => ({
        ...line,
        createdAt: createdAt.toString(),
        lastUsedOn: lastUsedOn?.toString() ?? null,
      })),
    )
  })

  app.patch(
    '/api/v1/me/passkeys/:id',
    { config: published, schema: { params: Id, body: Type.Object({ label: Type.String({ maxLength: 80 }) }) } },
    async (request, reply) => {
      await passkeys.rename(sessionIn(request).caller.id, request.params.id, request.body.label)
      return reply.code(204).send()
    },
  )

  app.delete('/api/v1/me/passkeys/:id', { config: published, schema: { params: Id } }, async (request, reply) => {
    await acts.removePasskey(recentSessionIn(request), await accountOf(request), request.params.id)
    return reply.code(204).send()
  })

  app.post(
    '/api/v1/me/password',
    {
      config: published,
      schema: {
        body: Type.Object({
          current: Type.Optional(Type.String({ maxLength: 2000 })),
          new: Type.String({ maxLength: 2000 }),
        }),
      },
    },
    async (request, reply) => {
      await acts.changePassword(sessionIn(request), await accountOf(request), request.body.current, request.body.new)
      return reply.code(204).send()
    },
  )

  app.post('/api/v1/me/export', { config: published }, async (request, reply) => {
    const { caller } = recentSessionIn(request)
    await platform.jobs.enqueue(db, 'identity.export', { account: caller.id }, { key: `identity.export/${caller.id}` })
    return reply.code(202).send({ job: `identity.export/${caller.id}` })
  })

  app.post(
    '/api/v1/me/delete',
    {
      config: published,
      schema: {
        body: Type.Object({ mode: Type.Optional(Type.Union([Type.Literal('delete'), Type.Literal('anonymise')])) }),
      },
    },
    async (request, reply) => {
      const { caller } = recentSessionIn(request)
      const day = await context.accountClosure.close(await accountOf(request), request.body.mode ?? 'delete', caller.id)
      return reply.code(202).send({ erasedOn: day.toString() })
    },
  )

  app.post('/api/v1/sudo/options', { config: published }, async (request, reply) =>
    reply.header('cache-control', 'no-store').send(await passkeys.beginShowing(sessionIn(request).caller.id)),
  )

  app.post(
    '/api/v1/sudo',
    {
      config: published,
      schema: {
        body: Type.Object({
          password: Type.Optional(Type.String({ maxLength: 2000 })),
          code: Type.Optional(Type.String({ maxLength: 100 })),
          passkey: Type.Optional(PasskeyAnswer),
        }),
      },
    },
    async (request, reply) => {
      const session = sessionIn(request)
      const account = await accountOf(request)
      const { passkey, password, code } = request.body
      if (passkey) await passkeys.show(passkey.ticket, passkey.response, account.id)
      else if (!(await signIn.confirm(account, { password, code }, browserOf(request))))
        throw refuse(password === undefined ? 'code-wrong' : 'password-wrong')
      return reply
        .header('cache-control', 'no-store')
        .send({ sudoUntil: (await sessions.grantSudo(session)).toString() })
    },
  )

  app.post(
    '/api/v1/password-strength',
    { config: { wantsToken: true }, schema: { body: Type.Object({ password: Type.String({ maxLength: 300 }) }) } },
    async (request, reply) => {
      // Each check costs milliseconds of CPU time; a person who is choosing a password needs no more than this.
      const retryAfter = await platform.rates.take('identity.strength', request.ip, STRENGTH_RATES)
      if (retryAfter) throw refuse('too-many-failures', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
      return reply
        .header('cache-control', 'no-store')
        .send({ score: await context.passwords.score(request.body.password, []) })
    },
  )
}

/** The signed-in account. */
export async function ownAccount({ accounts }: IdentityContext, request: FastifyRequest): Promise<Account> {
  const account = await accounts.get(sessionIn(request).caller.id)
  if (!account) throw refuse('signed-out')
  return account
}

/** @throws Refusal `unknown-scope` */
export function readAppScopes(texts: readonly string[]): AppScope[] {
  const known = APP_SCOPES.join(', ')
  if (texts.length === 0) throw refuse('unknown-scope', { scope: '', known })
  return texts.map((text) => {
    const scope = APP_SCOPES.find((one) => one === text)
    if (!scope) throw refuse('unknown-scope', { scope: text.slice(0, 40), known })
    return scope
  })
}
