import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { readiness } from '../http/health.ts'
import { HttpServer } from '../http/server.ts'
import type { HousePlatform } from '../platform.ts'

/** Metrics and health stay inside the machine: they show the load of the instance, which is not public. */
const INSIDE = ['127.0.0.1', '::1']

/**
 * Answers on the inner port of a process: `/metrics` for Prometheus, `/health/live`, `/health/ready`, and
 * `/is-ours?domain=…`, which tells a proxy that asks for certificates by itself whether a host is one of ours.
 *
 * @param wanted the port, and whether it gives way to a free one when it is taken
 * @throws StartRefused when a port that was asked for by name is taken
 */
export async function serveMetrics(
  platform: HousePlatform,
  wanted: { port: number; mayMove: boolean },
): Promise<HttpServer> {
  return HttpServer.listen(INSIDE, wanted.port, innerListener(platform), {
    mayMove: wanted.mayMove,
    wasOurs: false,
    setting: 'BAGAD_METRICS_PORT',
  })
}

function innerListener(platform: HousePlatform): RequestListener {
  return (request, response) => {
    answer(platform, request, response).catch((error: unknown) => {
      platform.log.error({ err: error }, 'the metrics could not be served')
      response.destroy()
    })
  }
}

async function answer(
  platform: HousePlatform,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, text: string) =>
    response
      .writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      .end(method === 'HEAD' ? undefined : text)
  if (method !== 'GET' && method !== 'HEAD') return void send(405, 'text/plain; charset=utf-8', '405\n')
  const { pathname, searchParams } = new URL(url ?? '/', 'http://inside')
  if (pathname === '/is-ours') {
    const isOurs = platform.addresses.named(searchParams.get('domain') ?? '') !== undefined
    return void send(isOurs ? 200 : 404, 'text/plain; charset=utf-8', isOurs ? 'ours\n' : 'not ours\n')
  }
  if (pathname === '/metrics') {
    const { type, text } = await platform.metrics.scrape()
    return void send(200, type, text)
  }
  if (pathname === '/health/live')
    return void send(200, 'application/json; charset=utf-8', JSON.stringify({ status: 'ok' }))
  if (pathname === '/health/ready') {
    const { status, body } = await readiness(platform)
    return void send(status, 'application/json; charset=utf-8', JSON.stringify(body))
  }
  send(404, 'text/plain; charset=utf-8', '404\n')
}
