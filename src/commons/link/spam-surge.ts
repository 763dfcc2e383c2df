import { sql, type Kysely } from 'kysely'
import type { Job } from '../../platform/jobs/job.ts'
import type { LinkTables } from './tables.ts'

/** How much more than usual is a wave. */
const TIMES = 5

/** Links of strangers in an hour below which nothing is a wave, however quiet the month was. */
const LEAST = 30

/** Milliseconds for which what was read of the switch is believed. */
const BELIEVED_FOR = 5_000

export interface SurgeState {
  isOn: boolean
  /** Whether a person has set it; the clock leaves it alone then. */
  isForced: boolean
  since: Temporal.Instant
}

interface SpamSurgeNeeds {
  db: Kysely<LinkTables>
  /** Tells the team that it has been switched on, in the transaction that does so. */
  tell: (db: Kysely<LinkTables>, links: number) => Promise<void>
}

/**
 * The switch for a wave of spam: while it is on, links of strangers wait for a person to look at them. It turns itself on
 * when an hour brings more than five times the month's median hour, and off when an hour is calm again.
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

  /** A person sets it, or gives it back to the clock (`auto`). */
  async set(to: 'on' | 'off' | 'auto'): Promise<void> {
    await this.#db
      .updateTable('spam_surge')
      .set({ is_on: to === 'on', is_forced: to !== 'auto', since: Temporal.Now.instant().toString() })
      .execute()
    this.#believed = undefined
  }

  /** Looks at the last hour, and switches. Safe to run twice: the switch itself is the memory. */
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

  /** Links of strangers in the last hour, and in the median hour of the month before it; hours without any count as such. */
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

  /** Looks every five minutes. */
  get job(): Job {
    return { name: 'detect-surge', schedule: '*/5 * * * *', run: () => this.look() }
  }
}
