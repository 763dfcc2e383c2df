import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import type { Job, JobContext } from '../../../platform/jobs/job.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { Health, LinkTables } from '../tables.ts'
import { checkTarget, type CheckResult } from './check.ts'

/** How long one sweep lasts, in milliseconds; the next one starts each minute. */
const SWEEP = 50_000

/** Milliseconds between two requests to one host. */
const PAUSE = 2_000

/** Hosts of one round, and how many are requested at once. */
const HOSTS = 64
const AT_ONCE = 16

/** Minutes after which a claimed link is checked again when its worker was killed. */
const CLAIM = 10

/** The failures, and the days that they must span, before a page counts as dead. */
const DEAD = { failures: 3, days: 7 }

/** Checks that are stored for each link. */
const KEPT = 5

interface Due {
  id: number
  url: string
  host: string
  isYoung: boolean
  health: Health
  fails: number
  failingSince: Temporal.Instant | null
  /** Consecutive stored checks that found it alive. */
  wellFor: number
}

/**
 * Checks the targets of links continuously: young links daily for a week, others every 30 days, and every 90 when they
 * were always alive. One host gets at most one request in two seconds, however many links it has.
 */
export class HealthCheck {
  readonly #db: Kysely<LinkTables>
  readonly #outgoing: Outgoing

  constructor(db: Kysely<LinkTables>, outgoing: Outgoing) {
    this.#db = db
    this.#outgoing = outgoing
  }

  get job(): Job {
    return {
      name: 'sweep-health',
      pool: 'slow',
      schedule: '* * * * *',
      tries: 1,
      run: async (_, context) => void (await this.run(context)),
    }
  }

  /**
   * Sweeps until no check is due, or the time is over.
   *
   * @param within milliseconds after which no round starts
   * @param pause milliseconds between the starts of two rounds
   * @returns how many links were checked
   */
  async run({ signal }: Pick<JobContext, 'signal'>, { within = SWEEP, pause = PAUSE } = {}): Promise<number> {
    const deadline = Date.now() + within
    let looks = 0
    while (!signal.aborted && Date.now() < deadline) {
      const began = Date.now()
      const due = await this.#claim()
      if (due.length === 0) break
      await inTurns(due, (link) => this.#look(link, signal))
      looks += due.length
      await sleep(Math.max(0, pause - (Date.now() - began)), undefined, { signal }).catch(() => {})
    }
    return looks
  }

  /** Claims one due link of each host, the longest waiting ones, for `CLAIM` minutes. */
  async #claim(): Promise<Due[]> {
    const { rows } = await sql<
      Omit<Due, 'isYoung'> & { is_young: boolean; failing_since: Temporal.Instant | null; well_for: number }
    >`
      with due as (
        select id from (
          select distinct on (host) id, next_check_at from link.link
          where state = 'active' and host is not null and next_check_at <= now() order by host, next_check_at
        ) as waiting order by next_check_at limit ${HOSTS}
      ), claimed as (
        select link.id from link.link join due using (id) where next_check_at <= now() for update of link skip locked
      )
      update link.link set next_check_at = now() + ${CLAIM} * interval '1 minute' from claimed where link.id = claimed.id
      returning link.id, url, host, created_at > now() - interval '7 days' as is_young, health, health_fails as fails, failing_since,
        (select count(*) from link.link_check where link_id = link.id and result = 'alive') as well_for`.execute(
      this.#db,
    )
    return rows.map(({ is_young: isYoung, failing_since: failingSince, well_for: wellFor, ...row }) => ({
      ...row,
      isYoung,
      failingSince,
      wellFor,
    }))
  }

  async #look(link: Due, signal: AbortSignal): Promise<void> {
    const finding = await checkTarget(this.#outgoing, link.url, signal)
    if (signal.aborted) return
    await this.#keep(link, finding)
    if (finding.retryAfter) await this.#leaveAlone(link.host, finding.retryAfter)
  }

  async #keep(link: Due, { result, code }: CheckResult): Promise<void> {
    const now = Temporal.Now.instant()
    const hasFailed = result === 'failed'
    const fails = hasFailed ? link.fails + 1 : 0
    const since = hasFailed ? (link.failingSince ?? now) : null
    const health = hasFailed ? (isDead(fails, since, now) ? 'dead' : link.health) : result
    await this.#db.transaction().execute(async (db) => {
      await db
        .updateTable('link')
        .set({
          health,
          health_code: code,
          health_at: now.toString(),
          health_fails: fails,
          failing_since: since?.toString() ?? null,
          next_check_at: now.add({ minutes: Math.round(minutesUntilNext(link, hasFailed, health)) }).toString(),
        })
        .where('id', '=', link.id)
        // The target has changed meanwhile: this check says nothing about the new one.
        .where('url', '=', link.url)
        .execute()
      await db.insertInto('link_check').values({ link_id: link.id, result, code }).execute()
      await sql`delete from link.link_check where link_id = ${link.id} and at < (
        select at from link.link_check where link_id = ${link.id} order by at desc offset ${KEPT - 1} limit 1)`.execute(
        db,
      )
    })
  }

  /** Delays the checks of all links of a host that answered `Retry-After`. */
  async #leaveAlone(host: string, seconds: number): Promise<void> {
    await sql`update link.link set next_check_at = greatest(next_check_at, now() + ${seconds} * interval '1 second')
      where host = ${host} and state = 'active' and next_check_at < now() + ${seconds} * interval '1 second'`.execute(
      this.#db,
    )
  }
}

function isDead(fails: number, since: Temporal.Instant | null, now: Temporal.Instant): boolean {
  return fails >= DEAD.failures && since !== null && now.since(since).total('hours') >= DEAD.days * 24
}

const DAY = 24 * 60

/** Schedules the next check: the third failure must come after seven days; the links of a host are spread a little. */
function minutesUntilNext({ isYoung, wellFor }: Due, hasFailed: boolean, health: Health): number {
  const spread = 1 + Math.random() / 10
  if (hasFailed && health !== 'dead') return (DEAD.days / (DEAD.failures - 1)) * DAY + 1
  if (isYoung) return DAY * spread
  return (wellFor >= KEPT - 1 ? 90 : 30) * DAY * spread
}

async function inTurns<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const turn = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, turn))
}
