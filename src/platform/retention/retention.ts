import { sql, type QueryExecutorProvider } from 'kysely'
import type { Blobs } from '../blobs/blobs.ts'
import type { Database } from '../database/database.ts'
import type { Service } from '../service.ts'
import { overBefore, type Purge, type RetentionClass } from './class.ts'
import { FREED_FOR, FreedBlobs, freeBlobs } from './freed-blobs.ts'
import { ownClasses } from './own-classes.ts'

/** Rows of one batch, and of one class in one run: the rest waits for the next hour. */
const BATCH = 1000
const MOST = 100_000

/** What is kept by one service, or by the platform for all of them. */
export interface DataHolder {
  /** `platform`, or the service's name. */
  name: string
  classes: readonly RetentionClass[]
}

/** What a run of the purge did. */
export interface PurgeReport {
  /** Rows by class, `link/forgotten-links`; those that had any. */
  rows: ReadonlyMap<string, number>
  /** Blobs that were deleted. */
  blobs: number
}

interface RetentionNeeds {
  database: Database
  blobs: Blobs
  services: readonly Service[]
  timeZone: string
}

/** Lets go of what is over its time, for all services at once, and counts it. */
export class Retention {
  /** The platform first, then each service that declares something. */
  readonly keepers: readonly DataHolder[]
  readonly #database: Database
  readonly #freed: FreedBlobs
  readonly #timeZone: string

  constructor({ database, blobs, services, timeZone }: RetentionNeeds) {
    this.#database = database
    this.#freed = new FreedBlobs(database, blobs)
    this.#timeZone = timeZone
    this.keepers = dataHoldersOf(services)
  }

  /**
   * Purges every class until nothing of it is over or it has had its share, then deletes the blobs that were freed long
   * enough ago. Each batch is a transaction: a killed run leaves whole batches, and the next run does the rest.
   *
   * @throws AggregateError what went wrong, once all other classes had their turn
   */
  async purge({
    signal,
    now = Temporal.Now.instant(),
  }: {
    signal: AbortSignal
    now?: Temporal.Instant
  }): Promise<PurgeReport> {
    const rows = new Map<string, number>()
    const errors: unknown[] = []
    const attempt = (work: Promise<void>) => work.catch((error: unknown) => void errors.push(error))
    for (const { name: service, classes } of this.keepers)
      for (const one of classes) {
        const { purge } = one
        if (!purge) continue
        const before = overBefore(one, now, this.#timeZone)
        const count = (more: number) =>
          rows.set(`${service}/${one.name}`, (rows.get(`${service}/${one.name}`) ?? 0) + more)
        await attempt(this.#purgeClass(service, { name: one.name, purge, before }, { signal, count }))
      }
    let blobs = 0
    await attempt(this.#deleteFreed(now.subtract(FREED_FOR), { signal, count: (more) => (blobs += more) }))
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} classes could not be purged`)
    return { rows, blobs }
  }

  async #purgeClass(
    service: string,
    { name, purge, before }: { name: string; purge: Purge; before: Temporal.Instant },
    { signal, count }: Run,
  ): Promise<void> {
    for (let total = 0; total < MOST && !signal.aborted;) {
      const rows = await this.#database
        .schema('retention')
        .transaction()
        .execute(async (db) => {
          const purged = await purge(db, { before, limit: BATCH })
          await freeBlobs(db, purged.blobs ?? [])
          await this.#count(db, service, name, purged.rows)
          return purged.rows
        })
      if (rows > 0) count(rows)
      total += rows
      if (rows < BATCH) return
    }
  }

  async #deleteFreed(before: Temporal.Instant, { signal, count }: Run): Promise<void> {
    for (let total = 0; total < MOST && !signal.aborted;) {
      const deleted = await this.#freed.deleteBatch(before)
      if (!deleted) return
      await this.#count(this.#database.schema('retention'), 'platform', 'freed-blobs', deleted)
      count(deleted)
      total += deleted
    }
  }

  async #count(db: QueryExecutorProvider, service: string, name: string, rows: number): Promise<void> {
    if (rows === 0) return
    await sql`
      insert into retention.removed (service, class, day, rows) values (${service}, ${name}, current_date, ${rows})
      on conflict (service, class, day) do update set rows = removed.rows + excluded.rows`.execute(db)
  }

  /** What the purge has removed since the first day, by class (`link/forgotten-links`). */
  async removed(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#database.pool.query<{ class: string; rows: number }>(
      `select service || '/' || class as class, sum(rows)::bigint as rows from retention.removed group by 1`,
    )
    return new Map(rows.map((row) => [row.class, row.rows]))
  }
}

/** What one class's purge is run with. */
interface Run {
  signal: AbortSignal
  count: (rows: number) => void
}

/** Everything that is kept, in the order in which it is shown. */
export function dataHoldersOf(services: readonly Service[]): DataHolder[] {
  const ofServices = services.map(({ name, retention = [] }) => ({ name, classes: retention }))
  return [{ name: 'platform', classes: ownClasses }, ...ofServices.filter(({ classes }) => classes.length > 0)]
}
