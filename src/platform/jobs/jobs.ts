import { sql, type QueryExecutorProvider } from 'kysely'
import type { Database } from '../database/database.ts'
import { DEFAULT_TRIES, type Job } from './job.ts'

/** When and how a job is to run. */
export interface EnqueueOptions {
  /**
   * Two jobs with one key are one: the later call replaces what the earlier one asked for, as long as it has not begun.
   */
  key?: string
  /** Not before this moment. */
  at?: Temporal.Instant
  /** Lower runs first; 0 when nothing is said. */
  priority?: number
}

/** How the queue is doing. */
export interface QueueState {
  /** Jobs that are due and wait for a worker. */
  waiting: number
  /** How long the oldest of them has waited, in seconds; 0 when there is none. */
  lateBy: number
  /** Jobs that were given up, without those by the clock of which a later run went well. */
  failed: number
}

/** A job that was given up, or that is being tried again. */
export interface TroubledJob {
  id: number
  /** `link.check-health` */
  name: string
  error: string
  tries: number
  /** True when it will not be tried again by itself. */
  isGivenUp: boolean
  /** True when it is one by the clock, and a later run of it went well. */
  isSettled: boolean
  nextAt: Temporal.Instant
}

/** Whether a row of `graphile_worker.jobs as failed` is one by the clock of which a later run went well. */
export const IS_SETTLED =
  'exists (select from jobs.success where job = failed.task_identifier and at > failed.updated_at)'

/** The queue of background work, kept in PostgreSQL beside what it is about; worker.ts runs it. */
export class Jobs {
  readonly #database: Database
  readonly #declared = new Map<string, Job>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Takes the jobs of a service (or of `platform`), by their full names. */
  declare(service: string, jobs: Job[]): void {
    for (const job of jobs) this.#declared.set(`${service}.${job.name}`, job)
  }

  /** Every declared job by its full name. */
  get declared(): ReadonlyMap<string, Job> {
    return this.#declared
  }

  /**
   * Asks for work in the transaction of the change that needs it: both happen, or neither.
   *
   * @param db the caller's transaction, over whatever schema
   * @param name full name, `link.check-health`
   * @param payload what `defineJob` expects; travels as JSON
   * @throws Error when no service declares that job: a bug
   */
  async enqueue(
    db: QueryExecutorProvider,
    name: string,
    payload: object = {},
    { key, at, priority = 0 }: EnqueueOptions = {},
  ): Promise<void> {
    const job = this.#declared.get(name)
    if (!job) throw new Error(`no service declares the job ${name}`)
    await sql`
      select graphile_worker.add_job(
        ${name}, ${JSON.stringify(payload)}::json, run_at => ${at?.toString() ?? null}::timestamptz,
        max_attempts => ${job.tries ?? DEFAULT_TRIES}::integer, job_key => ${key ?? null}::text, priority => ${priority}::integer
      )`.execute(db)
  }

  async state(): Promise<QueueState> {
    const { rows } = await this.#database.pool.query<{ waiting: number; late_by: number; failed: number }>(`
      select
        count(*) filter (where run_at <= now() and locked_at is null and attempts < max_attempts) as waiting,
        coalesce(extract(epoch from now() - min(run_at) filter (where run_at <= now() and locked_at is null and attempts < max_attempts)), 0)::float8 as late_by,
        count(*) filter (where attempts >= max_attempts and locked_at is null and not ${IS_SETTLED}) as failed
      from graphile_worker.jobs as failed`)
    return { waiting: rows[0]?.waiting ?? 0, lateBy: rows[0]?.late_by ?? 0, failed: rows[0]?.failed ?? 0 }
  }

  /** Jobs that failed at least once and are still there, given up first, settled last; 200 at most. */
  async troubled(): Promise<TroubledJob[]> {
    const { rows } = await this.#database.pool.query<{
      id: number
      name: string
      error: string
      tries: number
      given_up: boolean
      settled: boolean
      next_at: Temporal.Instant
    }>(`
      select id, task_identifier as name, coalesce(last_error, 'its worker was killed') as error, attempts as tries, attempts >= max_attempts as given_up,
        attempts >= max_attempts and ${IS_SETTLED} as settled, run_at as next_at
      from graphile_worker.jobs as failed 
      where last_error is not null or (attempts >= max_attempts and locked_at is null) order by settled, given_up desc, id limit 200`)
    return rows.map(({ given_up: isGivenUp, settled: isSettled, next_at: nextAt, ...job }) => ({
      ...job,
      isGivenUp,
      isSettled,
      nextAt,
    }))
  }

  /**
   * Gives jobs that were given up another round of tries, at once.
   *
   * @param ids all of them when none is named
   * @returns how many
   */
  async retry(ids?: number[]): Promise<number> {
    const { rows } = await this.#database.pool.query(
      `select id from graphile_worker.reschedule_jobs(
         array(select id from graphile_worker.jobs where attempts >= max_attempts and locked_at is null and ($1::bigint[] is null or id = any ($1))),
         run_at => now(), attempts => 0)`,
      [ids ?? null],
    )
    return rows.length
  }
}
