import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { holds, type Caller } from '../../../platform/access/caller.ts'
import { isRole, ROLES, type Role } from '../../../platform/access/roles.ts'
import type { App } from '../../../platform/http/app.ts'
import { refuseFields } from '../../../platform/refusals.ts'
import { readLine } from '../../../platform/text/read.ts'
import type { Account } from '../accounts.ts'
import { AdminSecurityLog } from '../pages/admin-security-log.tsx'
import { Invitations } from '../pages/admin-invitations.tsx'
import { AdminOrganisation, AdminOrganisations } from '../pages/admin-organisations.tsx'
import type { AdminDone } from '../pages/admin-page.tsx'
import { People, Person } from '../pages/admin-people.tsx'
import { Recoveries } from '../pages/admin-recoveries.tsx'
import { mayVouch } from '../recovery.ts'
import { refuse } from '../refusals.ts'
import { mayAdminister, mayGrant } from '../roles.ts'
import type { IdentityContext } from '../context.ts'
import { securityOverviewOf } from '../security-settings.ts'
import { recentSessionIn, sessionIn } from './visitor.ts'

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Done = Type.Object({
  done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('sent'), Type.Literal('removed')])),
})
const RoleName = Type.Union(ROLES.map((role) => Type.Literal(role)))
const OrganisationRole = Type.Union([Type.Literal('manager'), Type.Literal('contributor'), Type.Literal('reader')])
const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** The administration pages. Every action is authorised for its target here, and logged. */
export function administrationRoutes(app: App, context: IdentityContext): void {
  peopleRoutes(app, context)
  personRoutes(app, context)
  invitationRoutes(app, context)
  organisationRoutes(app, context)
  recoveryRoutes(app, context)

  app.get(
    '/administration/journal',
    {
      schema: {
        querystring: Type.Object({
          action: Text(60),
          before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        }),
      },
    },
    async (request, reply) => {
      administratorIn(request)
      const { action = '', before } = request.query
      const lines = await context.securityLog.lines({ action, before })
      const names = await context.accounts.namesOf([
        ...new Set(lines.flatMap(({ actor, subject }) => [actor, subject].filter((one) => one !== null))),
      ])
      return reply.page(
        <AdminSecurityLog
          lines={lines}
          names={names}
          action={action}
          older={lines.length === 100 ? lines.at(-1)?.id : undefined}
        />,
      )
    },
  )
}

/** @throws Refusal `signed-out`, `not-allowed`; `second-factor-required` when the roles are inactive without one */
function administratorIn(request: FastifyRequest): Caller {
  return allowedIn(request, mayAdminister)
}

function allowedIn(request: FastifyRequest, isAllowed: (caller: Caller) => boolean): Caller {
  const { caller, needsSecondFactor } = sessionIn(request)
  if (!isAllowed(caller)) throw refuse(needsSecondFactor ? 'second-factor-required' : 'not-allowed')
  return caller
}

function peopleRoutes(app: App, { accounts }: IdentityContext): void {
  const Query = Type.Object({ q: Text(200), state: Text(20), role: Text(20) })

  app.get('/administration', { schema: { querystring: Query } }, async (request, reply) => {
    allowedIn(request, (caller) => mayAdminister(caller) || mayVouch(caller))
    const { q: text = '', role: wanted } = request.query
    const state = (['invited', 'active', 'suspended', 'closing'] as const).find((one) => one === request.query.state)
    const role = isRole(wanted) ? wanted : undefined
    return reply.page(
      <People people={await accounts.search({ text, state, role })} text={text} state={state} role={role} />,
    )
  })
}

function personRoutes(app: App, context: IdentityContext): void {
  const { accounts, roles, organisations, invitations, recovery, accountClosure, db } = context

  async function personIn(request: FastifyRequest<{ Params: { id: string } }>): Promise<Account> {
    const account = await accounts.get(request.params.id)
    if (!account || account.state === 'erased') throw refuse('not-found')
    return account
  }

  async function show(caller: Caller, account: Account, reply: FastifyReply, done?: AdminDone): Promise<FastifyReply> {
    const [granted, own, safety] = await Promise.all([
      roles.of(account.id),
      organisations.ofPerson(account.id),
      securityOverviewOf(context, account.id),
    ])
    const grantable = ROLES.filter((role) => mayGrant(caller, role))
    return reply.page(
      <Person
        account={account}
        granted={granted}
        organisations={own}
        safety={safety}
        grantable={grantable}
        mayVouch={mayVouch(caller) && caller.id !== account.id}
        mayAdminister={mayAdminister(caller)}
        done={done}
      />,
    )
  }

  /** Runs one action on an account, and redirects to its page. */
  async function act(
    caller: Caller,
    account: Account,
    reply: FastifyReply,
    done: AdminDone,
    work: () => Promise<unknown>,
  ): Promise<FastifyReply> {
    return reply.form(
      async () => {
        await work()
        return `/administration/personnes/${account.id}?done=${done}`
      },
      () => show(caller, account, reply),
    )
  }

  app.get('/administration/personnes/:id', { schema: { params: Id, querystring: Done } }, async (request, reply) => {
    const caller = allowedIn(request, (one) => mayAdminister(one) || mayVouch(one))
    return show(caller, await personIn(request), reply, request.query.done)
  })

  app.post(
    '/administration/personnes/:id/roles',
    { schema: { params: Id, body: Type.Object({ role: RoleName, until: Text(20) }) } },
    async (request, reply) => {
      const caller = administratorIn(request)
      recentSessionIn(request)
      const account = await personIn(request)
      const { role, until } = request.body
      if (!mayGrant(caller, role)) throw refuse('not-allowed')
      return act(caller, account, reply, 'kept', () =>
        db.transaction().execute((transaction) =>
          roles.grant(transaction, account.id, role, {
            by: caller.id,
            until: until ? Temporal.PlainDate.from(until) : null,
          }),
        ),
      )
    },
  )

  app.post(
    '/administration/personnes/:id/roles/:role/fin',
    { schema: { params: Type.Object({ id: Type.String({ format: 'uuid' }), role: RoleName }) } },
    async (request, reply) => {
      const caller = administratorIn(request)
      recentSessionIn(request)
      const account = await personIn(request)
      const { role } = request.params
      if (!mayGrant(caller, role)) throw refuse('not-allowed')
      return act(caller, account, reply, 'removed', () =>
        db.transaction().execute((transaction) => roles.take(transaction, account.id, role, caller.id)),
      )
    },
  )

  app.post('/administration/personnes/:id/invitation', { schema: { params: Id } }, async (request, reply) => {
    const caller = administratorIn(request)
    const account = await personIn(request)
    return act(caller, account, reply, 'sent', () =>
      invitations.sendAgain(account, { id: caller.id, name: caller.name }, request.reader.language),
    )
  })

  app.post('/administration/personnes/:id/recuperation', { schema: { params: Id } }, async (request, reply) => {
    const caller = allowedIn(request, mayVouch)
    recentSessionIn(request)
    const account = await personIn(request)
    return act(caller, account, reply, 'kept', () => recovery.vouchFirst(account, caller))
  })

  for (const [path, isSuspended] of [
    ['suspension', true],
    ['reprise', false],
  ] as const)
    app.post(
      `/administration/personnes/:id/${path}`,
      { schema: { params: Id, body: Type.Object({ reason: Text(5000) }) } },
      async (request, reply) => {
        const caller = administratorIn(request)
        recentSessionIn(request)
        const account = await personIn(request)
        const touchesMore = (await roles.of(account.id)).some(({ role }) => !mayGrant(caller, role))
        if (touchesMore) throw refuse('not-allowed')
        return act(caller, account, reply, 'kept', async () => {
          const reason = readLine(request.body.reason ?? '', { longest: 300 })
          if (reason === '') throw refuse('reason-missing')
          await accountClosure.suspend(account, isSuspended, reason, caller.id)
        })
      },
    )
}

function invitationRoutes(app: App, { invitations, organisations }: IdentityContext): void {
  const Form = Type.Object({
    email: Text(300),
    name: Text(300),
    role: Text(20),
    organisation: Text(40),
    organisationRole: Type.Optional(OrganisationRole),
  })

  async function show(caller: Caller, reply: FastifyReply, done?: AdminDone): Promise<FastifyReply> {
    const [waiting, all] = await Promise.all([invitations.waiting(), organisations.search()])
    return reply.page(<Invitations waiting={waiting} organisations={all} grantable={grantableBy(caller)} done={done} />)
  }

  app.get('/administration/invitations', { schema: { querystring: Done } }, async (request, reply) =>
    show(administratorIn(request), reply, request.query.done),
  )

  app.post('/administration/invitations', { schema: { body: Form } }, async (request, reply) => {
    const caller = administratorIn(request)
    const { email = '', name, role, organisation, organisationRole = 'manager' } = request.body
    if (role && !(isRole(role) && mayGrant(caller, role))) throw refuse('not-allowed')
    const work = async () => {
      await invitations.send(
        {
          email,
          name,
          language: request.reader.language,
          roles: isRole(role) ? [role] : [],
          ...(organisation && {
            organisation: { id: (await organisations.get(organisation)).id, role: organisationRole },
          }),
        },
        { id: caller.id, name: caller.name },
      )
      return '/administration/invitations?done=sent'
    }
    return reply.form(work, () => show(caller, reply))
  })
}

function grantableBy(caller: Caller): Role[] {
  return ROLES.filter((role) => mayGrant(caller, role))
}

function organisationRoutes(app: App, { organisations, accounts, db }: IdentityContext): void {
  app.get(
    '/administration/organisations',
    { schema: { querystring: Type.Object({ q: Text(200), done: Type.Optional(Type.Literal('kept')) }) } },
    async (request, reply) => {
      administratorIn(request)
      const { q: text = '', done } = request.query
      return reply.page(<AdminOrganisations organisations={await organisations.search(text)} text={text} done={done} />)
    },
  )

  app.post(
    '/administration/organisations',
    { schema: { body: Type.Object({ name: Text(300), slug: Text(100) }) } },
    async (request, reply) => {
      const caller = administratorIn(request)
      const { name = '', slug = '' } = request.body
      const work = async () => {
        const id = await db
          .transaction()
          .execute((transaction) => organisations.make(transaction, { name, slug, by: caller.id }))
        return `/administration/organisations/${id}?done=kept`
      }
      return reply.form(work, async () =>
        reply.page(<AdminOrganisations organisations={await organisations.search()} text="" />),
      )
    },
  )

  app.get(
    '/administration/organisations/:id',
    { schema: { params: Id, querystring: Done } },
    async (request, reply) => {
      administratorIn(request)
      return reply.page(
        <AdminOrganisation organisation={await organisations.get(request.params.id)} done={request.query.done} />,
      )
    },
  )

  app.post(
    '/administration/organisations/:id/personnes',
    { schema: { params: Id, body: Type.Object({ login: Text(300), role: OrganisationRole }) } },
    async (request, reply) => {
      const caller = allowedIn(request, (one) => holds(one, 'board', 'employee'))
      const organisation = await organisations.get(request.params.id)
      const work = async () => {
        const account = await accounts.find(request.body.login ?? '')
        if (!account) throw refuseFields({ login: refuse('not-found') })
        await db
          .transaction()
          .execute((transaction) =>
            organisations.admit(transaction, organisation.id, account.id, request.body.role, caller.id),
          )
        return `/administration/organisations/${organisation.id}?done=kept`
      }
      return reply.form(work, () => reply.page(<AdminOrganisation organisation={organisation} />))
    },
  )
}

function recoveryRoutes(app: App, { recovery, accounts }: IdentityContext): void {
  async function show(caller: Caller, reply: FastifyReply, done?: AdminDone): Promise<FastifyReply> {
    const waiting = await recovery.waiting()
    const names = await accounts.namesOf([...new Set(waiting.flatMap(({ vouchedBy }) => vouchedBy))])
    return reply.page(<Recoveries waiting={waiting} names={names} own={caller.id} done={done} />)
  }

  app.get('/administration/recuperations', { schema: { querystring: Done } }, async (request, reply) =>
    show(allowedIn(request, mayVouch), reply, request.query.done),
  )

  app.post('/administration/recuperations/:id', { schema: { params: Id } }, async (request, reply) => {
    const caller = allowedIn(request, mayVouch)
    recentSessionIn(request)
    const work = async () => {
      await recovery.vouchSecond(request.params.id, caller)
      return '/administration/recuperations?done=kept'
    }
    return reply.form(work, () => show(caller, reply))
  })
}
