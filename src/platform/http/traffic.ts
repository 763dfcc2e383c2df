import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestMetrics } from '../metrics/request-metrics.ts'
import type { HostVisits, Visits } from '../visits/visits.ts'
import type { AccessLog } from './access-log.ts'
import type { Proxies } from './proxies.ts'

/** Status in our books of an answer whose client left before its end; no answer has it. */
const LEFT = 499

interface TrafficSinks {
  requests: RequestMetrics
  /** Undefined where the access log is switched off. */
  accessLog: AccessLog | undefined
  visits: Visits
  proxies: Proxies
}

/** Follows every request to the end of its answer: counted for the metrics and the figures, noted in the access log. */
export class Traffic {
  readonly #sinks: TrafficSinks

  constructor(sinks: TrafficSinks) {
    this.#sinks = sinks
  }

  /**
   * The counter of one route of one service; made once, held by the route.
   *
   * @param route the pattern (`/:slug`), never a path; undefined for what matched none
   */
  route(service: string, route: string | undefined): RouteTraffic {
    return new RouteTraffic(this.#sinks, service, route)
  }
}

/** What was sent, and how long that took. */
interface Answer {
  status: number
  bytes: number
  milliseconds: number
  /** Under which the application log speaks of the request. */
  id?: string | undefined
}

/** The requests of one route. */
export class RouteTraffic {
  readonly #sinks: TrafficSinks
  /** Undefined for what is no service's. */
  readonly #visits: HostVisits | undefined
  readonly #service: string
  readonly #route: string | undefined

  constructor(sinks: TrafficSinks, service: string, route: string | undefined) {
    this.#sinks = sinks
    this.#visits = sinks.visits.of(service)
    this.#service = service
    this.#route = route
  }

  /**
   * Follows one request from now to the end of its answer, or to its client's leaving. Works on Node's own objects, so
   * that what answers without Fastify calls it too.
   *
   * @param id under which the application log speaks of the request
   */
  follow(request: IncomingMessage, response: ServerResponse, id?: string): void {
    const began = performance.now()
    const { socket } = request
    // Once the client has left, the socket no longer knows the address.
    const address = this.#sinks.proxies.addressOf(request)
    const sentBefore = socket.bytesWritten
    response.once('close', () =>
      this.#record(request, address, {
        status: response.writableFinished ? response.statusCode : LEFT,
        bytes: socket.bytesWritten - sentBefore,
        milliseconds: performance.now() - began,
        id,
      }),
    )
  }

  /** Notes a request that was answered at once: a listener for its end would cost as much as the answer itself. */
  answered(request: IncomingMessage, answer: Answer): void {
    this.#record(request, this.#sinks.proxies.addressOf(request), answer)
  }

  #record({ method = '', headers }: IncomingMessage, address: string, { id, ...answer }: Answer): void {
    const { requests, accessLog } = this.#sinks
    const [service, route] = [this.#service, this.#route]
    requests.count({ service, method, route, ...answer })
    this.#visits?.count(address, headers['user-agent'], answer.status, answer.bytes)
    accessLog?.note({ service, method, route, ...answer, address, request: answer.status >= 500 ? id : undefined })
  }
}
