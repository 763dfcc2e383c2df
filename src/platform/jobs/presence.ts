import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import type { Connection } from '../database/database.ts'

/** First number of the advisory locks that stand for a worker's id; the second is the hash of the id. */
const LOCKS = 4_207_003

/** Milliseconds between two looks for jobs whose worker is gone. An id must be gone at two looks. */
const LOOK_EVERY = 3_000

/**
 * Tells the workers that live from those that were killed: each id is held by an advisory lock on one connection, which
 * PostgreSQL lets go when the process dies. Jobs locked by the id of a dead process are freed. A connection that breaks
 * is opened again at once, well before the second look that would take its ids for dead.
 */
export class Presence implements AsyncDisposable {
  readonly #connection: Connection
  readonly #log: Logger
  readonly #stop = new AbortController()
  readonly #looking: Promise<void>
  readonly #ids = new Set<string>()
  #held = new Set<string>()
  #client: Client | undefined
  #missing = new Set<string>()
  /** The last of the work on the connection, which does one thing at a time. */
  #last: Promise<void> = Promise.resolve()

  constructor(connection: Connection, log: Logger) {
    this.#connection = connection
    this.#log = log
    this.#looking = this.#keepLooking()
  }

  add(id: string): void {
    this.#ids.add(id)
    this.#inTurn(() => this.#hold()).catch((error: unknown) =>
      this.#log.warn({ err: error }, 'a worker could not make itself known; tried again at the next look'),
    )
  }

  /** Lets go of an id: whatever is still locked by it will be freed like the jobs of the dead. */
  remove(id: string): void {
    this.#ids.delete(id)
    if (!this.#held.delete(id)) return
    this.#inTurn(async () => {
      await this.#client?.query('select pg_advisory_unlock($1, hashtext($2))', [LOCKS, id])
    }).catch(() => {})
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  async #keepLooking(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#inTurn(async () => {
          await this.#hold()
          await this.#freeJobsOfTheDead()
        })
      } catch (error) {
        this.#log.warn({ err: error }, 'jobs of killed workers could not be looked for')
      }
      await sleep(LOOK_EVERY, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  /** Takes the lock of every id that is not held yet; after a broken connection, of all. */
  async #hold(): Promise<void> {
    const client = await this.#connected()
    const todo = [...this.#ids].filter((id) => !this.#held.has(id))
    if (todo.length === 0) return
    await client.query('select pg_try_advisory_lock($1, hashtext(id)) from unnest($2::text[]) as id', [LOCKS, todo])
    for (const id of todo) this.#held.add(id)
  }

  async #connected(): Promise<Client> {
    if (this.#client) return this.#client
    const client = new Client({
      ...this.#connection,
      application_name: 'bagad presence',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    })
    this.#client = client
    this.#held = new Set()
    const lost = () => {
      if (this.#client === client) this.#client = undefined
      if (!this.#stop.signal.aborted) void this.#inTurn(() => this.#hold()).catch(() => {})
    }
    client.on('error', () => {})
    client.once('end', lost)
    try {
      await client.connect()
    } catch (error) {
      if (this.#client === client) this.#client = undefined
      throw error
    }
    return client
  }

  async #freeJobsOfTheDead(): Promise<void> {
    const client = await this.#connected()
    // A lock that can be shared is free, or shared only by processes that check at this moment.
    const { rows } = await client.query<{ id: string }>(
      `select id from (select distinct locked_by as id from graphile_worker.jobs where locked_by is not null and not locked_by = any ($2)) as locking
       where pg_try_advisory_xact_lock_shared($1, hashtext(id))`,
      [LOCKS, [...this.#ids]],
    )
    const gone = rows.map(({ id }) => id)
    const dead = gone.filter((id) => this.#missing.has(id))
    this.#missing = new Set(gone)
    if (dead.length === 0) return
    await client.query('select graphile_worker.force_unlock_workers($1)', [dead])
    this.#log.warn({ workers: dead.length }, 'a worker was killed; its jobs are free again')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#looking
    await this.#last
    await this.#client?.end().catch(() => {})
  }
}
