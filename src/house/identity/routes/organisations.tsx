import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../platform/http/app.ts'
import { OrganisationPage, Organisations } from '../pages/organisations.tsx'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { sessionIn } from './visitor.ts'

const Organisation = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Person = Type.Object({ id: Type.String({ format: 'uuid' }), account: Type.String({ format: 'uuid' }) })
const Invitation = Type.Object({ id: Type.String({ format: 'uuid' }), invitation: Type.String({ format: 'uuid' }) })
const Role = Type.Union([Type.Literal('manager'), Type.Literal('contributor'), Type.Literal('reader')])

/** The organisations of a person; their managers administer them without a technician. */
export function organisationRoutes(app: App, context: IdentityContext): void {
  const { organisations, organisationInvitations, db } = context

  for (const path of ['/compte/organisations', '/account/organisations'])
    app.get(
      path,
      { schema: { querystring: Type.Object({ done: Type.Optional(Type.Literal('removed')) }) } },
      async (request, reply) => {
        const { id } = sessionIn(request).caller
        const [own, invited] = await Promise.all([organisations.ofPerson(id), organisationInvitations.ofPerson(id)])
        return reply.page(<Organisations organisations={own} invited={invited} done={request.query.done} />)
      },
    )

  app.post(
    '/compte/organisations/invitations/:id/acceptation',
    { schema: { params: Organisation } },
    async (request, reply) => {
      await organisationInvitations.accept(sessionIn(request).caller.id, request.params.id)
      return reply.redirect('/compte/organisations', 303)
    },
  )

  app.post(
    '/compte/organisations/invitations/:id/refus',
    { schema: { params: Organisation } },
    async (request, reply) => {
      await organisationInvitations.decline(sessionIn(request).caller.id, request.params.id)
      return reply.redirect('/compte/organisations?done=removed', 303)
    },
  )

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    done?: 'kept' | 'sent' | 'removed',
  ): Promise<FastifyReply> {
    const { caller } = sessionIn(request)
    const role = await organisations.roleOf(caller.id, id)
    if (!role) throw refuse('not-found')
    const isManager = role === 'manager'
    const [organisation, waiting] = await Promise.all([
      organisations.get(id),
      isManager ? organisationInvitations.waiting(id) : [],
    ])
    return reply.page(
      <OrganisationPage
        organisation={organisation}
        waiting={waiting}
        isManager={isManager}
        own={caller.id}
        done={done}
      />,
    )
  }

  /** @throws Refusal `not-found` for a person outside the organisation, `not-allowed` for a member who is no manager */
  async function managerIn(request: FastifyRequest, id: string) {
    const { caller } = sessionIn(request)
    const role = await organisations.roleOf(caller.id, id)
    if (!role) throw refuse('not-found')
    if (role !== 'manager') throw refuse('not-allowed')
    return caller
  }

  app.get(
    '/compte/organisations/:id',
    {
      schema: {
        params: Organisation,
        querystring: Type.Object({
          done: Type.Optional(Type.Union([Type.Literal('kept'), Type.Literal('sent'), Type.Literal('removed')])),
        }),
      },
    },
    async (request, reply) => show(request, reply, request.params.id, request.query.done),
  )

  app.post(
    '/compte/organisations/:id/personnes',
    {
      schema: {
        params: Organisation,
        body: Type.Object({ email: Type.Optional(Type.String({ maxLength: 300 })), role: Role }),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const caller = await managerIn(request, id)
      const { email = '', role } = request.body
      const work = async () => {
        await organisationInvitations.invite(id, { email, role, language: request.reader.language }, caller.id)
        return `/compte/organisations/${id}?done=sent`
      }
      return reply.form(work, () => show(request, reply, id))
    },
  )

  app.post(
    '/compte/organisations/:id/invitations/:invitation',
    { schema: { params: Invitation } },
    async (request, reply) => {
      const { id, invitation } = request.params
      await managerIn(request, id)
      const work = async () => {
        await organisationInvitations.sendAgain(id, invitation)
        return `/compte/organisations/${id}?done=sent`
      }
      return reply.form(work, () => show(request, reply, id))
    },
  )

  app.post(
    '/compte/organisations/:id/invitations/:invitation/retrait',
    { schema: { params: Invitation } },
    async (request, reply) => {
      const { id, invitation } = request.params
      await managerIn(request, id)
      await organisationInvitations.withdraw(id, invitation)
      return reply.redirect(`/compte/organisations/${id}?done=removed`, 303)
    },
  )

  app.post(
    '/compte/organisations/:id/personnes/:account',
    { schema: { params: Person, body: Type.Object({ role: Role }) } },
    async (request, reply) => {
      const { id, account } = request.params
      const caller = await managerIn(request, id)
      if (!(await organisations.roleOf(account, id))) throw refuse('not-found')
      const work = async () => {
        await db
          .transaction()
          .execute((transaction) => organisations.admit(transaction, id, account, request.body.role, caller.id))
        return `/compte/organisations/${id}?done=kept`
      }
      return reply.form(work, () => show(request, reply, id))
    },
  )

  app.post(
    '/compte/organisations/:id/personnes/:account/depart',
    { schema: { params: Person } },
    async (request, reply) => {
      const { id, account } = request.params
      const { caller } = sessionIn(request)
      // A member may leave; only managers remove others.
      if (account !== caller.id) await managerIn(request, id)
      const work = async () => {
        await db.transaction().execute((transaction) => organisations.dismiss(transaction, id, account, caller.id))
        return account === caller.id ? '/compte/organisations' : `/compte/organisations/${id}?done=removed`
      }
      return reply.form(work, () => show(request, reply, id))
    },
  )
}
