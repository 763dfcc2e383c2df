import { randomUUID } from 'node:crypto'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import formbody from '@fastify/formbody'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify'
import type { Logger } from 'pino'
import type { VNode } from 'preact'
import type { Reader } from '../language/reader.ts'
import { moderationRoutes } from '../moderation/routes.ts'
import type { PageSender } from '../pages/sender.tsx'
import type { HousePlatform } from '../platform.ts'
import type { Service } from '../service.ts'
import { callerOf } from './caller.ts'
import { Csrf } from './csrf.ts'
import { isForeignWrite } from './foreign.ts'
import { answerForms } from './forms.ts'
import { notifyFrom } from './from.ts'
import { securityHeaders, type Allowance } from './headers.ts'
import { readiness } from './health.ts'
import { publishApi } from './open-api.ts'
import { showForeign, showNotFound, showProblem, showUnreadable } from './problems.tsx'
import type { Proxies } from './proxies.ts'
import { readerOf, rememberSwitch } from './reader.ts'
import { ownRefusals } from './refusal-of.ts'
import { listRoutes, type ListedRoute } from './route-list.ts'
import { sessionOf, sessionRoutes } from './sessions.ts'
import { publishOwnFigures } from './stats.ts'
import { allowSlowBody } from './slow-body.ts'
import type { RouteTraffic, Traffic } from './traffic.ts'
import { UNREADABLE } from './unreadable.ts'
import { refuseZeroBytes } from './zero-bytes.ts'

/** The routes of one host: Fastify with our schemas, readers and pages. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Logger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyRequest {
    /** Who reads: language, and how numbers and dates are written for them. */
    reader: Reader
  }
  interface FastifyReply {
    /**
     * Renders a page and sends it, compressed and with an entity tag, under the page's own policy. Its status is that
     * of the refusal when it shows a form again.
     */
    page(page: VNode, status?: number, allowance?: Allowance): Promise<FastifyReply>
    /**
     * Sends a page that is the same for every stranger, rendered once a language: for answers that must cost next to
     * nothing.
     */
    keptPage(page: { name: string; node: VNode }, status: number): Promise<FastifyReply>
    /** Renders a page to a string, with the content security policy that must go with it. */
    render(page: VNode, allowance?: Allowance): { html: string; policy: string }
  }
}

/** Bytes of a body that no route asked more for. */
const BODY_LIMIT = 64 * 1024

/** What all hosts of one web server share. */
export interface Shared {
  platform: HousePlatform
  pages: PageSender
  proxies: Proxies
  traffic: Traffic
}

/** One host of the web server: its instance, and the list of what it answers. */
export interface HostApp {
  app: App
  routes: readonly ListedRoute[]
}

/**
 * The instance behind one host: everything that holds for each of our hosts, then the service's own routes. It never
 * listens; the dispatcher hands it the requests for its host.
 *
 * @param name what the host's requests are counted under: the service's name, or that of what is no service
 */
export async function createApp(
  { platform, pages, proxies, traffic }: Shared,
  service: Service,
  name: string,
  routes: (app: App) => void,
): Promise<HostApp> {
  const app: App = fastify({
    loggerInstance: platform.log.child({ service: service.name }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: (address) => proxies.trusts(address),
    frameworkErrors: (_, request, reply) => {
      // Here no hook has run and nothing of ours is there: the request comes again, as one for an address that says so.
      request.raw.url = UNREADABLE
      app.routing(request.raw, reply.raw)
    },
    schemaController: {
      compilersFactory: { buildSerializer: (schemas, options) => atFirstUse(SerializerSelector()(schemas, options)) },
    },
    genReqId: () => randomUUID().slice(0, 8),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(atFirstUse(TypeBoxValidatorCompiler))
  const listed = listRoutes(app)
  await app.register(formbody)

  const followed = new Map<string | undefined, RouteTraffic>()
  const headers = securityHeaders(platform.addresses)
  const csrf = new Csrf(platform.key)
  app.decorateRequest('reader')
  notifyFrom(app, proxies)
  app.decorateRequest('session')
  app.decorateRequest('caller')
  app.decorateReply(
    'page',
    async function (this: FastifyReply, page, status = this.refused?.refusal.status ?? 200, allowance = {}) {
      return pages.send(this, service, page, { status, csrf, allowance })
    },
  )
  answerForms(app)
  app.decorateReply('keptPage', async function (page, status) {
    return pages.sendKept(this, service, page, status)
  })
  app.decorateReply('render', function (page, allowance = {}) {
    return pages.render(this, service, page, { csrf, allowance })
  })
  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url
    let followedRoute = followed.get(route)
    if (!followedRoute) followed.set(route, (followedRoute = traffic.route(name, route)))
    followedRoute.follow(request.raw, reply.raw, request.id)
    const { slowBody } = request.routeOptions.config
    if (slowBody) allowSlowBody(request.raw, slowBody)
    reply.headers(headers)
    request.reader = readerOf(request, platform)
    rememberSwitch(request, reply)
    request.session = await sessionOf(request, platform, service.name)
    request.caller = await callerOf(request, platform.credentials)
    if (request.session?.language) request.reader = readerOf(request, platform, request.session.language)
    if (request.routeOptions.config.isOpenToOtherSites) reply.header('access-control-allow-origin', '*')
    if (isForeignWrite(request, platform.addresses, service.name)) return showForeign(platform, request, reply)
  })
  // The token may stand in the body, which is read by now.
  app.addHook('preValidation', async (request) => {
    refuseZeroBytes(request.body)
    if (csrf.isWanted(request) && !csrf.isShown(request)) throw ownRefusals('csrf-token-missing')
  })
  app.setErrorHandler((error, request, reply) => showProblem(platform, error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    (request.url === UNREADABLE ? showUnreadable : showNotFound)(platform, request, reply),
  )

  if (name === service.name) await publishApi(app, platform, service)
  platformRoutes(app, platform, service)
  sessionRoutes(app, platform, service.name, csrf)
  if (name === service.name) moderationRoutes(app, platform, service.name)
  routes(app)
  if (name === service.name) publishOwnFigures(app, platform, name)
  await app.ready()
  return { app, routes: listed }
}

/**
 * Compiles the schema of a route when the first request comes that needs it: hundreds of them were a tenth of a start,
 * and a process meets few of them.
 */
function atFirstUse<Route, Result>(
  compile: (route: Route) => (value: unknown) => Result,
): (route: Route) => (value: unknown) => Result {
  return (route) => {
    let compiled: ((value: unknown) => Result) | undefined
    return (value) => (compiled ??= compile(route))(value)
  }
}

/** The paths that the platform keeps on every host; no others, so that old addresses stay free. */
function platformRoutes(app: App, platform: HousePlatform, service: Service): void {
  app.get('/health/live', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))
  app.get('/health/ready', async (_, reply) => {
    const { status, body } = await readiness(platform)
    return reply.code(status).header('cache-control', 'no-store').send(body)
  })
  app.get('/_bagad/challenge', async (_, reply) =>
    reply.header('cache-control', 'no-store').send(await platform.proofOfWork.challenge()),
  )
  app.get('/robots.txt', async (_, reply) => reply.type('text/plain; charset=utf-8').send(robotsOf(service)))
  app.get('/favicon.ico', async (_, reply) => reply.redirect(platform.addresses.of('static', '/favicon.svg'), 302))
  app.get('/.well-known/security.txt', async (_, reply) => {
    const address = platform.config.legal.abuse_email || platform.association.email
    const lines = [
      address ? `Contact: mailto:${address}` : `Contact: ${platform.addresses.portal('/signaler')}`,
      `Expires: ${platform.today().add({ months: 6 }).toString()}T00:00:00Z`,
      'Preferred-Languages: fr, en',
    ]
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`)
  })
}

/** What robots are asked to leave alone (RFC 9309). */
function robotsOf({ about: { robots = [] } }: Service): string {
  const left = robots === 'none' ? ['/'] : robots
  const lines = left.length > 0 ? left.map((path) => `Disallow: ${path}`) : ['Allow: /']
  return `${['User-agent: *', ...lines].join('\n')}\n`
}
