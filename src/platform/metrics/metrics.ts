import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Logger } from 'pino'
import { within } from '../within.ts'
import { RequestMetrics } from './request-metrics.ts'

/** Every name of ours begins so; those of the process itself have the names that all Node programs give them. */
const PREFIX = 'bagad_'

/**
 * How long one reading may take at a scrape, in milliseconds: a database that is away must not hide everything else.
 */
const READ_WITHIN = 2000

type Labels<Label extends string> = Record<Label, string>

/** A metric that is read at scrape time. */
export interface Watched<Label extends string> {
  /** `total` is a count that only grows; the default is a value that goes up and down. */
  kind?: 'total' | 'value'
  labels?: readonly Label[]
  /** One number, or a number for each combination of labels. A reading that fails or takes too long is left out. */
  read: () => Reading<Label> | Promise<Reading<Label>>
}

type Reading<Label extends string> = number | (readonly [Labels<Label>, number])[]

/**
 * What one process measures, in Prometheus' form. Nothing is global, so that several instances can live in one process.
 * Values of labels are bounded by what the program is made of (services, routes, states), never by what people send.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #log: Logger
  readonly requests = new RequestMetrics(this.#registry, PREFIX)

  constructor(log: Logger) {
    this.#log = log
  }

  /**
   * A count that only grows, added to where the thing happens.
   *
   * @param name without our prefix, ending in `_total`
   * @returns what adds one, or `by`
   * @example
   * const ended = platform.metrics.counter('jobs_ended_total', 'Jobs that ended, by how.', ['outcome'])
   * ended({ outcome: 'failed' })
   */
  counter<const Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): (of: Labels<Label>, by?: number) => void {
    const counter = new Counter({ name: PREFIX + name, help, labelNames: labels, registers: [this.#registry] })
    return (of, by = 1) => counter.inc(of, by)
  }

  /**
   * Something that is read at each scrape.
   *
   * @example
   * platform.metrics.watch('mail_waiting', 'Mails that wait for the relay.', { read: () => outbox.waiting() })
   */
  watch<const Label extends string = never>(
    name: string,
    help: string,
    { kind = 'value', labels = [], read }: Watched<Label>,
  ): void {
    const options = { name: PREFIX + name, help, labelNames: labels, registers: [this.#registry] }
    const collect = async (): Promise<void> => {
      metric.reset()
      const values = await this.#reading(name, read)
      // What is not known is left out: it is not zero.
      if (values === undefined) return metric.remove({})
      for (const [of, value] of typeof values === 'number' ? [[{}, values] as const] : values) metric.inc(of, value)
    }
    const metric: Counter<Label> | Gauge<Label> =
      kind === 'total' ? new Counter({ ...options, collect }) : new Gauge({ ...options, collect })
  }

  async #reading<Label extends string>(
    name: string,
    read: Watched<Label>['read'],
  ): Promise<Reading<Label> | undefined> {
    try {
      return await within(READ_WITHIN, Promise.resolve(read()))
    } catch (error) {
      this.#log.warn({ err: error, metric: name }, 'a metric could not be read')
      return undefined
    }
  }

  /**
   * Measures the process itself too: processor, memory, the lag of its event loop. Once a process, for as long as it
   * lives.
   */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Everything, as Prometheus reads it. */
  async scrape(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }
}
