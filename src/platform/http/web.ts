import type { RequestListener } from 'node:http'
import { openInstance, type Instance, type OpenOptions } from '../instance.ts'
import { PageSender } from '../pages/sender.tsx'
import { createApp, type App } from './app.ts'
import { dispatch } from './dispatcher.ts'
import { HttpServer } from './server.ts'
import { serveStatics } from './statics.ts'

/** A web server with everything behind it. Disposing it stops accepting, lets what runs finish, then closes the instance. */
export interface Web extends AsyncDisposable {
  instance: Instance
  port: number
}

/**
 * Takes the port first, since public addresses need it (until all is open, answers are 503), then opens the instance.
 *
 * @throws the system's error when it cannot listen, or what keeps the instance from opening
 */
export async function openWeb(options: Omit<OpenOptions, 'port'>, listening: { mayMove: boolean; wasOurs: boolean }): Promise<Web> {
  const { config } = options.loaded
  let answer: RequestListener = (_, response) => void response.writeHead(503, { 'retry-after': '1' }).end()
  await using opened = new AsyncDisposableStack()
  const server = await HttpServer.listen(config.listen, config.port, (request, response) => answer(request, response), listening)
  opened.use(server)
  const instance = await openInstance({ ...options, port: server.port })
  answer = await webListener(instance)
  opened.move()
  return {
    instance,
    port: server.port,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await instance[Symbol.asyncDispose]()
    },
  }
}

/** Everything that the web server answers, on every host. */
async function webListener({ platform, running }: Instance): Promise<RequestListener> {
  const pages = new PageSender(platform)
  const byName = new Map<string, RequestListener>([['static', serveStatics()]])
  for (const service of platform.services) {
    const app = await createApp(platform, service, pages, (routes) => running.get(service.name)?.routes(routes))
    byName.set(service.name, listenerOf(app))
  }
  // A host that nobody knows gets the portal's 404, never a service and never the portal itself.
  const [portal] = platform.services
  if (!portal) throw new Error('no service is enabled')
  return dispatch(platform.addresses, { byName, unknown: listenerOf(await createApp(platform, portal, pages, () => {})) })
}

function listenerOf(app: App): RequestListener {
  return (request, response) => app.routing(request, response)
}
