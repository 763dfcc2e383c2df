import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { readFields } from '../../../platform/refusals.ts'
import { readLabel } from '../labels.ts'
import { knownScopes } from '../scopes.ts'
import { Devices } from '../pages/devices.tsx'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { readAppScopes } from './me-api.ts'
import { recentSessionIn, sessionIn } from './visitor.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Scopes = Type.Optional(
  Type.Union([Type.String({ maxLength: 60 }), Type.Array(Type.String({ maxLength: 60 }), { maxItems: 100 })]),
)

/** The signed-in browsers, the app passwords and the tokens of an account. */
export function deviceRoutes(app: App, context: IdentityContext): void {
  const { sessions, appPasswords, tokens, securityLog, db, platform } = context
  const scopes = knownScopes(platform.services.filter(({ area }) => area !== 'house').map(({ name }) => name))

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { secret?: { label: string; value: string }; done?: 'revoked' | undefined } = {},
  ): Promise<FastifyReply> {
    const { id, caller } = sessionIn(request)
    const [lines, passwords, keys] = await Promise.all([
      sessions.list(caller.id),
      appPasswords.list(caller.id),
      tokens.list(caller.id),
    ])
    return reply.page(
      <Devices sessions={lines} current={id} appPasswords={passwords} tokens={keys} scopes={[...scopes]} {...more} />,
    )
  }

  function readScopes(wanted: string[]): string[] {
    const unknownScope = wanted.find((scope) => !scopes.has(scope))
    if (unknownScope !== undefined || wanted.length === 0)
      throw refuse('unknown-scope', { scope: unknownScope ?? '', known: [...scopes].join(', ') })
    return wanted
  }

  for (const path of ['/compte/appareils', '/account/devices'])
    app.get(
      path,
      { schema: { querystring: Type.Object({ done: Type.Optional(Type.Literal('revoked')) }) } },
      async (request, reply) => show(request, reply, { done: request.query.done }),
    )

  app.post('/compte/appareils/fermeture', async (request, reply) => {
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
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post('/compte/appareils/:id/fermeture', { schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await sessions.end(transaction, caller.id, { only: request.params.id })
      await securityLog.write(transaction, {
        action: 'session.revoked',
        actor: caller.id,
        subject: caller.id,
        address: request.ip,
      })
    })
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post(
    '/compte/appareils/mots-de-passe',
    { schema: { body: Type.Object({ label: Text(5000), scopes: Scopes }) } },
    async (request, reply) => {
      const { caller } = recentSessionIn(request)
      const work = async () => {
        const { label, scopes: wanted } = readFields({
          label: () => readNamed(request.body.label),
          scopes: () => readAppScopes([request.body.scopes ?? []].flat()),
        })
        const { secret } = await db.transaction().execute(async (transaction) => {
          await securityLog.write(transaction, {
            action: 'app-password.made',
            actor: caller.id,
            subject: caller.id,
            detail: { label, scopes: wanted.join(',') },
          })
          return appPasswords.make(transaction, caller.id, label, wanted)
        })
        return show(request, reply, { secret: { label, value: secret } })
      }
      return reply.form(work, () => show(request, reply))
    },
  )

  app.post('/compte/appareils/mots-de-passe/:id/fin', { schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await appPasswords.revoke(transaction, caller.id, request.params.id)
      await securityLog.write(transaction, { action: 'app-password.revoked', actor: caller.id, subject: caller.id })
    })
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post(
    '/compte/appareils/cles',
    {
      schema: {
        body: Type.Object({
          label: Text(5000),
          scopes: Scopes,
          days: Type.Optional(
            Type.Union([Type.Literal('30'), Type.Literal('90'), Type.Literal('365'), Type.Literal('')]),
          ),
        }),
      },
    },
    async (request, reply) => {
      const { caller } = recentSessionIn(request)
      const { days } = request.body
      const work = async () => {
        const { label, scopes: wanted } = readFields({
          label: () => readNamed(request.body.label),
          scopes: () => readScopes([request.body.scopes ?? []].flat()),
        })
        const expiresAt = days ? Temporal.Now.instant().add({ hours: Number(days) * 24 }) : undefined
        const value = await db.transaction().execute(async (transaction) => {
          await securityLog.write(transaction, {
            action: 'token.made',
            actor: caller.id,
            subject: caller.id,
            detail: { label, scopes: wanted.join(',') },
          })
          return tokens.add(transaction, caller.id, { scopes: wanted, label, expiresAt })
        })
        return show(request, reply, { secret: { label, value } })
      }
      return reply.form(work, () => show(request, reply))
    },
  )

  app.post(
    '/compte/appareils/cles/:id/fin',
    { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }) } },
    async (request, reply) => {
      const { caller } = sessionIn(request)
      await db.transaction().execute(async (transaction) => {
        if (!(await tokens.revoke(transaction, request.params.id, caller.id))) throw refuse('not-found')
        await securityLog.write(transaction, { action: 'token.revoked', actor: caller.id, subject: caller.id })
      })
      return reply.redirect('/compte/appareils?done=revoked', 303)
    },
  )
}

/** Reads the required label of a new secret, which identifies it later. */
function readNamed(text = ''): string {
  const label = readLabel(text)
  if (label === '') throw refuse('label-missing')
  return label
}
