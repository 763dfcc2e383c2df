import { Counter, Histogram, type Registry } from 'prom-client'

/** Upper bounds of the buckets of durations, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Answer {
  service: string
  method: string
  /** The pattern (`/:slug`), never a path; undefined for what matched no route. */
  route: string | undefined
  status: number
  milliseconds: number
}

/** Requests that were answered, and how long that took. */
export class RequestMetrics {
  readonly #requests: Counter<'service' | 'method' | 'route' | 'status'>
  readonly #seconds: Histogram<'service'>

  constructor(registry: Registry, prefix: string) {
    this.#requests = new Counter({
      name: `${prefix}http_requests_total`,
      help: 'Requests that were answered, by service, method, route pattern (empty: no route) and class of status.',
      labelNames: ['service', 'method', 'route', 'status'],
      registers: [registry],
    })
    this.#seconds = new Histogram({
      name: `${prefix}http_request_seconds`,
      help: 'Seconds from the first byte of a request to the end of its answer, by service.',
      buckets: BUCKETS,
      labelNames: ['service'],
      registers: [registry],
    })
  }

  count({ service, method, route = '', status, milliseconds }: Answer): void {
    this.#requests.inc({ service, method, route, status: `${Math.trunc(status / 100)}xx` })
    this.#seconds.observe({ service }, milliseconds / 1000)
  }
}
