import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  Logger as GraphileLogger,
  parseCronItems,
  run,
  type ParsedCronItem,
  type Runner,
  type TaskList,
} from 'graphile-worker'
import { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Connection } from '../database/database.ts'
import { DEFAULT_POOL, DEFAULT_TRIES, JobOverdue, POOLS, type Job, type JobContext, type JobPool } from './job.ts'
import { Presence } from './presence.ts'

/** How long a job may take to end when the process stops, in milliseconds; then it is left to be run again. */
const STOP_WITHIN = 8_000

/**
 * How long a job may take to end after its deadline, in milliseconds; then its slot is free, whatever it still does.
 */
const END_WITHIN = 5_000

/** Milliseconds between two tries to begin again after the database was away, first and last. */
const BACK_OFF = { first: 250, last: 5_000 }

/** Cron catches up what was missed for a day: a machine that is off at night still does the night's work. */
const CATCH_UP_SECONDS = 24 * 3600

/** graphile-worker says on its own what our log says already. */
export const quiet = new GraphileLogger(() => () => {})

type NamedJobs = ReadonlyMap<string, Job>

interface WorkerNeeds {
  connection: Connection
  jobs: NamedJobs
  log: Logger
}

/**
 * Runs the declared jobs until it is disposed, those of each pool in slots of their own. It begins again by itself
 * after the database was away. The id under which it locks jobs is held by an advisory lock (presence.ts), so that the
 * jobs of a killed worker are free within seconds, not after the four hours that graphile-worker waits.
 */
export class Worker implements AsyncDisposable {
  readonly #needs: WorkerNeeds
  readonly #presence: Presence
  readonly #connections: Pool
  readonly #stop = new AbortController()
  readonly #working: Promise<unknown>
  readonly #runners = new Set<Runner>()

  constructor(needs: WorkerNeeds) {
    this.#needs = needs
    this.#presence = new Presence(needs.connection, needs.log)
    // A pool of its own: graphile-worker reads PostgreSQL's types in its own way, and holds connections while it works.
    const pools = poolsOf(needs.jobs)
    this.#connections = new Pool({
      ...needs.connection,
      max: sum(pools.map(({ slots }) => slots + 1)) + 1,
      connectionTimeoutMillis: 5000,
      application_name: 'bagad jobs',
    })
    const warn = (error: Error) => needs.log.warn({ err: error }, 'a connection of the jobs broke')
    this.#connections.on('error', warn)
    this.#connections.on('connect', (client) => void client.on('error', warn))
    this.#working = Promise.all(pools.map((pool) => this.#keepWorking(pool)))
  }

  async #keepWorking(pool: JobsOfPool): Promise<void> {
    for (let wait = BACK_OFF.first; !this.#stop.signal.aborted; wait = Math.min(wait * 2, BACK_OFF.last)) {
      let runner: Runner | undefined
      try {
        runner = await this.#run(pool)
        this.#runners.add(runner)
        wait = BACK_OFF.first
        if (this.#stop.signal.aborted) await runner.stop()
        await runner.promise
      } catch (error) {
        this.#needs.log.warn({ err: error }, 'jobs cannot be run')
      }
      if (runner) this.#runners.delete(runner)
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  #run({ slots, jobs }: JobsOfPool): Promise<Runner> {
    const { log } = this.#needs
    const events = new EventEmitter()
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => this.#presence.add(workerPool.id))
    events.on('pool:release', ({ workerPool }: { workerPool: { id: string } }) => this.#presence.remove(workerPool.id))
    return run({
      pgPool: this.#connections,
      concurrency: slots,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: STOP_WITHIN / 2,
      events,
      logger: new GraphileLogger(
        () => (level, message) => level === 'error' && log.warn({ queue: message }, 'the queue complains'),
      ),
      taskList: taskList(jobs, log),
      parsedCronItems: schedule(jobs),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    const stopped = Promise.all([...this.#runners].map((runner) => runner.stop().catch(() => {})))
    await Promise.race([stopped, sleep(STOP_WITHIN, undefined, { ref: false })])
    await Promise.race([this.#working, sleep(STOP_WITHIN, undefined, { ref: false })])
    await this.#presence[Symbol.asyncDispose]()
    await this.#connections.end()
  }
}

/** The jobs of one pool, and how many of them run at once. */
interface JobsOfPool {
  slots: number
  jobs: NamedJobs
}

/** Those pools that have jobs. */
function poolsOf(jobs: NamedJobs): JobsOfPool[] {
  const byPool = Map.groupBy(jobs, ([, { pool = DEFAULT_POOL }]): JobPool => pool)
  return [...byPool].map(([pool, own]) => ({ slots: POOLS[pool].slots, jobs: new Map(own) }))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function taskList(jobs: NamedJobs, log: Logger): TaskList {
  return Object.fromEntries(
    [...jobs].map(([name, job]) => [
      name,
      async (payload: unknown, helpers) => {
        const { abortSignal: signal, job: queued } = helpers
        const own = log.child({ job: name })
        try {
          await runWithin(name, job, payload, { signal, log: own })
          // What failed before is no trouble any more (`Jobs.state`).
          if (job.schedule)
            await helpers.query(
              'insert into jobs.success (job) values ($1) on conflict (job) do update set at = clock_timestamp()',
              [name],
            )
        } catch (error) {
          const isLast = queued.attempts >= queued.max_attempts
          own[isLast ? 'error' : 'warn'](
            { err: error, tries: queued.attempts },
            isLast ? 'a job was given up' : 'a job failed and will be tried again',
          )
          throw error
        }
      },
    ]),
  )
}

/**
 * Runs one try of a job.
 *
 * @throws JobOverdue when the deadline has passed, however the job then ended; else what the job throws
 */
async function runWithin(name: string, job: Job, payload: unknown, { signal, log }: JobContext): Promise<void> {
  const deadline = Temporal.Duration.from(job.deadline ?? POOLS[job.pool ?? DEFAULT_POOL].deadline)
  const overdue = new AbortController()
  const { promise: late, reject } = Promise.withResolvers<never>()
  let forcing: NodeJS.Timeout | undefined
  const timer = setTimeout(() => {
    overdue.abort(new JobOverdue(name, deadline))
    forcing = setTimeout(() => reject(overdue.signal.reason), END_WITHIN)
  }, deadline.total('milliseconds'))
  try {
    await Promise.race([job.run(payload, { signal: AbortSignal.any([signal, overdue.signal]), log }), late])
  } finally {
    clearTimeout(timer)
    clearTimeout(forcing)
    overdue.signal.throwIfAborted()
  }
}

function schedule(jobs: NamedJobs): ParsedCronItem[] {
  return parseCronItems(
    [...jobs].flatMap(([task, { schedule: match, tries = DEFAULT_TRIES }]) =>
      match
        ? [
            {
              task,
              match,
              options: {
                backfillPeriod: CATCH_UP_SECONDS * 1000,
                maxAttempts: tries,
                jobKey: task,
                jobKeyMode: 'preserve_run_at',
              },
            },
          ]
        : [],
    ),
  )
}
