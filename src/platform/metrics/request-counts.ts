import { Counter, Histogram, type Registry } from 'prom-client'

/** Upper bounds of the classes of durations, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

type ByClass = Float64Array

/**
 * Requests that were answered, counted in plain numbers where they pass and given to Prometheus only when it asks: a
 * request costs a few nanoseconds, whatever there is in the registry.
 */
export class RequestCounts {
  readonly #routes: RouteCounts[] = []
  readonly #durations = new Map<string, Durations>()

  constructor(registry: Registry, prefix: string) {
    const requests = new Counter({
      name: `${prefix}http_requests_total`,
      help: 'Requests that were answered, by service, method, route pattern (empty: no route) and class of status.',
      labelNames: ['service', 'method', 'route', 'status'],
      registers: [registry],
      collect: () => {
        requests.reset()
        for (const { labels, count } of this.#routes.flatMap((route) => route.told())) requests.inc(labels, count)
      },
    })
    const durations = new DurationHistogram(this.#durations, {
      name: `${prefix}http_request_seconds`,
      help: 'Seconds from the first byte of a request to the end of its answer, by service.',
    })
    registry.registerMetric(durations)
  }

  /**
   * The counts of one route: made once, then kept by whoever answers it.
   *
   * @param route the pattern (`/:slug`), never a path; `undefined` for what matched no route
   */
  of(service: string, route: string | undefined): RouteCounts {
    const durations = this.#durations.get(service) ?? new Durations()
    this.#durations.set(service, durations)
    const counts = new RouteCounts(service, route, durations)
    this.#routes.push(counts)
    return counts
  }
}

/** Counts of one route. */
export class RouteCounts {
  readonly #service: string
  readonly #route: string
  readonly #durations: Durations
  /** By method, and there by the first figure of the status. Node's parser knows some thirty methods, so this is bounded. */
  readonly #counts = new Map<string, ByClass>()

  constructor(service: string, route: string | undefined, durations: Durations) {
    this.#service = service
    this.#route = route ?? ''
    this.#durations = durations
  }

  /** One request has been answered. */
  add(method: string, status: number, milliseconds: number): void {
    let counts = this.#counts.get(method)
    if (!counts) this.#counts.set(method, (counts = new Float64Array(6)))
    const first = Math.min(5, Math.max(1, Math.trunc(status / 100)))
    counts[first] = (counts[first] ?? 0) + 1
    this.#durations.add(milliseconds / 1000)
  }

  told(): { labels: Record<'service' | 'method' | 'route' | 'status', string>; count: number }[] {
    return [...this.#counts].flatMap(([method, counts]) =>
      [...counts].flatMap((count, first) =>
        count > 0
          ? [{ labels: { service: this.#service, method, route: this.#route, status: `${first}xx` }, count }]
          : [],
      ),
    )
  }
}

/** How long the answers of one service took. */
class Durations {
  readonly #classes = new Float64Array(BOUNDS.length + 1)
  #sum = 0

  add(seconds: number): void {
    let index = 0
    while (index < BOUNDS.length && seconds > (BOUNDS[index] ?? 0)) index++
    this.#classes[index] = (this.#classes[index] ?? 0) + 1
    this.#sum += seconds
  }

  /** As Prometheus counts: each class holds the quicker ones too. */
  told(): { bounds: [bound: number, upTo: number][]; count: number; sum: number } {
    let upTo = 0
    const bounds = [...this.#classes].map((count, index): [number, number] => [
      BOUNDS[index] ?? Infinity,
      (upTo += count),
    ])
    return { bounds, count: upTo, sum: this.#sum }
  }
}

/** Prometheus' histogram over what was counted elsewhere. */
class DurationHistogram extends Histogram<'service'> {
  readonly #options: { name: string; help: string }
  readonly #byService: ReadonlyMap<string, Durations>

  constructor(byService: ReadonlyMap<string, Durations>, options: { name: string; help: string }) {
    super({ ...options, buckets: BOUNDS, labelNames: ['service'], registers: [] })
    this.#options = options
    this.#byService = byService
  }

  /** What the registry calls when it writes its text. */
  async getForPromString(): Promise<object> {
    const { name, help } = this.#options
    const values = [...this.#byService].flatMap(([service, durations]) => {
      const { bounds, count, sum } = durations.told()
      return [
        ...bounds.map(([bound, upTo]) => ({
          metricName: `${name}_bucket`,
          labels: { service, le: bound === Infinity ? '+Inf' : bound },
          value: upTo,
        })),
        { metricName: `${name}_sum`, labels: { service }, value: sum },
        { metricName: `${name}_count`, labels: { service }, value: count },
      ]
    })
    return { name, help, type: 'histogram', values }
  }
}
