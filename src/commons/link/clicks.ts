import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { LinkTables } from './tables.ts'

/** How long visits are counted in memory before they are written, in milliseconds: what a crash can lose. */
const BATCH = 1000

/** Visits of one link since the last writing, and those of bots among them. */
interface Count {
  clicks: number
  bots: number
}

/**
 * Counts visits in memory and writes them each second in one statement, however many there were. When the database is
 * away they are kept until it is back.
 */
export class Clicks implements AsyncDisposable {
  readonly #db: Kysely<LinkTables>
  readonly #log: Logger
  readonly #today: () => Temporal.PlainDate
  readonly #stop = new AbortController()
  readonly #writing: Promise<void>
  #counts = new Map<number, Count>()

  constructor(db: Kysely<LinkTables>, log: Logger, today: () => Temporal.PlainDate) {
    this.#db = db
    this.#log = log
    this.#today = today
    this.#writing = this.#keepWriting()
  }

  count(id: number, isBot: boolean): void {
    const count = this.#counts.get(id)
    if (!count) this.#counts.set(id, { clicks: 1, bots: isBot ? 1 : 0 })
    else {
      count.clicks++
      if (isBot) count.bots++
    }
  }

  async #keepWriting(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(BATCH, undefined, { signal: this.#stop.signal }).catch(() => {})
      await this.flush()
    }
  }

  /** Writes what was counted so far. What cannot be written now is kept. */
  async flush(): Promise<void> {
    const counts = this.#counts
    if (counts.size === 0) return
    this.#counts = new Map()
    try {
      await this.#write(counts)
    } catch (error) {
      this.#log.warn({ err: error, links: counts.size }, 'visits could not be written; they are kept')
      for (const [id, { clicks, bots }] of counts) {
        const since = this.#counts.get(id) ?? { clicks: 0, bots: 0 }
        this.#counts.set(id, { clicks: since.clicks + clicks, bots: since.bots + bots })
      }
    }
  }

  async #write(counts: Map<number, Count>): Promise<void> {
    const day = this.#today().toString()
    // Rows are locked in one order, so that two processes that write the same links never wait for each other in a ring.
    await sql`
      with counted as (
        select * from unnest(
          ${[...counts.keys()]}::bigint[],
          ${[...counts.values()].map(({ clicks }) => clicks)}::bigint[],
          ${[...counts.values()].map(({ bots }) => bots)}::bigint[]
        ) as counted (id, clicks, bots)
      ), locked as (
        select link.id, counted.clicks, counted.bots from link.link join counted using (id) order by link.id for update of link
      ), visited as (
        update link.link set clicks = link.clicks + locked.clicks, bots = link.bots + locked.bots, last_click_on = ${day}
        from locked where link.id = locked.id
      )
      insert into link.link_day (link_id, day, clicks, bots)
      select id, ${day}::date, clicks, bots from locked order by id
      on conflict (link_id, day) do update set clicks = link_day.clicks + excluded.clicks, bots = link_day.bots + excluded.bots`.execute(this.#db)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#writing
    await this.flush()
  }
}
