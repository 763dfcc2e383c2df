import type { Logger } from 'pino'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/**
 * Work in the background that a service declares. Anything may be killed at any moment: a job must be safe to run
 * twice.
 */
export interface Job {
  /** Name within the service, `check-health`; the queue knows it as `link.check-health`. */
  name: string
  /**
   * When it runs by itself: five fields of cron, in UTC. One run at a time is queued, whatever the number of workers.
   */
  schedule?: string
  /** Whose slots it takes, and within what time it must end when it says nothing else; `quick` when nothing is said. */
  pool?: JobPool
  /**
   * How long one try may take; then its signal is aborted and the try fails with `JobOverdue`. That of its pool by
   * default.
   */
  deadline?: Temporal.DurationLike
  /** How often it is tried before it counts as failed for good; pauses grow from seconds to days. */
  tries?: number
  run(payload: unknown, context: JobContext): Promise<void>
}

/** What a running job is given besides its payload. */
export interface JobContext {
  /**
   * Aborted when the worker is told to stop, or the deadline has passed: a long job ends at its next safe point and is
   * queued again.
   */
  signal: AbortSignal
  log: Logger
}

/**
 * Jobs of a pool run in its own slots, so many at once in each worker process: `slow` ones never delay an e-mail. Each
 * has the deadline of those of its jobs that declare none.
 */
export const POOLS = {
  /** What ends within seconds: e-mails, a small query by the clock, one request to another server. */
  quick: { slots: 4, deadline: { minutes: 2 } },
  /** Whatever goes through many rows, files or hosts: sweeps, imports, backups, purges, archives. */
  slow: { slots: 4, deadline: { minutes: 10 } },
} as const satisfies Record<string, { slots: number; deadline: Temporal.DurationLike }>
export type JobPool = keyof typeof POOLS

export const DEFAULT_POOL: JobPool = 'quick'

/** A try that did not end within its deadline. */
export class JobOverdue extends Error {
  override name = 'JobOverdue'

  constructor(job: string, deadline: Temporal.Duration) {
    super(`${job} did not end within its deadline of ${deadline.total('seconds')} seconds`)
  }
}

/** Tries of a job that says nothing else: the last one comes about nine hours after the first. */
export const DEFAULT_TRIES = 12

/**
 * A job whose payload has a shape: what does not have it fails before the work begins.
 *
 * @example
 * defineJob({ name: 'send', payload: Type.Object({ id: Type.Integer() }), run: ({ id }) => outbox.send(id) })
 */
export function defineJob<Schema extends TSchema>({
  payload: schema,
  run,
  ...job
}: Omit<Job, 'run'> & { payload: Schema; run: (payload: Static<Schema>, context: JobContext) => Promise<void> }): Job {
  return { ...job, run: async (payload, context) => run(Value.Parse(schema, payload), context) }
}
