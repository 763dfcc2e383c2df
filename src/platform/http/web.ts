import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { openInstance, type Instance, type OpenOptions } from '../instance.ts'
import { PageSender } from '../pages/sender.tsx'
import { Visits } from '../visits/visits.ts'
import { AccessLog } from './access-log.ts'
import { createApp, type App, type HostApp, type Shared } from './app.ts'
import { dispatch } from './dispatcher.ts'
import { FastPath } from './fast-path.ts'
import { Proxies } from './proxies.ts'
import type { ListedRoute } from './route-list.ts'
import { HttpServer, type Listening } from './server.ts'
import { serveStatics } from './statics.ts'
import { Traffic } from './traffic.ts'

/** Milliseconds after which a page tells its reader that the database does not answer. */
const ANSWERED_WITHIN = 5000

/**
 * A web server with everything behind it. Disposing it stops accepting, lets what runs finish, then closes the
 * instance.
 */
export interface Web extends AsyncDisposable {
  instance: Instance
  port: number
  /** What is answered on each host, by the name of its service (or `static`). */
  routes: ReadonlyMap<string, readonly ListedRoute[]>
}

/**
 * Takes the port first, since public addresses need it (until all is open, answers are 503), then opens the instance.
 *
 * @throws the system's error when it cannot listen, or what keeps the instance from opening
 */
export async function openWeb(
  options: Omit<OpenOptions, 'port' | 'role'>,
  listening: Omit<Listening, 'setting'>,
): Promise<Web> {
  const { config } = options.loaded
  const proxies = new Proxies(config.trusted_proxies)
  let answer: RequestListener = (_, response) => void response.writeHead(503, { 'retry-after': '1' }).end()
  await using opened = new AsyncDisposableStack()
  const server = await HttpServer.listen(config.listen, config.port, (request, response) => answer(request, response), {
    ...listening,
    setting: 'BAGAD_PORT',
  })
  opened.use(server)
  const instance = opened.use(await openInstance({ ...options, role: 'web', port: server.port }))
  const accessLog = config.access_log ? opened.use(await openAccessLog(instance)) : undefined
  const visits = opened.use(await openVisits(instance))
  const traffic = new Traffic({ requests: instance.platform.metrics.requests, accessLog, visits, proxies })
  const { listener, routes } = await webListener(instance, {
    platform: instance.platform,
    pages: new PageSender(instance.platform),
    proxies,
    traffic,
  })
  // Opening may take long: migrations, a first demonstration. Answers to people may not.
  instance.platform.database.limitQueries(ANSWERED_WITHIN)
  answer = listener
  opened.move()
  return {
    instance,
    port: server.port,
    routes,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await accessLog?.[Symbol.asyncDispose]()
      await visits[Symbol.asyncDispose]()
      await instance[Symbol.asyncDispose]()
    },
  }
}

function openVisits({ platform: { database, log, services, config } }: Instance): Promise<Visits> {
  return Visits.open({ database, log, services: services.map(({ name }) => name), timeZone: config.time_zone })
}

async function openAccessLog({ platform: { config, log, metrics } }: Instance): Promise<AccessLog> {
  const accessLog = await AccessLog.open({ folder: join(config.data, 'log'), log })
  metrics.watch(
    'access_log_lost_total',
    'Lines of the access log that were dropped, for want of room or because the disk failed.',
    {
      kind: 'total',
      read: () => accessLog.lost,
    },
  )
  return accessLog
}

/** Everything that the web server answers, on every host. */
async function webListener(
  { platform, running }: Instance,
  shared: Shared,
): Promise<{ listener: RequestListener; routes: Web['routes'] }> {
  const statics = serveStatics(platform.addresses, shared.traffic)
  const byName = new Map<string, RequestListener>([['static', statics.listener]])
  const routes = new Map<string, readonly ListedRoute[]>([['static', statics.routes]])
  const wellKnown = (app: App) => {
    for (const service of running.values()) service.wellKnown?.(app)
  }
  for (const service of platform.services) {
    const host = await createApp(shared, service, service.name, (app) => {
      running.get(service.name)?.routes(app)
      if (platform.addresses.isPortal(service.name)) wellKnown(app)
    })
    const { fastPath } = running.get(service.name) ?? {}
    byName.set(
      service.name,
      fastPath
        ? withFastPath(
            listenerOf(host),
            new FastPath(service.name, fastPath, { addresses: platform.addresses, traffic: shared.traffic }),
          )
        : listenerOf(host),
    )
    routes.set(service.name, host.routes)
  }
  // An unknown host gets the portal's 404, never a service and never the portal itself.
  const portal = platform.services.find(({ name }) => platform.addresses.isPortal(name))
  if (!portal) throw new Error('the portal is switched off')
  const unknown = listenerOf(await createApp(shared, portal, 'unknown', () => {}))
  return { listener: dispatch(platform.addresses, { byName, unknown }), routes }
}

function listenerOf({ app }: HostApp): RequestListener {
  return (request, response) => app.routing(request, response)
}

/** Puts a service's fast path before its routes. */
function withFastPath(listener: RequestListener, fastPath: FastPath): RequestListener {
  return (request, response) => fastPath.answer(request, response) || listener(request, response)
}
