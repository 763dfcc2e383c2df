import type { RequestListener } from 'node:http'
import type { Instance } from '../instance.ts'
import { PageSender } from '../pages/sender.tsx'
import { createApp, type App } from './app.ts'
import { dispatch } from './dispatcher.ts'
import { serveStatics } from './statics.ts'

/** Everything that the web server answers, on every host. */
export async function webListener({ platform, running }: Instance): Promise<RequestListener> {
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
