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
   * What one route of one service answers; made once, kept by whoever answers.
   *
   * @param route the pattern (`/:slug`), never a path; undefined for what matched none
   */
  route(service: string, route: string | undefined): RouteTraffic {
    return new RouteTraffic(this.#sinks, service, route)
  }
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
    const { proxies, requests, accessLog } = this.#sinks
    const { socket, method = '', headers } = request
    // Once the client has left, the socket no longer knows the address.
    const address = proxies.addressOf(request)
    const sentBefore = socket.bytesWritten
    response.once('close', () => {
      const answer = {
        service: this.#service,
        method,
        route: this.#route,
        status: response.writableFinished ? response.statusCode : LEFT,
        bytes: socket.bytesWritten - sentBefore,
        milliseconds: performance.now() - began,
      }
      requests.count(answer)
      this.#visits?.count(address, headers['user-agent'], answer.status, answer.bytes)
      accessLog?.note({ ...answer, address, request: answer.status >= 500 ? id : undefined })
    })
  }
}
