import type { IncomingMessage } from 'node:http'
import type * as library from 'oidc-provider'
import type { Configuration, default as Provider, KoaContextWithOIDC } from 'oidc-provider'
import type { FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Session } from '../../../platform/access/identity.ts'
import type { Allowance } from '../../../platform/http/headers.ts'
import { lruCache } from '../../../platform/lru-cache.ts'
import type { IdentityContext } from '../context.ts'
import { CLAIMS, claimsOf, SCOPES } from './claims.ts'
import { mayUse, KnownApplications } from './known-applications.ts'
import { readProviderForm, type ProviderForm } from './provider-form.ts'
import { SigningKeys } from './signing-keys.ts'
import { cachedPerson, Store } from './store.ts'

/** Loaded at the first request: most installations have no application, and the library logs a line when it loads. */
type Library = typeof library

/** Authentication context class: a password, or two factors (or a passkey with user verification). */
export const ACR = { one: 'urn:bagad:1', two: 'urn:bagad:2' }

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** The name of the cookie of an interaction, by its id. */
export function interactionCookie(uid: string): `__Host-${string}` {
  return `__Host-oidc-interaction-${uid}`
}

/** The context of a request to the provider: its session, and how pages are rendered. */
export interface Visit {
  request: FastifyRequest
  session: Session | undefined
  /** Renders a page, with the content security policy that it needs. */
  render(page: VNode, allowance?: Allowance): { html: string; policy: string }
}

/** The pages that the provider shows. */
export interface ProviderPages {
  failed(title: string, detail: string): VNode
  signOut(form: ProviderForm): VNode
  signedOut(): VNode
  userCode(form: ProviderForm, isWrong: boolean): VNode
  confirmDevice(form: ProviderForm, client: string, userCode: string): VNode
  deviceDone(): VNode
  goOn(form: ProviderForm): VNode
}

/** The OpenID Connect provider (oidc-provider, certified) with our tables, sessions and pages. */
export class OpenId {
  readonly #context: IdentityContext
  readonly #pages: ProviderPages
  readonly #visits = new WeakMap<IncomingMessage, Visit>()
  /** Requests that were answered with one of our pages. */
  readonly #rendered = new WeakSet<IncomingMessage>()
  /** Our session id → the uid of the provider's session. */
  readonly #providerSessions = lruCache<string, string>(10_000)
  readonly keys: SigningKeys
  readonly applications: KnownApplications
  #provider: Promise<Provider> | undefined

  constructor(context: IdentityContext, pages: ProviderPages) {
    const { db, platform } = context
    const { key, pubsub, today } = platform
    this.#context = context
    this.#pages = pages
    this.keys = new SigningKeys({ db, key })
    this.applications = new KnownApplications({ db, key, today, pubsub })
    const again = () => (this.#provider = undefined)
    pubsub.subscribe('identity.keys', { onMessage: again, resync: again })
  }

  /** Returns the provider. It is created at the first call, and again when keys have changed. */
  provider(): Promise<Provider> {
    this.#provider ??= this.#make().catch((error: unknown) => {
      this.#provider = undefined
      throw error
    })
    return this.#provider
  }

  /**
   * Registers a request that the provider is about to answer. Proxy headers of the client are replaced by what the
   * configuration and the server know.
   */
  receive(visit: Visit): void {
    const { raw, ip } = visit.request
    this.#visits.set(raw, visit)
    raw.headers['x-forwarded-proto'] = this.#context.platform.addresses.secure ? 'https' : 'http'
    raw.headers['x-forwarded-host'] = raw.headers.host
    raw.headers['x-forwarded-for'] = ip
  }

  /**
   * The form-action sources of an interaction: where it redirects at the end. Empty when the path is no interaction.
   */
  async formActionsOfInteraction(path: string): Promise<string[]> {
    const uid = /^\/oidc\/interaction\/([\w-]+)$/.exec(path)?.[1]
    if (uid === undefined) return []
    const provider = await this.provider()
    return formActionsOf((await provider.Interaction.find(uid))?.params['redirect_uri'])
  }

  async #make(): Promise<Provider> {
    const { platform } = this.#context
    const loaded = await import('oidc-provider')
    const provider = new loaded.Provider(platform.addresses.origin('identity'), await this.#configuration(loaded))
    provider.proxy = true
    provider.on('server_error', (_: unknown, error: Error) =>
      platform.log.error({ err: error }, 'the OpenID Connect provider failed'),
    )
    provider.on('registration_create.success', (_, { clientId, logoUri }) => {
      const failed = (error: unknown) =>
        platform.log.error({ err: error }, 'the job that fetches a logo could not be enqueued')
      if (logoUri) platform.jobs.enqueue(this.#context.db, 'identity.fetch-logo', { client: clientId }).catch(failed)
    })
    // The provider also creates contexts of its own: the cookies of all of them get our names.
    const make = provider.createContext.bind(provider)
    provider.createContext = (request, response) => {
      const context = make(request, response)
      hostCookies(context.cookies, context.path)
      return context
    }
    const signedOut = new WeakSet<IncomingMessage>()
    provider.on('end_session.success', ({ req, oidc }) => void (oidc.params?.['logout'] && signedOut.add(req)))
    provider.use(async (ctx, next) => {
      const { req } = ctx
      try {
        await next()
      } catch (error) {
        // The provider throws a TypeError for an interaction that this browser did not begin (session.js, persist).
        const isLost = error instanceof TypeError && error.message.includes('previously persisted')
        if (!isLost) platform.log.error({ err: error }, 'the OpenID Connect provider failed')
        ctx.status = isLost ? 410 : 500
        this.#render(ctx, this.#pages.failed(isLost ? 'session_not_found' : 'server_error', ''))
      }
      // The provider's own pages are forms that an inline script submits; ours submit under our policy. The body of a
      // redirect is not shown.
      if (
        ctx.response.is('html') &&
        typeof ctx.body === 'string' &&
        !ctx.response.get('location') &&
        !this.#rendered.has(req)
      ) {
        const form = readProviderForm(ctx.body)
        this.#render(ctx, this.#pages.goOn(form), { formAction: formActionsOf(form.action) })
      }
      // An application requested the logout: our session ends too.
      const own = signedOut.has(req) ? this.#visits.get(req)?.session : undefined
      if (own) await this.#context.sessions.end(this.#context.db, own.caller.id, { only: own.id })
    })
    return provider
  }

  async #configuration({ errors, interactionPolicy }: Library): Promise<Configuration> {
    const { platform, db } = this.#context
    const { key, addresses } = platform
    return {
      adapter: (kind) => (kind === 'Client' ? this.applications : new Store(kind, { db, key, today: platform.today })),
      jwks: { keys: await this.keys.all() },
      cookies: {
        keys: [key.derive('openid cookies').toString('base64url')],
        names: { session: '__Host-oidc', interaction: '__Host-oidc-interaction', resume: '__Host-oidc-resume' },
        long: { signed: true, httpOnly: true, sameSite: 'lax', secure: true, path: '/' },
        short: { signed: true, httpOnly: true, sameSite: 'lax', secure: true, path: '/' },
      },
      findAccount: async (ctx, id) => {
        const person = await cachedPerson(db, platform.today(), id)
        // Checked at every use, of tokens too: a revoked role loses access at once.
        const { client } = ctx.oidc
        if (!person || (client && !mayUse(await this.applications.get(client.clientId), person.roles))) return undefined
        return { accountId: id, claims: () => claimsOf(this.#context, person) }
      },
      claims: CLAIMS,
      scopes: SCOPES,
      acrValues: [ACR.one, ACR.two],
      responseTypes: ['code'],
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      enabledJWA: {
        idTokenSigningAlgValues: ['RS256', 'EdDSA'],
        requestObjectSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
        clientAuthSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
        userinfoSigningAlgValues: ['RS256', 'EdDSA'],
        dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      },
      pkce: { required: () => true },
      rotateRefreshToken: true,
      issueRefreshToken: async (_, client, code) =>
        client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
      conformIdTokenClaims: false,
      clockTolerance: MINUTE,
      ttl: {
        AuthorizationCode: MINUTE,
        AccessToken: HOUR,
        ClientCredentials: HOUR,
        IdToken: HOUR,
        DeviceCode: 10 * MINUTE,
        Interaction: HOUR,
        Session: 180 * DAY,
        Grant: YEAR,
        // Thirty days after the last use, and a year after the first: no token is renewed without end.
        RefreshToken: (_, token) => Math.max(1, Math.min(30 * DAY, YEAR - (epoch() - (token.iiat ?? epoch())))),
      },
      routes: {
        authorization: '/oidc/auth',
        token: '/oidc/token',
        userinfo: '/oidc/me',
        jwks: '/oidc/jwks',
        registration: '/oidc/reg',
        pushed_authorization_request: '/oidc/request',
        code_verification: '/oidc/device',
        device_authorization: '/oidc/device/auth',
        introspection: '/oidc/token/introspection',
        revocation: '/oidc/token/revocation',
        end_session: '/oidc/session/end',
      },
      interactions: { url: (_, { uid }) => `/oidc/interaction/${uid}`, policy: this.#policy(interactionPolicy) },
      extraClientMetadata: {
        properties: ['frontchannel_logout_uri', 'frontchannel_logout_session_required'],
        validator: (_, name, value, { redirect_uris: uris }) => {
          if ((uris ?? []).some((uri) => !isSafeReturn(uri)))
            throw new errors.InvalidRedirectUri('redirect_uris must be https, loopback, or a private-use scheme')
          if (
            name === 'frontchannel_logout_uri' &&
            value !== undefined &&
            !(typeof value === 'string' && URL.parse(value)?.protocol === 'https:')
          )
            throw new errors.InvalidClientMetadata('frontchannel_logout_uri must be an https address')
        },
      },
      discovery: { frontchannel_logout_supported: true, frontchannel_logout_session_supported: true },
      clientBasedCORS: (_, origin, client) =>
        (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
      fetch: async (url, options) => this.#fetch(url, options),
      renderError: async (ctx, out) => this.#render(ctx, this.#pages.failed(out.error, out.error_description ?? '')),
      loadExistingGrant: (ctx) => this.#grantOf(ctx),
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        clientCredentials: { enabled: true },
        dPoP: { enabled: true },
        introspection: { enabled: true },
        revocation: { enabled: true },
        pushedAuthorizationRequests: { enabled: true },
        claimsParameter: { enabled: true },
        registration: { enabled: true, initialAccessToken: true },
        registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (ctx, form) =>
            this.#render(ctx, this.#pages.signOut(readProviderForm(form)), {
              formAction: formActionsOf(ctx.oidc.session?.state?.['postLogoutRedirectUri']),
            }),
          postLogoutSuccessSource: (ctx) => this.#render(ctx, this.#pages.signedOut()),
        },
        deviceFlow: {
          enabled: true,
          userCodeInputSource: (ctx, form, _, error) =>
            this.#render(ctx, this.#pages.userCode(readProviderForm(form), error !== undefined)),
          userCodeConfirmSource: (ctx, form, client, _, userCode) =>
            this.#render(
              ctx,
              this.#pages.confirmDevice(readProviderForm(form), client.clientName ?? client.clientId, userCode),
            ),
          successSource: (ctx) => this.#render(ctx, this.#pages.deviceDone()),
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => [],
          useGrantedResource: () => true,
          getResourceServerInfo: (_, resource) => {
            const service = platform.services.find(
              ({ name }) => addresses.has(name) && addresses.origin(name) === resource.replace(/\/$/, ''),
            )
            if (!service) throw new errors.InvalidTarget()
            return {
              audience: resource,
              scope: 'api dav mail',
              accessTokenTTL: HOUR,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'RS256' } },
            }
          },
        },
      },
    }
  }

  /** The provider's own policy, and ours: its session must match ours, and clients may require two factors. */
  #policy(interactionPolicy: Library['interactionPolicy']) {
    const policy = interactionPolicy.base()
    const login = policy.get('login')
    if (!login) throw new Error('the provider has no login prompt')
    const { Check } = interactionPolicy
    login.checks.add(
      new Check(
        'session_gone',
        'our session is a different one, or may not use the application',
        'login_required',
        async (ctx) => {
          const { oidc } = ctx
          const own = this.#visits.get(ctx.req)?.session
          if (!oidc.session?.accountId) return Check.NO_NEED_TO_PROMPT
          if (own?.caller.id !== oidc.session.accountId) return Check.REQUEST_PROMPT
          const person = await cachedPerson(this.#context.db, this.#context.platform.today(), own.caller.id)
          if (oidc.client && !mayUse(await this.applications.get(oidc.client.clientId), person?.roles ?? []))
            return Check.REQUEST_PROMPT
          await this.#linkSession(own, oidc.session.uid)
          return Check.NO_NEED_TO_PROMPT
        },
      ),
    )
    login.checks.add(
      new Check('two_factors', 'two factors are required', 'login_required', (ctx) => {
        const asked = ctx.oidc.params?.['acr_values']
        const wanted = typeof asked === 'string' ? asked.split(' ') : []
        return wanted.includes(ACR.two) && !wanted.includes(ACR.one) && ctx.oidc.session?.acr !== ACR.two
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT
      }),
    )
    return policy
  }

  /** Links the provider's session to ours, so that they end together. */
  async #linkSession(own: Session, uid: string): Promise<void> {
    if (this.#providerSessions.get(own.id) === uid) return
    await this.#context.db
      .updateTable('session')
      .set({ oidc_uid: uid })
      .where('id', '=', own.id)
      .where((where) => where.or([where('oidc_uid', 'is', null), where('oidc_uid', '!=', uid)]))
      .execute()
    this.#providerSessions.set(own.id, uid)
  }

  /** The grant that a person gave to an application; a complete one for an application of the association. */
  async #grantOf(ctx: KoaContextWithOIDC) {
    const { oidc } = ctx
    const { client, session, provider } = oidc
    if (!client || !session?.accountId) return undefined
    const grantId = oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId)
    if (grantId) return provider.Grant.find(grantId)
    if (!(await this.applications.get(client.clientId))?.isOwn) return undefined
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope(SCOPES.join(' '))
    for (const resource of Object.keys(oidc.resourceServers ?? {})) grant.addResourceScope(resource, 'api dav mail')
    await grant.save()
    return grant
  }

  #render(
    ctx: Pick<KoaContextWithOIDC, 'req' | 'type' | 'set' | 'body'>,
    page: VNode,
    allowance: Allowance = {},
  ): void {
    this.#rendered.add(ctx.req)
    const visit = this.#visits.get(ctx.req)
    if (!visit) throw new Error('the request was not registered')
    const { html, policy } = visit.render(page, allowance)
    ctx.type = 'html'
    ctx.set('content-security-policy', policy)
    ctx.set('cache-control', 'no-store')
    ctx.body = html
  }

  /** Sends the provider's own requests (keys, logout) through the outgoing client. */
  async #fetch(asked: string | URL | Request, options: RequestInit = {}): Promise<Response> {
    const url = asked instanceof Request ? asked.url : asked
    const method = options.method === 'POST' ? 'POST' : 'GET'
    const headers = Object.fromEntries(new Headers(options.headers))
    // The provider sends only forms.
    const body =
      options.body instanceof URLSearchParams
        ? options.body.toString()
        : typeof options.body === 'string'
          ? options.body
          : undefined
    using answer = await this.#context.platform.outgoing.fetch(url, {
      method,
      headers,
      maxRedirects: 0,
      maxBytes: 100_000,
      ...(body !== undefined && { body }),
    })
    const text = await answer.text()
    return new Response([204, 304].includes(answer.status) ? null : text, {
      status: answer.status,
      headers: { 'content-type': answer.headers['content-type'] ?? '' },
    })
  }
}

/** The form-action source of a redirect: the origin of a page, or the scheme of a device application. */
export function formActionsOf(uri: unknown): string[] {
  const url = typeof uri === 'string' ? URL.parse(uri) : null
  if (!url) return []
  return [/^https?:$/.test(url.protocol) ? url.origin : url.protocol]
}

/**
 * Whether codes may be sent to an address: https, loopback, or a private-use scheme of the application (RFC 8252, 7.1:
 * it contains a dot).
 */
function isSafeReturn(uri: string): boolean {
  const url = URL.parse(uri)
  if (!url) return false
  if (url.protocol === 'http:') return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  return url.protocol === 'https:' || url.protocol.includes('.')
}

const epoch = () => Math.floor(Date.now() / 1000)

/**
 * Renames the provider's cookies to `__Host-` cookies. Two of them belong to one interaction and would be limited to
 * its path; their names carry its id, so that two tabs do not conflict.
 */
function hostCookies(cookies: KoaContextWithOIDC['cookies'], path: string): void {
  const [get, set] = [cookies.get.bind(cookies), cookies.set.bind(cookies)]
  const ofWay = (name: string, uid: string) => (/-(interaction|resume)$/.test(name) ? `${name}-${uid}` : name)
  const here = path.split('/').at(-1) ?? ''
  cookies.secure = true
  cookies.get = (name, options) => get(ofWay(name, here), options)
  cookies.set = (name, value, options) => set(ofWay(name, value || here), value, { ...options, path: '/' })
}
