import { sql, type Kysely } from 'kysely'
import type { Job } from '../../platform/jobs/job.ts'
import type { LinkTables } from './tables.ts'

/** How many times the usual number is a surge. */
const TIMES = 5

/** Fewer anonymous links an hour are never a surge, however quiet the month was. */
const LEAST = 30

/** How long the state of the switch is cached, in milliseconds. */
const BELIEVED_FOR = 5_000

export interface SurgeState {
  isOn: boolean
  /** Whether an operator set it; then it does not switch by itself. */
  isForced: boolean
  since: Temporal.Instant
}

interface SpamSurgeNeeds {
  db: Kysely<LinkTables>
  /** Tells the moderators that it was switched on, in the same transaction. */
  tell: (db: Kysely<LinkTables>, links: number) => Promise<void>
}

/**
 * The switch for spam surges: while it is on, anonymous links wait for a moderator. It turns on when an hour brings
 * more than five times the month's median hour, and off when an hour is calm again.
 */
export class SpamSurge {
  readonly #db: Kysely<LinkTables>
  readonly #tell: SpamSurgeNeeds['tell']
  #believed: { state: SurgeState; until: number } | undefined

  constructor({ db, tell }: SpamSurgeNeeds) {
    this.#db = db
    this.#tell = tell
  }

  async state(): Promise<SurgeState> {
    if (this.#believed && Date.now() < this.#believed.until) return this.#believed.state
    const {
      is_on: isOn,
      is_forced: isForced,
      since,
    } = await this.#db.selectFrom('spam_surge').selectAll().executeTakeFirstOrThrow()
    this.#believed = { state: { isOn, isForced, since }, until: Date.now() + BELIEVED_FOR }
    return this.#believed.state
  }

  /** Sets the switch, or makes it automatic again (`auto`). */
  async set(to: 'on' | 'off' | 'auto'): Promise<void> {
    await this.#db
      .updateTable('spam_surge')
      .set({ is_on: to === 'on', is_forced: to !== 'auto', since: Temporal.Now.instant().toString() })
      .execute()
    this.#believed = undefined
  }

  /** Switches by the count of the last hour. Idempotent: the state is in the database. */
  async look(): Promise<void> {
    const { lately, usual } = await this.#count()
    const isWave = lately > Math.max(LEAST, TIMES * usual)
    await this.#db.transaction().execute(async (db) => {
      const turned = await db
        .updateTable('spam_surge')
        .set({ is_on: isWave, since: Temporal.Now.instant().toString() })
        .where('is_forced', '=', false)
        .where('is_on', '=', !isWave)
        .returning('is_on')
        .executeTakeFirst()
      if (turned?.is_on) await this.#tell(db, lately)
    })
    this.#believed = undefined
  }

  /**
   * Returns the anonymous links of the last hour, and of the median hour of the month before it; hours without links
   * count as zero.
   */
  async #count(): Promise<{ lately: number; usual: number }> {
    const { rows } = await sql<{ lately: number; usual: number }>`
      with made as (
        select floor(extract(epoch from now() - created_at) / 3600)::int as hours_ago
        from link.link where created_at > now() - interval '30 days' and owner is null and imported_at is null
      ), counted as (select hours_ago, count(*) as links from made group by hours_ago)
      select
        coalesce((select links from counted where hours_ago = 0), 0) as lately,
        coalesce((select percentile_cont(0.5) within group (order by coalesce(links, 0))
          from generate_series(1, 719) as hour left join counted on hours_ago = hour), 0)::float8 as usual`.execute(
      this.#db,
    )
    return rows[0] ?? { lately: 0, usual: 0 }
  }

  /** The job that checks every five minutes. */
  get job(): Job {
    return { name: 'detect-surge', schedule: '*/5 * * * *', run: () => this.look() }
  }
}
