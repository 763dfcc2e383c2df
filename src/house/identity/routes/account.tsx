import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { readFileForm } from '../../../platform/http/file-form.ts'
import { LARGEST_FILE } from '../../../platform/images/redraw.ts'
import { sendBlob } from '../../../platform/http/send-blob.ts'
import { isLanguage } from '../../../platform/language/languages.ts'
import { readFields } from '../../../platform/refusals.ts'
import { readEmail, readLogin, readName, type Account } from '../accounts.ts'
import { ADDRESS_CHANGE } from '../address-change.ts'
import { Confirm } from '../pages/confirm.tsx'
import { SecurityLogPage } from '../pages/security-log.tsx'
import { OwnData } from '../pages/own-data.tsx'
import { Profile, type ShownPerson } from '../pages/profile.tsx'
import { refuse } from '../refusals.ts'
import { usageOf } from '../../../platform/offers/usage.ts'
import { archiveOf } from '../account-closure.ts'
import type { IdentityContext } from '../context.ts'
import { securityOverviewOf } from '../security-settings.ts'
import { ownAccount } from './me-api.ts'
import { nextOf } from './signing-in.tsx'
import { browserOf, recentSessionIn, sessionIn, showLeading } from './visitor.ts'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** Every page has a French and an English path; both use the reader's language. */
const PLACES = {
  profile: ['/compte', '/account'],
  data: ['/compte/donnees', '/account/data'],
  journal: ['/compte/journal', '/account/log'],
}

/** The pages of the person's own account; they work without scripts. */
export function accountRoutes(app: App, context: IdentityContext): void {
  profileRoutes(app, context)
  dataRoutes(app, context)
  confirmRoutes(app, context)

  for (const path of PLACES.journal)
    app.get(path, async (request, reply) => {
      const { caller } = sessionIn(request)
      const lines = await context.securityLog.linesOf(caller.id)
      const names = await context.accounts.namesOf([
        ...new Set(lines.flatMap(({ actor, subject }) => [actor, subject].filter((one) => one !== null))),
      ])
      return reply.page(<SecurityLogPage lines={lines} names={names} />)
    })
}

function profileRoutes(app: App, context: IdentityContext): void {
  const { accounts, tickets, emails, pictures, securityLog, db } = context
  const Form = Type.Object({ name: Text(5000), login: Text(100), email: Text(300), language: Text(10) })
  const show = async (reply: FastifyReply, account: Account, done?: 'kept' | 'sent' | 'removed') =>
    reply.page(<Profile {...await shownOf(context, account)} done={done} />)

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
        return show(reply, await ownAccount(context, request), request.query.done)
      },
    )

  app.post('/compte', { schema: { body: Form } }, async (request, reply) => {
    const account = await ownAccount(context, request)
    const { name, login, email = '', language } = request.body
    const work = async () => {
      const isNewAddress = email.trim() !== '' && email.trim() !== account.email
      const { address } = readFields({
        name: () => name !== undefined && readName(name),
        login: () => login !== undefined && login.trim() !== account.login && readLogin(login),
        address: () => (isNewAddress ? readEmail(email) : undefined),
      })
      await db.transaction().execute(async (transaction) => {
        await accounts.rename(transaction, account, { name, login, language: isLanguage(language) ? language : null })
        if (login !== undefined && login !== account.login)
          await securityLog.write(transaction, {
            action: 'account.renamed',
            actor: account.id,
            subject: account.id,
            detail: { from: account.login, to: login },
          })
      })
      // The new address is stored once its owner confirms it.
      if (address)
        await emails.verifyAddress(db, account, address, await tickets.issue(ADDRESS_CHANGE, account.id, { address }))
      return `/compte?done=${address ? 'sent' : 'kept'}`
    }
    return reply.form(work, () => show(reply, account))
  })

  app.post('/compte/image', async (request, reply) => {
    const account = await ownAccount(context, request)
    const work = async () => {
      const form = await readFileForm(request, { largest: LARGEST_FILE })
      await pictures.setOfPerson(account.id, form.file('picture'))
      return '/compte?done=kept'
    }
    return reply.form(work, () => show(reply, account))
  })

  app.post('/compte/image/retrait', async (request, reply) => {
    const account = await ownAccount(context, request)
    await pictures.removeOfPerson(account.id)
    return reply.redirect('/compte?done=removed', 303)
  })
}

/** The data of the profile page. */
async function shownOf(context: IdentityContext, account: Account): Promise<ShownPerson> {
  const [granted, safety] = await Promise.all([context.roles.of(account.id), securityOverviewOf(context, account.id)])
  const memberUntil = granted.find(({ role }) => role === 'member')?.until ?? undefined
  return {
    account,
    picture: account.picture ? context.pictures.address(account.picture) : undefined,
    safety,
    memberUntil,
  }
}

function dataRoutes(app: App, context: IdentityContext): void {
  const { accountClosure, db, platform } = context

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
        const account = await ownAccount(context, request)
        return reply.page(
          <OwnData
            account={account}
            archive={await accountClosure.archive(account.id)}
            usage={await usageOf(platform.running, account.id, platform.log)}
            isMaking={request.query.making === '1'}
            done={request.query.done}
          />,
        )
      },
    )

  app.post('/compte/donnees/archive', async (request, reply) => {
    const { caller } = recentSessionIn(request)
    await platform.jobs.enqueue(db, 'identity.export', { account: caller.id }, { key: `identity.export/${caller.id}` })
    return reply.redirect('/compte/donnees?making=1', 303)
  })

  app.get('/compte/donnees/archive', async (request, reply) => {
    const { caller } = recentSessionIn(request)
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
      const { caller } = recentSessionIn(request)
      await accountClosure.close(await ownAccount(context, request), request.body.mode ?? 'delete', caller.id)
      return reply.redirect('/compte/donnees?done=closing', 303)
    },
  )

  app.post('/compte/donnees/maintien', async (request, reply) => {
    const { caller } = sessionIn(request)
    await accountClosure.keep(caller.id, caller.id)
    return reply.redirect('/compte/donnees?done=kept', 303)
  })
}

function confirmRoutes(app: App, context: IdentityContext): void {
  const { signIn, sessions } = context
  const show = async (reply: FastifyReply, account: Account, next: string) =>
    showLeading(reply, context, <Confirm safety={await securityOverviewOf(context, account.id)} next={next} />, next)

  app.get('/confirmer', { schema: { querystring: Type.Object({ next: Text(2000) }) } }, async (request, reply) => {
    return show(reply, await ownAccount(context, request), nextOf(request.query.next))
  })

  app.post(
    '/confirmer',
    { schema: { body: Type.Object({ next: Text(2000), password: Text(2000), code: Text(100) }) } },
    async (request, reply) => {
      const session = sessionIn(request)
      const account = await ownAccount(context, request)
      const { password, code } = request.body
      const next = nextOf(request.body.next)
      const work = async () => {
        if (!(await signIn.confirm(account, { password, code }, browserOf(request))))
          throw password === undefined ? refuse('code-wrong') : refuse('password-wrong').about('password')
        await sessions.grantSudo(session)
        return next
      }
      return reply.form(work, () => show(reply, account, next))
    },
  )
}
