import type { Logger } from 'pino'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Work in the background that a service declares. Anything may be killed at any moment: a job must be safe to run twice. */
export interface Job {
  /** Name within the service, `check-health`; the queue knows it as `link.check-health`. */
  name: string
  /** When it runs by itself: five fields of cron, in UTC. One run at a time is queued, whatever the number of workers. */
  schedule?: string
  /** How often it is tried before it counts as failed for good; pauses grow from seconds to days. */
  tries?: number
  run(payload: unknown, context: JobContext): Promise<void>
}

/** What a running job is given besides its payload. */
export interface JobContext {
  /** Aborted when the worker is told to stop: a long job ends at its next safe point and is queued again. */
  signal: AbortSignal
  log: Logger
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
