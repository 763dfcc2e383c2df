import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { LinkTables } from './tables.ts'

/** How long visits are counted in memory before they are written, in milliseconds: what a crash can lose. */
const BATCH = 1000

/** Visits of links since the last writing, and those of bots among them, by the links' numbers. */
interface Counts {
  clicks: Map<number, number>
  bots: Map<number, number>
}

const none = (): Counts => ({ clicks: new Map(), bots: new Map() })

function add(counts: Map<number, number>, id: number, more: number): void {
  counts.set(id, (counts.get(id) ?? 0) + more)
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
  #counts = none()

  constructor(db: Kysely<LinkTables>, log: Logger, today: () => Temporal.PlainDate) {
    this.#db = db
    this.#log = log
    this.#today = today
    this.#writing = this.#keepWriting()
  }

  count(id: number, isBot: boolean): void {
    add(this.#counts.clicks, id, 1)
    if (isBot) add(this.#counts.bots, id, 1)
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
    if (counts.clicks.size === 0) return
    this.#counts = none()
    try {
      await this.#write(counts)
    } catch (error) {
      this.#log.warn({ err: error, links: counts.clicks.size }, 'visits could not be written; they are kept')
      for (const [id, clicks] of counts.clicks) add(this.#counts.clicks, id, clicks)
      for (const [id, bots] of counts.bots) add(this.#counts.bots, id, bots)
    }
  }

  async #write({ clicks, bots }: Counts): Promise<void> {
    const day = this.#today().toString()
    // Rows are locked in one order, so that two processes that write the same links never wait for each other in a ring.
    await sql`
      with counted as (
        select * from unnest(
          ${numbers(clicks.keys())}::bigint[],
          ${numbers(clicks.values())}::bigint[],
          ${numbers(clicks.keys().map((id) => bots.get(id) ?? 0))}::bigint[]
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

/** An array as PostgreSQL reads it: the driver would look at each number alone, and visitors wait meanwhile. */
function numbers(values: Iterable<number>): string {
  return `{${[...values].join(',')}}`
}
