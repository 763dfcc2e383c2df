import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { holds } from '../../../platform/access/caller.ts'
import { isRole } from '../../../platform/access/roles.ts'
import type { App } from '../../../platform/http/app.ts'
import { readCookie } from '../../../platform/http/cookies.ts'
import { readFileForm } from '../../../platform/http/file-form.ts'
import { tooLarge, unknownForm } from '../../../platform/http/unreadable.ts'
import { securityHeaders } from '../../../platform/http/headers.ts'
import { readSessionCookie } from '../../../platform/http/session-cookie.ts'
import { LARGEST_FILE } from '../../../platform/images/redraw.ts'
import { readFields } from '../../../platform/refusals.ts'
import { readLine } from '../../../platform/text/read.ts'
import { ACR, interactionCookie, formActionsOf } from '../openid/openid.ts'
import { withRequestCache } from '../openid/store.ts'
import { AdminApplications } from '../pages/admin-applications.tsx'
import type { AdminDone } from '../pages/admin-page.tsx'
import { Applications } from '../pages/applications.tsx'
import { Consent } from '../pages/openid.tsx'
import { refuse } from '../refusals.ts'
import type { IdentityContext } from '../context.ts'
import { recentSessionIn, sessionIn } from './visitor.ts'

const InteractionParams = Type.Object({ uid: Type.String({ maxLength: 60 }) })
/** Any path segment is accepted here. */
const AnyInteractionParams = Type.Object({ uid: Type.String() })
const Client = Type.Object({ client: Type.String({ maxLength: 200 }) })

/** OpenID Connect: the endpoints of the provider, the interaction pages, and the authorizations of an account. */
export function openIdRoutes(app: App, context: IdentityContext): void {
  providerRoutes(app, context)
  interactionRoutes(app, context)
  grantRoutes(app, context)
  applicationRoutes(app, context)
}

/** Endpoints that pages of any origin may read. */
const PUBLISHED = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/oidc/jwks']

/** The endpoints of the provider, by method; it applies its own CORS rules. */
const PROVIDED: [method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', paths: string[]][] = [
  [
    'GET',
    [
      '/oidc/auth',
      '/oidc/auth/:uid',
      '/oidc/me',
      '/oidc/device',
      '/oidc/device/:uid',
      '/oidc/session/end',
      '/oidc/session/end/success',
      '/oidc/reg/:client',
    ],
  ],
  [
    'POST',
    [
      '/oidc/auth',
      '/oidc/me',
      '/oidc/token',
      '/oidc/token/introspection',
      '/oidc/token/revocation',
      '/oidc/request',
      '/oidc/reg',
      '/oidc/device',
      '/oidc/device/auth',
      '/oidc/session/end',
      '/oidc/session/end/confirm',
    ],
  ],
  ['PUT', ['/oidc/reg/:client']],
  ['DELETE', ['/oidc/reg/:client']],
  [
    'OPTIONS',
    [
      '/oidc/me',
      '/oidc/token',
      '/oidc/token/introspection',
      '/oidc/token/revocation',
      '/oidc/request',
      '/oidc/device/auth',
    ],
  ],
]

/** Maximum size of a request to the provider, in bytes. */
const LARGEST = 64 * 1024
const READ = /^(application\/(x-www-form-urlencoded|json)|$)/

/** The provider reads requests and answers them itself; the hooks of every host run first. */
function providerRoutes(app: App, { openId, platform }: IdentityContext): void {
  const { addresses, identity } = platform
  const headers = { ...securityHeaders(addresses), 'cache-control': 'no-store' }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    more: Record<string, string> = {},
  ): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > LARGEST) throw tooLarge()
    if (!READ.test(request.headers['content-type'] ?? '')) throw unknownForm()
    const cookie = readSessionCookie(request.headers)
    const session = cookie ? await identity.sessionOf(cookie, 'identity') : undefined
    const provider = await openId.provider()
    // An interaction that is over or never existed is refused here, since the provider fails on it.
    const { uid } = readInteractionParams(request.params)
    if (uid !== undefined && !(await provider.Interaction.find(uid))) throw refuse('code-expired')
    reply.hijack()
    for (const [name, value] of Object.entries({ ...headers, ...more })) reply.raw.setHeader(name, value)
    openId.receive({ request, session, render: (page, allowance) => reply.render(page, allowance) })
    await withRequestCache(() => provider.callback()(request.raw, reply.raw))
  }

  void app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_, __, done) => done(null))
    for (const url of PUBLISHED)
      scope.get(url, { config: { isOpenToOtherSites: true } }, async (request, reply) => {
        // The answer is the same for every origin.
        delete request.raw.headers.origin
        await answer(request, reply, { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' })
      })
    for (const [method, paths] of PROVIDED)
      for (const url of paths)
        scope.route({
          method,
          url,
          exposeHeadRoute: false,
          config: { decidesOnSites: true },
          handler: (request, reply) => answer(request, reply),
        })
  })
}

function readInteractionParams(parameters: unknown): { uid?: string } {
  return Value.Check(AnyInteractionParams, parameters) ? parameters : {}
}

/** The interaction pages, where the provider sends people to sign in or to give consent. */
function interactionRoutes(app: App, { openId, applications, pictures, securityLog, db }: IdentityContext): void {
  /**
   * The interaction that this very browser began. Its id is not enough: an attacker who sent the link to another person
   * would be signed in as them at the end.
   *
   * @throws Refusal `code-expired`
   */
  async function interactionOf({ headers, params: { uid } }: FastifyRequest<{ Params: { uid: string } }>) {
    const provider = await openId.provider()
    const interaction =
      readCookie(headers.cookie, interactionCookie(uid)) === uid ? await provider.Interaction.find(uid) : undefined
    if (!interaction) throw refuse('code-expired')
    return { provider, interaction, params: interaction.params }
  }

  app.get('/oidc/interaction/:uid', { schema: { params: InteractionParams } }, async (request, reply) => {
    const { uid } = request.params
    const { provider, interaction, params } = await interactionOf(request)
    const here = encodeURIComponent(`/oidc/interaction/${uid}`)
    const { session } = request
    if (!session) return reply.redirect(`/login?next=${here}`, 303)
    const clientId = textOf(params['client_id'])
    if (!(await applications.isOpenTo(clientId, session.caller.id))) {
      interaction.result = { error: 'access_denied', error_description: 'this account may not use this application' }
      await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
      return reply.redirect(interaction.returnTo, 303)
    }
    if (interaction.prompt.name === 'login') {
      const { reasons } = interaction.prompt
      const began = interaction.iat * 1000
      const isFresh =
        session.signedInAt.epochMilliseconds >= began ||
        (session.sudoUntil?.subtract({ minutes: 10 }).epochMilliseconds ?? 0) >= began - 1000
      if (!isFresh && (reasons.includes('login_prompt') || reasons.includes('max_age')))
        return reply.redirect(`/confirmer?next=${here}`, 303)
      if (!session.isStrong && reasons.includes('two_factors'))
        return reply.redirect(`/compte/securite?next=${here}`, 303)
      const proved = isFresh && session.sudoUntil ? session.sudoUntil.subtract({ minutes: 10 }) : session.signedInAt
      interaction.result = {
        login: {
          accountId: session.caller.id,
          acr: session.isStrong ? ACR.two : ACR.one,
          amr: session.isStrong ? ['mfa'] : ['pwd'],
          remember: true,
          ts: Math.floor(Math.max(proved.epochMilliseconds, session.signedInAt.epochMilliseconds) / 1000),
        },
      }
      await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
      return reply.redirect(interaction.returnTo, 303)
    }
    const client = await provider.Client.find(clientId)
    const uri = textOf(params['redirect_uri'])
    const scopes = textOf(params['scope']).split(' ').filter(Boolean)
    return reply.page(
      <Consent
        uid={uid}
        client={client?.clientName ?? clientId}
        logo={await pictures.addressOfApplication(clientId)}
        host={URL.parse(uri)?.host || uri.split(':')[0] || ''}
        scopes={scopes}
      />,
      200,
      {
        formAction: formActionsOf(uri),
      },
    )
  })

  app.post(
    '/oidc/interaction/:uid',
    {
      schema: {
        params: InteractionParams,
        body: Type.Object({ decision: Type.Union([Type.Literal('allow'), Type.Literal('deny')]) }),
      },
    },
    async (request, reply) => {
      const { caller } = sessionIn(request)
      const { provider, interaction, params } = await interactionOf(request)
      if (interaction.session?.accountId !== caller.id) throw refuse('not-allowed')
      const clientId = textOf(params['client_id'])
      if (request.body.decision === 'deny')
        interaction.result = { error: 'access_denied', error_description: 'the person said no' }
      else {
        const grant =
          (interaction.grantId && (await provider.Grant.find(interaction.grantId))) ||
          new provider.Grant({ accountId: caller.id, clientId })
        const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = readMissing(interaction.prompt.details)
        if (missingOIDCScope.length > 0) grant.addOIDCScope(missingOIDCScope.join(' '))
        if (missingOIDCClaims.length > 0) grant.addOIDCClaims(missingOIDCClaims)
        for (const [resource, scopes] of Object.entries(missingResourceScopes))
          grant.addResourceScope(resource, scopes.join(' '))
        interaction.result = { ...interaction.lastSubmission, consent: { grantId: await grant.save() } }
        await securityLog.write(db, {
          action: 'application.allowed',
          actor: caller.id,
          subject: caller.id,
          detail: { client: clientId },
        })
      }
      await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
      return reply.redirect(interaction.returnTo, 303)
    },
  )
}

/** A parameter of an authorization request as text; empty when it is missing. */
function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : ''
}

/** The scopes and claims that a grant lacks. */
function readMissing(details: Record<string, unknown>): {
  missingOIDCScope: string[]
  missingOIDCClaims: string[]
  missingResourceScopes: Record<string, string[]>
} {
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  const resources = details['missingResourceScopes']
  return {
    missingOIDCScope: texts(details['missingOIDCScope']),
    missingOIDCClaims: texts(details['missingOIDCClaims']),
    missingResourceScopes: Object.fromEntries(
      Object.entries(typeof resources === 'object' && resources !== null ? resources : {}).map(([name, scopes]) => [
        name,
        texts(scopes),
      ]),
    ),
  }
}

function grantRoutes(app: App, { applications }: IdentityContext): void {
  for (const path of ['/compte/applications', '/account/applications'])
    app.get(
      path,
      { schema: { querystring: Type.Object({ done: Type.Optional(Type.Literal('revoked')) }) } },
      async (request, reply) =>
        reply.page(
          <Applications grants={await applications.grantsOf(sessionIn(request).caller.id)} done={request.query.done} />,
        ),
    )

  app.post('/compte/applications/:client/fin', { schema: { params: Client } }, async (request, reply) => {
    await applications.revoke(sessionIn(request).caller.id, request.params.client)
    return reply.redirect('/compte/applications?done=revoked', 303)
  })
}

function applicationRoutes(app: App, { applications, openId, pictures }: IdentityContext): void {
  const Form = Type.Object({
    name: Type.Optional(Type.String({ maxLength: 5000 })),
    redirectUris: Type.Optional(Type.String({ maxLength: 4000 })),
    roles: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 20 })])),
    isPublic: Type.Optional(Type.String()),
    isOwn: Type.Optional(Type.String()),
  })

  const show = async (reply: FastifyReply, done?: AdminDone) =>
    reply.page(<AdminApplications applications={await applications.list()} done={done} />)

  /** @throws Refusal `not-allowed`, `second-factor-required` */
  function technicianIn(request: FastifyRequest) {
    const { caller, needsSecondFactor } = sessionIn(request)
    if (!holds(caller, 'technician', 'board'))
      throw refuse(needsSecondFactor ? 'second-factor-required' : 'not-allowed')
    return caller
  }

  app.get(
    '/administration/applications',
    {
      schema: {
        querystring: Type.Object({ done: Type.Optional(Type.Union([Type.Literal('removed'), Type.Literal('kept')])) }),
      },
    },
    async (request, reply) => {
      technicianIn(request)
      return show(reply, request.query.done)
    },
  )

  app.post('/administration/applications', { schema: { body: Form } }, async (request, reply) => {
    const caller = technicianIn(request)
    recentSessionIn(request)
    const { name = '', redirectUris = '', roles, isPublic, isOwn } = request.body
    const work = async () => {
      const made = await applications.add(
        {
          client_name: readFields({ name: () => readLine(name, { longest: 100 }) }).name,
          redirect_uris: redirectUris.split(/\s+/).filter(Boolean),
          grant_types: ['authorization_code', 'refresh_token'],
          token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
        },
        { roles: [roles ?? []].flat().filter(isRole), isOwn: isOwn !== undefined, by: caller.id },
      )
      return reply.page(<AdminApplications applications={await applications.list()} made={made} />)
    }
    return reply.form(work, () => show(reply))
  })

  app.post('/administration/applications/:client/image', { schema: { params: Client } }, async (request, reply) => {
    technicianIn(request)
    recentSessionIn(request)
    const { client } = request.params
    const work = async () => {
      if (!(await applications.list()).some((one) => one.client === client)) throw refuse('not-found')
      const form = await readFileForm(request, { largest: LARGEST_FILE })
      await pictures.setOfApplication(client, form.file('picture'))
      return '/administration/applications?done=kept'
    }
    return reply.form(work, () => show(reply))
  })

  app.post(
    '/administration/applications/:client/image/retrait',
    { schema: { params: Client } },
    async (request, reply) => {
      technicianIn(request)
      recentSessionIn(request)
      const { client } = request.params
      if (!(await applications.list()).some((one) => one.client === client)) throw refuse('not-found')
      await pictures.removeOfApplication(client)
      return reply.redirect('/administration/applications?done=removed', 303)
    },
  )

  app.post(
    '/administration/applications/:client/suppression',
    { schema: { params: Client } },
    async (request, reply) => {
      const caller = technicianIn(request)
      recentSessionIn(request)
      await applications.remove(request.params.client, caller.id)
      return reply.redirect('/administration/applications?done=removed', 303)
    },
  )

  app.post('/administration/applications/jeton', async (request, reply) => {
    technicianIn(request)
    recentSessionIn(request)
    const provider = await openId.provider()
    const initialToken = await new provider.InitialAccessToken({ expiresIn: 24 * 3600 }).save()
    return reply.page(<AdminApplications applications={await applications.list()} initialToken={initialToken} />)
  })
}
