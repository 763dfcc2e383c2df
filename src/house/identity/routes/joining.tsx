import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { readFields } from '../../../platform/refusals.ts'
import { readEmail, readLogin, readName, type Account } from '../accounts.ts'
import { FIRST_ADDRESS } from '../first-administrator.ts'
import { AddressConfirmed, ForgottenPassword, RecoverySent } from '../pages/forgotten.tsx'
import { Invited } from '../pages/invited.tsx'
import { Recovering } from '../pages/recovering.tsx'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { ADDRESS_CHANGE } from '../address-change.ts'
import { goOn } from './signing-in.tsx'
import { browserOf, keepSession, showLeading } from './visitor.ts'

const Secret = Type.Object({ secret: Type.String({ maxLength: 100 }) })

const Joining = Type.Object({
  login: Type.Optional(Type.String({ maxLength: 100 })),
  name: Type.Optional(Type.String({ maxLength: 5000 })),
  email: Type.Optional(Type.String({ maxLength: 300 })),
  password: Type.Optional(Type.String({ maxLength: 2000 })),
})
type Joining = Type.Static<typeof Joining>

/** A registration response of the browser; the WebAuthn library validates its contents. */
export const NewPasskey = Type.Object({
  ticket: Type.String({ maxLength: 100 }),
  response: Type.Unsafe<RegistrationResponseJSON>(
    Type.Object({ id: Type.String(), rawId: Type.String(), type: Type.String(), response: Type.Object({}) }),
  ),
  label: Type.Optional(Type.String({ maxLength: 200 })),
})

const NO_REFERRER = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' }

/**
 * Pages for visitors without a session: an invitation, a recovery, a new e-mail address. The secrets are part of the
 * addresses.
 */
export function joiningRoutes(app: App, context: IdentityContext): void {
  const {
    invitations,
    organisationInvitations,
    recovery,
    accounts,
    passwords,
    passkeys,
    sessions,
    signIn,
    lockout,
    tickets,
    emails,
    securityLog,
    db,
    platform,
  } = context
  const { rates } = platform
  const token = { wantsToken: true }

  app.get('/invitation/:secret', { config: token, schema: { params: Secret } }, async (request, reply) => {
    const account = await invitations.open(request.params.secret)
    return showLeading(
      reply.headers(NO_REFERRER),
      context,
      <Invited account={account} secret={request.params.secret} />,
    )
  })

  app.post(
    '/invitation/:secret',
    { config: token, schema: { params: Secret, body: Joining } },
    async (request, reply) => {
      const { secret } = request.params
      const account = await invitations.open(secret)
      reply.headers(NO_REFERRER)
      const work = async () => {
        const { login, name, email, password = '' } = request.body
        const hash = await passwords.choose(account.id, password, [login, name, email])
        const signedIn = await db.transaction().execute(async (transaction) => {
          await invitations.accept(transaction, secret, account)
          await choose(context, transaction, account, request.body)
          await organisationInvitations.welcome(transaction, account.id)
          await passwords.take(transaction, account.id, hash)
          await securityLog.write(transaction, { action: 'password.set', actor: account.id, subject: account.id })
          return signIn.enter(account, 'pwd', browserOf(request), transaction)
        })
        return goOn(reply, context, signedIn, '/portail')
      }
      return reply.form(work, () => showLeading(reply, context, <Invited account={account} secret={secret} />))
    },
  )

  app.post(
    '/invitation/:secret/passkey/options',
    { config: token, schema: { params: Secret, body: Joining } },
    async (request, reply) => {
      const account = await invitations.open(request.params.secret)
      const { login = account.login, name = account.name } = request.body
      return reply.headers(NO_REFERRER).send(await passkeys.beginAdding({ ...account, login, name: name || login }))
    },
  )

  app.post(
    '/invitation/:secret/passkey',
    { config: token, schema: { params: Secret, body: Type.Intersect([Joining, NewPasskey]) } },
    async (request, reply) => {
      const { secret } = request.params
      const account = await invitations.open(secret)
      const { ticket, response, label = '' } = request.body
      const key = await passkeys.verify(account.id, ticket, response)
      const signedIn = await db.transaction().execute(async (transaction) => {
        await invitations.accept(transaction, secret, account)
        await choose(context, transaction, account, request.body)
        await organisationInvitations.welcome(transaction, account.id)
        await passkeys.add(transaction, account.id, key, label)
        await securityLog.write(transaction, { action: 'passkey.added', actor: account.id, subject: account.id })
        return signIn.enter(account, 'passkey', browserOf(request), transaction)
      })
      keepSession(reply, signedIn)
      return reply.headers(NO_REFERRER).send({ next: '/portail' })
    },
  )

  for (const path of ['/mot-de-passe-oublie', '/forgotten']) {
    app.get(path, { config: token }, async (_, reply) => reply.page(<ForgottenPassword />))
    app.post(
      path,
      { config: token, schema: { body: Type.Object({ username: Type.Optional(Type.String({ maxLength: 5000 })) }) } },
      async (request, reply) => {
        const work = async () => {
          const retryAfter = await rates.take('identity.recovery', request.ip, RECOVERY_RATES)
          if (retryAfter) throw refuse('too-many-failures', { retryAfter, minutes: Math.ceil(retryAfter / 60) })
          await recovery.ask(request.body.username ?? '', request.ip)
          return reply.page(<RecoverySent />)
        }
        return reply.form(work, () => reply.page(<ForgottenPassword />))
      },
    )
  }

  app.get('/recovery/:secret', { config: token, schema: { params: Secret } }, async (request, reply) => {
    const { secret } = request.params
    const opened = await recovery.open(secret)
    return showLeading(
      reply.headers(NO_REFERRER),
      context,
      <Recovering account={opened.account} kind={opened.kind} secret={secret} />,
    )
  })

  app.post(
    '/recovery/:secret',
    {
      config: token,
      schema: { params: Secret, body: Type.Object({ password: Type.Optional(Type.String({ maxLength: 2000 })) }) },
    },
    async (request, reply) => {
      const { secret } = request.params
      const opened = await recovery.open(secret)
      const { account } = opened
      reply.headers(NO_REFERRER)
      const work = async () => {
        const hash = await passwords.choose(account.id, request.body.password ?? '')
        await db.transaction().execute(async (transaction) => {
          await recovery.close(transaction, opened)
          await passwords.take(transaction, account.id, hash)
          await sessions.end(transaction, account.id, 'all')
          await emails.emailChange(transaction, account, 'password')
          await securityLog.write(transaction, {
            action: 'password.reset',
            actor: account.id,
            subject: account.id,
            address: request.ip,
          })
        })
        await lockout.unlock(account.id)
        // The person signs in with the new password, and the second factor if there is one: an e-mail alone lets no
        // visitor in.
        return '/login'
      }
      return reply.form(work, () =>
        showLeading(reply, context, <Recovering account={account} kind={opened.kind} secret={secret} />),
      )
    },
  )

  app.post('/recovery/:secret/cancellation', { config: token, schema: { params: Secret } }, async (request, reply) => {
    await recovery.cancel(request.params.secret)
    return reply.headers(NO_REFERRER).redirect('/login', 303)
  })

  app.get('/adresse/:secret', { config: token, schema: { params: Secret } }, async (request, reply) => {
    const change = await tickets.look(ADDRESS_CHANGE, request.params.secret)
    if (!change) throw refuse('code-expired')
    return reply
      .headers(NO_REFERRER)
      .page(<AddressConfirmed secret={request.params.secret} address={change.data.address} />)
  })

  app.post('/adresse/:secret', { config: token, schema: { params: Secret } }, async (request, reply) => {
    const change = await tickets.take(ADDRESS_CHANGE, request.params.secret)
    const account = change?.account ? await accounts.get(change.account) : undefined
    if (!change || !account) throw refuse('code-expired')
    await db.transaction().execute(async (transaction) => {
      // The former address is notified too, so that its owner can react.
      await emails.emailChange(transaction, account, 'address', change.data.address)
      await accounts.setEmail(transaction, account.id, change.data.address, true)
      await securityLog.write(transaction, { action: 'email.changed', actor: account.id, subject: account.id })
    })
    return reply.headers(NO_REFERRER).redirect('/compte', 303)
  })
}

/** Rate limit of recovery e-mails, by network. */
const RECOVERY_RATES = [
  { acts: 10, seconds: 3600 },
  { acts: 30, seconds: 24 * 3600 },
]

/** Stores what a new member chose. */
async function choose(
  { accounts }: IdentityContext,
  db: IdentityContext['db'],
  account: Account,
  { login, name, email }: Joining,
): Promise<void> {
  const isFirst = account.email === FIRST_ADDRESS
  readFields({
    email: () => isFirst && readEmail(email ?? ''),
    name: () => (name || login) && readName(name || login || ''),
    login: () => login !== undefined && login.trim() !== account.login && readLogin(login),
  })
  await accounts.rename(db, account, { login, name: name || login, language: undefined })
  if (isFirst) await accounts.setEmail(db, account.id, email ?? '', true)
}
