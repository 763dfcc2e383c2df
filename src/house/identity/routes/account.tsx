import type { FastifyReply, FastifyRequest } from 'fastify'
import { toDataURL } from 'qrcode'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { refusalOf } from '../../../platform/http/refusal-of.ts'
import { isLanguage } from '../../../platform/language/languages.ts'
import type { Refusal } from '../../../platform/refusals.ts'
import { readEmail } from '../accounts.ts'
import { ADDRESS_CHANGE } from '../address-change.ts'
import { knownScopes } from '../scopes.ts'
import { Confirm } from '../pages/confirm.tsx'
import { Devices } from '../pages/devices.tsx'
import { Journal } from '../pages/journal.tsx'
import { OwnData } from '../pages/own-data.tsx'
import { Profile } from '../pages/profile.tsx'
import { SafetyPage } from '../pages/safety.tsx'
import { refuse } from '../refusals.ts'
import type { Rooms } from '../rooms.ts'
import { safetyOf, SafetyActs } from '../safety.ts'
import { hasJustProved } from '../sessions.ts'
import { ownAccount, readAppScopes } from './me-api.ts'
import { nextOf } from './signing-in.tsx'
import { browserOf, provedSessionIn, sessionIn, showLeading } from './visitor.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Scopes = Type.Optional(Type.Union([Type.String({ maxLength: 60 }), Type.Array(Type.String({ maxLength: 60 }), { maxItems: 100 })]))

/** Pages answer in French and in English addresses; both speak the reader's language. */
const PLACES = {
  profile: ['/compte', '/account'],
  safety: ['/compte/securite', '/account/security'],
  devices: ['/compte/appareils', '/account/devices'],
  data: ['/compte/donnees', '/account/data'],
  journal: ['/compte/journal', '/account/log'],
}

/** The rooms of one's own account, as pages that work without a script. */
export function accountRoutes(app: App, rooms: Rooms): void {
  profileRoutes(app, rooms)
  safetyRoutes(app, rooms)
  deviceRoutes(app, rooms)
  dataRoutes(app, rooms)
  confirmRoutes(app, rooms)

  for (const path of PLACES.journal)
    app.get(path, async (request, reply) => {
      const { caller } = sessionIn(request)
      const lines = await rooms.audit.linesOf(caller.id)
      const names = await rooms.accounts.namesOf([...new Set(lines.flatMap(({ actor, subject }) => [actor, subject].filter((one) => one !== null)))])
      return reply.page(<Journal lines={lines} names={names} />)
    })
}

function profileRoutes(app: App, rooms: Rooms): void {
  const { accounts, tickets, letters, audit, db } = rooms
  const Form = Type.Object({ name: Text(300), login: Text(100), email: Text(300), language: Text(10) })

  for (const path of PLACES.profile)
    app.get(
      path,
      { schema: { querystring: Type.Object({ done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('sent')])) }) } },
      async (request, reply) => {
        const account = await ownAccount(rooms, request)
        return reply.page(<Profile account={account} safety={await safetyOf(rooms, account.id)} done={request.query.done} />)
      },
    )

  app.post('/compte', { schema: { body: Form } }, async (request, reply) => {
    const account = await ownAccount(rooms, request)
    const { name, login, email = '', language } = request.body
    try {
      const isNewAddress = email.trim() !== '' && email.trim() !== account.email
      const address = isNewAddress ? readEmail(email) : undefined
      await db.transaction().execute(async (transaction) => {
        await accounts.rename(transaction, account, { name, login, language: isLanguage(language) ? language : null })
        if (login !== undefined && login !== account.login)
          await audit.write(transaction, { action: 'account.renamed', actor: account.id, subject: account.id, detail: { from: account.login, to: login } })
      })
      // The new address is taken when its reader has said yes.
      if (address) await letters.verifyAddress(db, account, address, await tickets.issue(ADDRESS_CHANGE, account.id, { address }))
      return await reply.redirect(`/compte?done=${address ? 'sent' : 'kept'}`, 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return reply.page(<Profile account={account} safety={await safetyOf(rooms, account.id)} written={request.body} refusal={refusal} />, refusal.status)
    }
  })
}

function safetyRoutes(app: App, rooms: Rooms): void {
  const { codes, passkeys } = rooms
  const acts = new SafetyActs(rooms)
  const Query = Type.Object({ next: Text(2000), done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('removed')])) })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { recoveryCodes?: string[]; refusal?: Refusal; done?: 'kept' | 'removed' | undefined; next?: string } = {},
  ): Promise<FastifyReply> {
    const session = sessionIn(request)
    const account = await ownAccount(rooms, request)
    const [safety, keys, begun] = await Promise.all([safetyOf(rooms, account.id), passkeys.list(account.id), codes.begun(account.id, account.login)])
    const isProved = hasJustProved(session)
    const setup = begun && isProved ? { ...begun, picture: await toDataURL(begun.uri, { margin: 1 }) } : undefined
    const isWanted = session.needsSecondFactor && !more.recoveryCodes
    return reply.page(
      <SafetyPage safety={safety} keys={keys} setup={setup} isProved={isProved} isWanted={isWanted} {...more} next={more.next ?? ''} />,
      more.refusal?.status ?? 200,
    )
  }

  for (const path of PLACES.safety)
    app.get(path, { schema: { querystring: Query } }, async (request, reply) =>
      show(request, reply, { done: request.query.done, next: request.query.next ? nextOf(request.query.next) : '' }),
    )

  app.post('/compte/securite/codes', async (request, reply) => {
    provedSessionIn(request)
    const account = await ownAccount(rooms, request)
    await codes.begin(account.id, account.login)
    return reply.redirect('/compte/securite#codes', 303)
  })

  app.post('/compte/securite/codes/confirmation', { schema: { body: Type.Object({ code: Text(100) }) } }, async (request, reply) => {
    const session = provedSessionIn(request)
    try {
      const recoveryCodes = await acts.confirmTotp(session, await ownAccount(rooms, request), request.body.code ?? '')
      return await show(request, reply, { recoveryCodes, next: '/portail' })
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return show(request, reply, { refusal })
    }
  })

  app.post('/compte/securite/codes/suppression', async (request, reply) => {
    await acts.removeTotp(provedSessionIn(request), await ownAccount(rooms, request))
    return reply.redirect('/compte/securite?done=removed', 303)
  })

  app.post('/compte/securite/codes-de-secours', async (request, reply) => {
    provedSessionIn(request)
    return show(request, reply, { recoveryCodes: await acts.renewRecoveryCodes(await ownAccount(rooms, request)) })
  })

  app.post('/compte/securite/cles/:id/suppression', { schema: { params: Id } }, async (request, reply) => {
    const session = provedSessionIn(request)
    try {
      await acts.removePasskey(session, await ownAccount(rooms, request), request.params.id)
      return await reply.redirect('/compte/securite?done=removed', 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return show(request, reply, { refusal })
    }
  })

  app.post('/compte/securite/mot-de-passe', { schema: { body: Type.Object({ current: Text(2000), password: Text(2000) }) } }, async (request, reply) => {
    const session = sessionIn(request)
    try {
      await acts.changePassword(session, await ownAccount(rooms, request), request.body.current, request.body.password ?? '')
      return await reply.redirect('/compte/securite?done=kept', 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return show(request, reply, { refusal })
    }
  })
}

function deviceRoutes(app: App, rooms: Rooms): void {
  const { sessions, appPasswords, tokens, audit, db, platform } = rooms
  const scopes = knownScopes(platform.services.filter(({ room }) => room !== 'house').map(({ name }) => name))

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: { secret?: { label: string; value: string }; done?: 'revoked' | undefined; refusal?: Refusal } = {},
  ): Promise<FastifyReply> {
    const { id, caller } = sessionIn(request)
    const [lines, passwords, keys] = await Promise.all([sessions.list(caller.id), appPasswords.list(caller.id), tokens.list(caller.id)])
    return reply.page(
      <Devices sessions={lines} current={id} appPasswords={passwords} tokens={keys} scopes={[...scopes]} {...more} />,
      more.refusal?.status ?? 200,
    )
  }

  for (const path of PLACES.devices)
    app.get(path, { schema: { querystring: Type.Object({ done: Type.Optional(Type.Literal('revoked')) }) } }, async (request, reply) =>
      show(request, reply, { done: request.query.done }),
    )

  app.post('/compte/appareils/fermeture', async (request, reply) => {
    const { id, caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await sessions.end(transaction, caller.id, { but: id })
      await audit.write(transaction, { action: 'session.revoked', actor: caller.id, subject: caller.id, address: request.ip })
    })
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post('/compte/appareils/:id/fermeture', { schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await sessions.end(transaction, caller.id, { only: request.params.id })
      await audit.write(transaction, { action: 'session.revoked', actor: caller.id, subject: caller.id, address: request.ip })
    })
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post('/compte/appareils/mots-de-passe', { schema: { body: Type.Object({ label: Text(200), scopes: Scopes }) } }, async (request, reply) => {
    const { caller } = provedSessionIn(request)
    const label = (request.body.label ?? '').trim()
    try {
      if (label === '') throw refuse('label-missing')
      const wanted = readAppScopes([request.body.scopes ?? []].flat())
      if (wanted.length === 0) throw refuse('scope-unknown', { scope: '', known: '' })
      const { secret } = await db.transaction().execute(async (transaction) => {
        await audit.write(transaction, { action: 'app-password.made', actor: caller.id, subject: caller.id, detail: { label, scopes: wanted.join(',') } })
        return appPasswords.make(transaction, caller.id, label, wanted)
      })
      return await show(request, reply, { secret: { label, value: secret } })
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return show(request, reply, { refusal })
    }
  })

  app.post('/compte/appareils/mots-de-passe/:id/fin', { schema: { params: Id } }, async (request, reply) => {
    const { caller } = sessionIn(request)
    await db.transaction().execute(async (transaction) => {
      await appPasswords.revoke(transaction, caller.id, request.params.id)
      await audit.write(transaction, { action: 'app-password.revoked', actor: caller.id, subject: caller.id })
    })
    return reply.redirect('/compte/appareils?done=revoked', 303)
  })

  app.post(
    '/compte/appareils/cles',
    {
      schema: {
        body: Type.Object({
          label: Text(200),
          scopes: Scopes,
          days: Type.Optional(Type.Union([Type.Literal('30'), Type.Literal('90'), Type.Literal('365'), Type.Literal('')])),
        }),
      },
    },
    async (request, reply) => {
      const { caller } = provedSessionIn(request)
      const label = (request.body.label ?? '').trim()
      const wanted = [request.body.scopes ?? []].flat()
      const { days } = request.body
      try {
        if (label === '') throw refuse('label-missing')
        const stranger = wanted.find((scope) => !scopes.has(scope))
        if (stranger !== undefined || wanted.length === 0) throw refuse('scope-unknown', { scope: stranger ?? '', known: [...scopes].join(', ') })
        const expiresAt = days ? Temporal.Now.instant().add({ hours: Number(days) * 24 }) : undefined
        const value = await db.transaction().execute(async (transaction) => {
          await audit.write(transaction, { action: 'token.made', actor: caller.id, subject: caller.id, detail: { label, scopes: wanted.join(',') } })
          return tokens.add(transaction, caller.id, { scopes: wanted, label, expiresAt })
        })
        return await show(request, reply, { secret: { label, value } })
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        return show(request, reply, { refusal })
      }
    },
  )

  app.post(
    '/compte/appareils/cles/:id/fin',
    { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }) } },
    async (request, reply) => {
      const { caller } = sessionIn(request)
      await db.transaction().execute(async (transaction) => {
        if (!(await tokens.revoke(transaction, request.params.id, caller.id))) throw refuse('not-found')
        await audit.write(transaction, { action: 'token.revoked', actor: caller.id, subject: caller.id })
      })
      return reply.redirect('/compte/appareils?done=revoked', 303)
    },
  )
}

function dataRoutes(app: App, rooms: Rooms): void {
  const { leaving, db, platform } = rooms

  for (const path of PLACES.data)
    app.get(
      path,
      {
        schema: {
          querystring: Type.Object({
            done: Type.Optional(Type.Union([Type.Literal('closing'), Type.Literal('kept')])),
            making: Type.Optional(Type.Literal('1')),
          }),
        },
      },
      async (request, reply) => {
        const account = await ownAccount(rooms, request)
        return reply.page(
          <OwnData account={account} archive={await leaving.archive(account.id)} isMaking={request.query.making === '1'} done={request.query.done} />,
        )
      },
    )

  app.post('/compte/donnees/archive', async (request, reply) => {
    const { caller } = provedSessionIn(request)
    await platform.jobs.enqueue(db, 'identity.export', { account: caller.id }, { key: `identity.export/${caller.id}` })
    return reply.redirect('/compte/donnees?making=1', 303)
  })

  app.get('/compte/donnees/archive', async (request, reply) => {
    const { caller } = provedSessionIn(request)
    if (!(await leaving.archive(caller.id))) throw refuse('not-found')
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="bagad-${caller.login.replaceAll(/[^\w.-]/g, '')}.zip"`)
      .type('application/zip')
      .send(await leaving.readArchive(caller.id))
  })

  app.post(
    '/compte/donnees/depart',
    { schema: { body: Type.Object({ mode: Type.Optional(Type.Union([Type.Literal('delete'), Type.Literal('anonymise')])) }) } },
    async (request, reply) => {
      const { caller } = provedSessionIn(request)
      await leaving.close(await ownAccount(rooms, request), request.body.mode ?? 'delete', caller.id)
      return reply.redirect('/compte/donnees?done=closing', 303)
    },
  )

  app.post('/compte/donnees/maintien', async (request, reply) => {
    const { caller } = sessionIn(request)
    await leaving.keep(caller.id, caller.id)
    return reply.redirect('/compte/donnees?done=kept', 303)
  })
}

function confirmRoutes(app: App, rooms: Rooms): void {
  const { signIn, sessions } = rooms

  app.get('/confirmer', { schema: { querystring: Type.Object({ next: Text(2000) }) } }, async (request, reply) => {
    const account = await ownAccount(rooms, request)
    const next = nextOf(request.query.next)
    return showLeading(reply, rooms, <Confirm safety={await safetyOf(rooms, account.id)} next={next} />, { next })
  })

  app.post('/confirmer', { schema: { body: Type.Object({ next: Text(2000), password: Text(2000), code: Text(100) }) } }, async (request, reply) => {
    const session = sessionIn(request)
    const account = await ownAccount(rooms, request)
    const { password, code } = request.body
    const next = nextOf(request.body.next)
    try {
      if (!(await signIn.confirm(account, { password, code }, browserOf(request)))) throw refuse(password === undefined ? 'code-wrong' : 'password-wrong')
      await sessions.grantSudo(session)
      return await reply.redirect(next, 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      if (refusal.retryAfter) reply.header('retry-after', String(refusal.retryAfter))
      return showLeading(reply, rooms, <Confirm safety={await safetyOf(rooms, account.id)} next={next} refusal={refusal} />, { status: refusal.status, next })
    }
  })
}
