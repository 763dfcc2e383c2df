import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestCounts, RouteCounts } from '../metrics/request-counts.ts'
import type { HostVisits, Visits } from '../visits/visits.ts'
import type { AccessLog, RouteLog } from './access-log.ts'
import type { Proxies } from './proxies.ts'

/** Status in our books of an answer whose asker left before its end; no answer has it. */
const LEFT = 499

interface TrafficSinks {
  counts: RequestCounts
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

/** Who has asked, and how. */
type Answered = Pick<IncomingMessage, 'socket' | 'headers'> & { method?: string | undefined }

interface Client {
  method: string
  address: string
  userAgent: string | undefined
}

/** What was sent, and how long that took. */
interface Answer {
  status: number
  bytes: number
  milliseconds: number
}

/** The requests of one route. */
export class RouteTraffic {
  readonly #proxies: Proxies
  readonly #counts: RouteCounts
  /** Undefined for what is no service's. */
  readonly #visits: HostVisits | undefined
  readonly #log: RouteLog | undefined

  constructor(sinks: TrafficSinks, service: string, route: string | undefined) {
    this.#proxies = sinks.proxies
    this.#counts = sinks.counts.of(service, route)
    this.#visits = sinks.visits.of(service)
    this.#log = sinks.accessLog?.of(service, route)
  }

  /**
   * Follows one request from now to the end of its answer, or to its asker's leaving. Works on Node's own objects, so
   * that whoever answers without Fastify calls it too.
   *
   * @param id under which the application log speaks of the request
   */
  follow(request: IncomingMessage, response: ServerResponse, id?: string): void {
    const began = performance.now()
    // Once the asker has left, the socket no longer knows the address.
    const client = this.#clientOf(request)
    const { socket } = request
    const sentBefore = socket.bytesWritten
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : LEFT
      const answer = { status, bytes: socket.bytesWritten - sentBefore, milliseconds: performance.now() - began }
      this.#note(client, status >= 500 ? id : undefined, answer)
    })
  }

  /** One request that was answered at once, so that there is nothing to follow. */
  answered(request: Answered, answer: Answer): void {
    this.#note(this.#clientOf(request), undefined, answer)
  }

  #clientOf(request: Answered): Client {
    return {
      method: request.method ?? '',
      address: this.#proxies.addressOf(request),
      userAgent: request.headers['user-agent'],
    }
  }

  #note({ method, address, userAgent }: Client, id: string | undefined, { status, bytes, milliseconds }: Answer): void {
    this.#counts.add(method, status, milliseconds)
    this.#visits?.count(address, userAgent, status, bytes)
    this.#log?.note({ method, status, bytes, milliseconds, address, request: id })
  }
}
