import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Figures } from '../../platform/figures/figures.ts'
import type { LinkTables } from './tables.ts'

/** How often visits in memory are flushed, in milliseconds: the most that a crash loses. */
const BATCH = 1000

/** Visits to at most `AT_ONCE` links are added at once; those to more links wait `HELD_FOR` milliseconds. */
const AT_ONCE = 2000
const HELD_FOR = 10_000

/** How often an idle process looks for rows that others left, in milliseconds. */
const LOOK_AGAIN = 60_000

/** Advisory lock of the one process that adds visits to links. */
const SETTLING = 4_207_020

/** Visits to a link since the last flush, with those of bots. One link may have several counters. */
export interface Counter {
  readonly id: number
  clicks: number
  bots: number
}

export function counterOf(id: number): Counter {
  return { id, clicks: 0, bots: 0 }
}

interface ClicksNeeds {
  db: Kysely<LinkTables>
  log: Logger
  figures: Figures
  today: () => Temporal.PlainDate
}

/**
 * Counts visits in memory and flushes them each second as one row for all links; the rows are then added to the links.
 * Visits to thousands of links are added every few seconds: most of those links come again. While the database is
 * away, visits stay in memory (docs/decisions/0017).
 */
export class Clicks implements AsyncDisposable {
  readonly #db: Kysely<LinkTables>
  readonly #log: Logger
  readonly #figures: Figures
  readonly #today: () => Temporal.PlainDate
  readonly #stop = new AbortController()
  readonly #writing: Promise<void>
  /** Counters that are not zero. */
  #counting: Counter[] = []
  /** Until when this process expects no rows to add; a process that dies leaves rows. */
  #settledUntil = 0

  constructor({ db, log, figures, today }: ClicksNeeds) {
    this.#db = db
    this.#log = log
    this.#figures = figures
    this.#today = today
    this.#writing = this.#keepWriting()
  }

  count(counter: Counter, isBot: boolean): void {
    if (counter.clicks === 0) this.#counting.push(counter)
    counter.clicks++
    if (isBot) counter.bots++
  }

  async #keepWriting(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(BATCH, undefined, { signal: this.#stop.signal }).catch(() => {})
      await this.flush()
    }
  }

  /** Flushes the counters and adds the written rows to the links. Visits that cannot be written stay in memory. */
  async flush(): Promise<void> {
    const counting = this.#counting
    this.#counting = []
    const counts = counting.map((counter) => ({ ...counter }))
    for (const counter of counting) counter.clicks = counter.bots = 0
    try {
      if (counts.length > 0) await this.#write(counts)
    } catch (error) {
      this.#log.warn({ err: error, links: counts.length }, 'visits could not be written; they are kept')
      for (const [index, { clicks, bots }] of counts.entries()) this.#keep(counting[index], clicks, bots)
      return
    }
    await this.#settle().catch((error: unknown) =>
      this.#log.warn({ err: error }, 'visits wait to be added to their links'),
    )
  }

  #keep(counter: Counter | undefined, clicks: number, bots: number): void {
    if (!counter) return
    if (counter.clicks === 0) this.#counting.push(counter)
    counter.clicks += clicks
    counter.bots += bots
  }

  async #write(counts: readonly Counter[]): Promise<void> {
    const numbers = (column: keyof Counter) => arrayOf(counts.map((count) => count[column]))
    const day = this.#today()
    await this.#db.transaction().execute(async (transaction) => {
      await sql`
        insert into link.visit_batch (day, links, ids, clicks, bots)
        values (${day.toString()}, ${counts.length}, ${numbers('id')}::bigint[], ${numbers('clicks')}::integer[], ${numbers('bots')}::integer[])
      `.execute(transaction)
      const visits = counts.reduce((sum, { clicks }) => sum + clicks, 0)
      await this.#figures.count(transaction, { 'link.visits': visits }, day)
    })
    this.#settledUntil = 0
  }

  /**
   * Adds the rows of all processes to the links: few at once, many every few seconds. One process does so at a time.
   * The statement that adds a row deletes it, so each is added once.
   */
  async #settle(): Promise<void> {
    if (performance.now() < this.#settledUntil) return
    const { rows } = await sql<{ left: number }>`
      with waiting as (select sum(links) as links, min(written_at) as since from link.visit_batch),
      due as materialized (
        select from waiting where (links <= ${AT_ONCE} or since < now() - ${HELD_FOR} * interval '1 millisecond') and pg_try_advisory_xact_lock(${SETTLING})
      ), taken as (
        delete from link.visit_batch where id in (select id from link.visit_batch, due order by id for update of visit_batch skip locked) returning day, ids, clicks, bots
      ), counted as (
        select id, day, sum(one.clicks)::bigint as clicks, sum(one.bots)::bigint as bots from taken, unnest(ids, taken.clicks, taken.bots) as one (id, clicks, bots) group by id, day
      ), locked as (
        -- In one order, as whoever else writes links and their counts.
        select link.id, day, counted.clicks, counted.bots from link.link join counted using (id) order by link.id for update of link
      ), visited as (
        update link.link set clicks = link.clicks + added.clicks, bots = link.bots + added.bots, last_click_on = greatest(link.last_click_on, added.day)
        from (select id, sum(clicks)::bigint as clicks, sum(bots)::bigint as bots, max(day) as day from locked group by id) as added where link.id = added.id
      ), daily as (
        insert into link.link_day (link_id, day, clicks, bots) select id, day, clicks, bots from locked order by id, day
        on conflict (link_id, day) do update set clicks = link_day.clicks + excluded.clicks, bots = link_day.bots + excluded.bots
      )
      select (select count(*) from link.visit_batch) - (select count(*) from taken) as left`.execute(this.#db)
    if (rows[0]?.left === 0) this.#settledUntil = performance.now() + LOOK_AGAIN
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#writing
    await this.flush()
  }
}

/** Writes a PostgreSQL array literal: the driver would convert each number alone while visitors wait. */
function arrayOf(values: readonly number[]): string {
  return `{${values.join(',')}}`
}
