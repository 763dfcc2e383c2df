import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestCounts, RouteCounts } from '../metrics/request-counts.ts'
import type { HostVisits, Visits } from '../visits/visits.ts'
import type { AccessLog, RouteLog } from './access-log.ts'
import type { Proxies } from './proxies.ts'

/** Status in our books of an answer whose asker left before its end; no answer has it. */
const LEFT = 499

interface Books {
  counts: RequestCounts
  /** Undefined where the access log is switched off. */
  accessLog: AccessLog | undefined
  visits: Visits
  proxies: Proxies
}

/** Follows every request to the end of its answer: counted for the metrics and the figures, noted in the access log. */
export class Traffic {
  readonly #books: Books

  constructor(books: Books) {
    this.#books = books
  }

  /**
   * What one route of one service answers; made once, kept by whoever answers.
   *
   * @param route the pattern (`/:slug`), never a path; undefined for what matched none
   */
  route(service: string, route: string | undefined): RouteTraffic {
    return new RouteTraffic(this.#books, service, route)
  }
}

/** Who has asked, and how. */
type Answered = Pick<IncomingMessage, 'socket' | 'headers'> & { method?: string | undefined }

interface Asker {
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

  constructor(books: Books, service: string, route: string | undefined) {
    this.#proxies = books.proxies
    this.#counts = books.counts.of(service, route)
    this.#visits = books.visits.of(service)
    this.#log = books.accessLog?.of(service, route)
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
    const asker = this.#askerOf(request)
    const { socket } = request
    const sentBefore = socket.bytesWritten
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : LEFT
      const answer = { status, bytes: socket.bytesWritten - sentBefore, milliseconds: performance.now() - began }
      this.#note(asker, status >= 500 ? id : undefined, answer)
    })
  }

  /** One request that was answered at once, so that there is nothing to follow. */
  answered(request: Answered, answer: Answer): void {
    this.#note(this.#askerOf(request), undefined, answer)
  }

  #askerOf(request: Answered): Asker {
    return {
      method: request.method ?? '',
      address: this.#proxies.addressOf(request),
      userAgent: request.headers['user-agent'],
    }
  }

  #note({ method, address, userAgent }: Asker, id: string | undefined, { status, bytes, milliseconds }: Answer): void {
    this.#counts.add(method, status, milliseconds)
    this.#visits?.count(address, userAgent, status, bytes)
    this.#log?.note({ method, status, bytes, milliseconds, address, request: id })
  }
}
