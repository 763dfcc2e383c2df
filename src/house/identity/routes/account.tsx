import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { refusalOf } from '../../../platform/http/refusal-of.ts'
import { sendBlob } from '../../../platform/http/send-blob.ts'
import { isLanguage } from '../../../platform/language/languages.ts'
import { readEmail, type Account } from '../accounts.ts'
import { ADDRESS_CHANGE } from '../address-change.ts'
import { Confirm } from '../pages/confirm.tsx'
import { Journal } from '../pages/journal.tsx'
import { OwnData } from '../pages/own-data.tsx'
import { Profile, type ShownPerson } from '../pages/profile.tsx'
import { refuse } from '../refusals.ts'
import type { Rooms } from '../rooms.ts'
import { safetyOf } from '../safety.ts'
import { archiveOf } from '../leaving.ts'
import { ownAccount } from './me-api.ts'
import { pictureIn } from './pictures.ts'
import { nextOf } from './signing-in.tsx'
import { browserOf, provedSessionIn, sessionIn, showLeading } from './visitor.ts'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** Pages answer in French and in English addresses; both speak the reader's language. */
const PLACES = {
  profile: ['/compte', '/account'],
  data: ['/compte/donnees', '/account/data'],
  journal: ['/compte/journal', '/account/log'],
}

/** The rooms of one's own account, as pages that work without a script. */
export function accountRoutes(app: App, rooms: Rooms): void {
  profileRoutes(app, rooms)
  dataRoutes(app, rooms)
  confirmRoutes(app, rooms)

  for (const path of PLACES.journal)
    app.get(path, async (request, reply) => {
      const { caller } = sessionIn(request)
      const lines = await rooms.audit.linesOf(caller.id)
      const names = await rooms.accounts.namesOf([
        ...new Set(lines.flatMap(({ actor, subject }) => [actor, subject].filter((one) => one !== null))),
      ])
      return reply.page(<Journal lines={lines} names={names} />)
    })
}

function profileRoutes(app: App, rooms: Rooms): void {
  const { accounts, tickets, letters, pictures, audit, db } = rooms
  const Form = Type.Object({ name: Text(300), login: Text(100), email: Text(300), language: Text(10) })

  for (const path of PLACES.profile)
    app.get(
      path,
      {
        schema: {
          querystring: Type.Object({
            done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('sent'), Type.Literal('removed')])),
          }),
        },
      },
      async (request, reply) => {
        const account = await ownAccount(rooms, request)
        return reply.page(<Profile {...await shownOf(rooms, account)} done={request.query.done} />)
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
          await audit.write(transaction, {
            action: 'account.renamed',
            actor: account.id,
            subject: account.id,
            detail: { from: account.login, to: login },
          })
      })
      // The new address is taken when its reader has said yes.
      if (address)
        await letters.verifyAddress(db, account, address, await tickets.issue(ADDRESS_CHANGE, account.id, { address }))
      return await reply.redirect(`/compte?done=${address ? 'sent' : 'kept'}`, 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return reply.page(
        <Profile {...await shownOf(rooms, account)} written={request.body} refusal={refusal} />,
        refusal.status,
      )
    }
  })

  app.post('/compte/image', async (request, reply) => {
    const account = await ownAccount(rooms, request)
    try {
      await pictures.setOfPerson(account.id, await pictureIn(request))
      return await reply.redirect('/compte?done=kept', 303)
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return reply.page(<Profile {...await shownOf(rooms, account)} refusal={refusal} />, refusal.status)
    }
  })

  app.post('/compte/image/retrait', async (request, reply) => {
    const account = await ownAccount(rooms, request)
    await pictures.removeOfPerson(account.id)
    return reply.redirect('/compte?done=removed', 303)
  })
}

/** What the first room shows of an account. */
async function shownOf(rooms: Rooms, account: Account): Promise<ShownPerson> {
  const [granted, safety] = await Promise.all([rooms.roles.of(account.id), safetyOf(rooms, account.id)])
  const memberUntil = granted.find(({ role }) => role === 'member')?.until ?? undefined
  return {
    account,
    picture: account.picture ? rooms.pictures.address(account.picture) : undefined,
    safety,
    memberUntil,
  }
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
          <OwnData
            account={account}
            archive={await leaving.archive(account.id)}
            isMaking={request.query.making === '1'}
            done={request.query.done}
          />,
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
    reply.header('cache-control', 'no-store')
    return sendBlob(reply, platform.blobs, {
      key: archiveOf(caller.id),
      type: 'application/zip',
      name: `bagad-${caller.login}.zip`,
      isAttachment: true,
    })
  })

  app.post(
    '/compte/donnees/depart',
    {
      schema: {
        body: Type.Object({ mode: Type.Optional(Type.Union([Type.Literal('delete'), Type.Literal('anonymise')])) }),
      },
    },
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

  app.post(
    '/confirmer',
    { schema: { body: Type.Object({ next: Text(2000), password: Text(2000), code: Text(100) }) } },
    async (request, reply) => {
      const session = sessionIn(request)
      const account = await ownAccount(rooms, request)
      const { password, code } = request.body
      const next = nextOf(request.body.next)
      try {
        if (!(await signIn.confirm(account, { password, code }, browserOf(request))))
          throw refuse(password === undefined ? 'code-wrong' : 'password-wrong')
        await sessions.grantSudo(session)
        return await reply.redirect(next, 303)
      } catch (error) {
        const refusal = refusalOf(error)
        if (!refusal) throw error
        if (refusal.retryAfter) reply.header('retry-after', String(refusal.retryAfter))
        return showLeading(
          reply,
          rooms,
          <Confirm safety={await safetyOf(rooms, account.id)} next={next} refusal={refusal} />,
          { status: refusal.status, next },
        )
      }
    },
  )
}
