import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import { HostDay, type Day } from './host-visits.ts'
import type { VisitsTables } from './tables.ts'

/** How often what was counted is written, in milliseconds: what a crash can lose. */
const EACH = 60_000

interface VisitsOptions {
  database: Database
  log: Logger
  /** Whose hosts are counted. */
  services: readonly string[]
  timeZone: string
  /** Milliseconds since 1970. */
  now?: () => number
}

/**
 * Counts what comes to the hosts of services: in memory, written each minute in one statement whatever came. Of who
 * came it keeps, for the day alone, a name that is made with the key of that day (docs/decisions/0043).
 */
export class Visits implements AsyncDisposable {
  readonly #db: Kysely<VisitsTables>
  readonly #log: Logger
  readonly #services: readonly string[]
  readonly #timeZone: string
  readonly #now: () => number
  /** Rows of a process are its own. */
  readonly #process = randomUUID()
  readonly #keys = new Map<string, string>()
  readonly #stop = new AbortController()
  #writing: Promise<void> = Promise.resolve()
  #day: Day
  readonly #hosts = new Map<string, HostVisits>()
  /** Of days that are over. */
  #ended: HostDay[] = []

  private constructor({ database, log, services, timeZone, now = Date.now }: VisitsOptions) {
    this.#db = database.schema<VisitsTables>('visits')
    this.#log = log
    this.#services = services
    this.#timeZone = timeZone
    this.#now = now
    this.#day = this.#dayAt(now())
  }

  /** Begins to count, once it has the keys of the day and of the next one. */
  static async open(options: VisitsOptions): Promise<Visits> {
    const visits = new Visits(options)
    await visits.#shareKeys()
    visits.#day = visits.#dayAt(visits.#now())
    visits.#writing = visits.#keepWriting()
    return visits
  }

  /** Where what comes to a service's host is counted; undefined for a host of no service. */
  of(service: string): HostVisits | undefined {
    if (!this.#services.includes(service)) return undefined
    const host = this.#hosts.get(service) ?? new HostVisits(() => this.#today(), service)
    this.#hosts.set(service, host)
    return host
  }

  /** What is now, on which day; when the day has changed, what was counted of the one before waits to be written. */
  #today(): { now: number; day: Day } {
    const now = this.#now()
    if (now >= this.#day.until) {
      for (const host of this.#hosts.values()) this.#ended.push(...host.end())
      this.#day = this.#dayAt(now)
    }
    return { now, day: this.#day }
  }

  #dayAt(now: number): Day {
    const from = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(this.#timeZone).startOfDay()
    const date = from.toPlainDate().toString()
    return {
      date,
      from: from.epochMilliseconds,
      until: from.add({ days: 1 }).epochMilliseconds,
      key: this.#keyOf(date),
    }
  }

  /** The key of a day; one of our own where that of all is not known. */
  #keyOf(date: string): string {
    const key = this.#keys.get(date) ?? randomBytes(32).toString('base64url')
    this.#keys.set(date, key)
    return key
  }

  /**
   * Takes the keys of today and tomorrow that all processes have, or gives them ours; those of days that are over are
   * thrown away, here and in the database.
   */
  async #shareKeys(): Promise<void> {
    const today = Temporal.Instant.fromEpochMilliseconds(this.#now()).toZonedDateTimeISO(this.#timeZone).toPlainDate()
    for (const date of this.#keys.keys()) if (date < today.toString()) this.#keys.delete(date)
    const days = [today, today.add({ days: 1 })].map(String)
    const { rows } = await sql<{ day: Temporal.PlainDate; key: string }>`
      with gone as (delete from visits.day_key where day < ${today.toString()}::date)
      insert into visits.day_key (day, key) select * from unnest(${days}::date[], ${days.map((day) => this.#keyOf(day))}::text[])
      on conflict (day) do update set key = day_key.key returning day, key`.execute(this.#db)
    for (const { day, key } of rows) this.#keys.set(day.toString(), key)
  }

  async #keepWriting(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(EACH, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {})
      await this.flush()
    }
  }

  #isAnotherDay(): boolean {
    return this.#keys.keys().some((date) => date < this.#day.date)
  }

  /** Writes what was counted so far. What cannot be written now is written later. */
  async flush(): Promise<void> {
    this.#today()
    const ended = this.#ended
    this.#ended = []
    const days = [...ended, ...[...this.#hosts.values()].flatMap(({ current }) => current ?? [])].filter(
      ({ isChanged }) => isChanged,
    )
    for (const day of days) {
      day.isChanged = false
      day.forget()
    }
    try {
      if (days.length > 0) await this.#write(days.map((day) => day.read()))
      if (days.length > 0 || this.#isAnotherDay()) await this.#shareKeys()
    } catch (error) {
      this.#log.warn({ err: error, hosts: days.length }, 'what came to our hosts could not be written; it waits')
      for (const day of days) day.isChanged = true
      this.#ended.unshift(...ended.filter(({ isChanged }) => isChanged))
    }
  }

  async #write(days: ReturnType<HostDay['read']>[]): Promise<void> {
    const rows = days.map(({ visitors, ...one }) => ({ ...one, visitors: visitors.toString('base64') }))
    await sql`
      with told as (
        select day, service, counts, visitors from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as told (day date, service text, counts jsonb, visitors text)
      ), counted as (
        insert into visits.counted (day, service, process, counts)
        select day, service, ${this.#process}::uuid, counts from told order by day, service
        on conflict (day, service, process) do update set counts = excluded.counts
      )
      insert into visits.seen (day, service, process, visitors)
      select day, service, ${this.#process}::uuid, decode(visitors, 'base64') from told order by day, service
      on conflict (day, service, process) do update set visitors = excluded.visitors`.execute(this.#db)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#writing
    await this.flush()
  }
}

/** What comes to one host, day after day. */
export class HostVisits {
  readonly #today: () => { now: number; day: Day }
  readonly #service: string
  /** What was counted today so far; undefined as long as nothing came. */
  current: HostDay | undefined

  constructor(today: () => { now: number; day: Day }, service: string) {
    this.#today = today
    this.#service = service
  }

  /**
   * One request was answered.
   *
   * @param address of who asked, as far as trusted proxies tell it
   */
  count(address: string, userAgent: string | undefined, status: number, bytes: number): void {
    const { now, day } = this.#today()
    this.current ??= new HostDay(this.#service, day)
    this.current.count(now, address, userAgent ?? '', status, bytes)
  }

  /** The day is over. @returns what was counted of it, if something was */
  end(): HostDay[] {
    const ended = this.current
    this.current = undefined
    return ended ? [ended] : []
  }
}
