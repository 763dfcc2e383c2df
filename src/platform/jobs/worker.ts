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
import { DEFAULT_TRIES, type Job } from './job.ts'
import { Presence } from './presence.ts'

/** Jobs that one worker process runs at once. */
const CONCURRENCY = 4

/** How long a job may take to end when the process stops, in milliseconds; then it is left to be run again. */
const STOP_WITHIN = 8_000

/** Milliseconds between two tries to begin again after the database was away, first and last. */
const BACK_OFF = { first: 250, last: 5_000 }

/** Cron catches up what was missed for a day: a machine that is off at night still does the night's work. */
const CATCH_UP_SECONDS = 24 * 3600

/** graphile-worker says on its own what our log says already. */
export const quiet = new GraphileLogger(() => () => {})

interface WorkerNeeds {
  connection: Connection
  jobs: ReadonlyMap<string, Job>
  log: Logger
}

/**
 * Runs the declared jobs until it is disposed. It begins again by itself after the database was away. The id under
 * which it locks jobs is held by an advisory lock (presence.ts), so that the jobs of a killed worker are free within
 * seconds, not after the four hours that graphile-worker waits.
 */
export class Worker implements AsyncDisposable {
  readonly #needs: WorkerNeeds
  readonly #presence: Presence
  readonly #pool: Pool
  readonly #stop = new AbortController()
  readonly #working: Promise<void>
  #runner: Runner | undefined

  constructor(needs: WorkerNeeds) {
    this.#needs = needs
    this.#presence = new Presence(needs.connection, needs.log)
    // A pool of its own: graphile-worker reads PostgreSQL's types in its own way, and holds connections while it works.
    this.#pool = new Pool({
      ...needs.connection,
      max: CONCURRENCY + 2,
      connectionTimeoutMillis: 5000,
      application_name: 'bagad jobs',
    })
    const told = (error: Error) => needs.log.warn({ err: error }, 'a connection of the jobs broke')
    this.#pool.on('error', told)
    this.#pool.on('connect', (client) => void client.on('error', told))
    this.#working = this.#keepWorking()
  }

  async #keepWorking(): Promise<void> {
    for (let wait = BACK_OFF.first; !this.#stop.signal.aborted; wait = Math.min(wait * 2, BACK_OFF.last)) {
      try {
        this.#runner = await this.#run()
        wait = BACK_OFF.first
        if (this.#stop.signal.aborted) await this.#runner.stop()
        await this.#runner.promise
      } catch (error) {
        this.#needs.log.warn({ err: error }, 'jobs cannot be run')
      }
      this.#runner = undefined
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  #run(): Promise<Runner> {
    const { jobs, log } = this.#needs
    const events = new EventEmitter()
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => this.#presence.add(workerPool.id))
    events.on('pool:release', ({ workerPool }: { workerPool: { id: string } }) => this.#presence.remove(workerPool.id))
    return run({
      pgPool: this.#pool,
      concurrency: CONCURRENCY,
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
    await Promise.race([this.#runner?.stop().catch(() => {}), sleep(STOP_WITHIN, undefined, { ref: false })])
    await Promise.race([this.#working, sleep(STOP_WITHIN, undefined, { ref: false })])
    await this.#presence[Symbol.asyncDispose]()
    await this.#pool.end()
  }
}

function taskList(jobs: ReadonlyMap<string, Job>, log: Logger): TaskList {
  return Object.fromEntries(
    [...jobs].map(([name, job]) => [
      name,
      async (payload: unknown, { abortSignal, job: queued }) => {
        const own = log.child({ job: name })
        try {
          await job.run(payload, { signal: abortSignal ?? new AbortController().signal, log: own })
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

function schedule(jobs: ReadonlyMap<string, Job>): ParsedCronItem[] {
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
