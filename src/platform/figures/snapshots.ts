import { sql, type Kysely } from 'kysely'
import { toRange } from './dates.ts'
import type { Known } from './figure.ts'
import type { FiguresTables } from './tables.ts'

/** All figures at one moment, under a name: « mars 2026 ». */
export interface Snapshot {
  name: string
  date: Temporal.PlainDate
  frozenAt: Temporal.Instant
  takenBy: string | null
  figures: number
}

/** A value of a snapshot that is put right, with the reason. */
export interface SnapshotCorrection extends Known {
  snapshot: string
  figure: string
  reason: string
  by: string
}

/** Named, frozen views of all figures: there whole or not at all, and put right only with a reason. */
export class Snapshots {
  readonly #db: Kysely<FiguresTables>
  readonly #current: () => Promise<Map<string, Known>>

  /** @param current what every declared figure says now */
  constructor(db: Kysely<FiguresTables>, current: () => Promise<Map<string, Known>>) {
    this.#db = db
    this.#current = current
  }

  /**
   * Freezes the value of every declared figure under a name, in one transaction. A snapshot is also what each line says
   * of its month: the first one of a month stands there. Of daily figures it has the day before, and their months stay
   * sums.
   *
   * @param options.isPast takes what was sampled on that day; else the values are those of now
   * @returns how many values were frozen; 0 when a snapshot of that name is there already, or nothing is declared
   */
  async freeze(
    name: string,
    date: Temporal.PlainDate,
    { by, isPast = false }: { by?: string; isPast?: boolean } = {},
  ): Promise<number> {
    const values = [...(isPast ? await this.#sampledOn(date) : await this.#current())]
    const month = toRange(date.toString().slice(0, 7))
    return this.#db.transaction().execute(async (db) => {
      const made = await db
        .insertInto('snapshot')
        .values({ name, date: date.toString(), taken_by: by ?? null })
        .onConflict((conflict) => conflict.doNothing())
        .returning('name')
        .execute()
      if (made.length === 0) return 0
      if (values.length > 0) {
        await db
          .insertInto('snapshot_point')
          .values(values.map(([figure, known]) => ({ snapshot: name, figure, ...known })))
          .execute()
        await db
          .insertInto('point')
          .values(
            values.map(([figure, known]) => ({
              figure,
              at: month,
              precision: 'month' as const,
              ...known,
              printed: null,
              source: 'live' as const,
            })),
          )
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
      const lastDay = toRange((isPast ? date : date.subtract({ days: 1 })).toString())
      const { numAffectedRows = 0n } = await sql`
        insert into figures.snapshot_point (snapshot, figure, value, state)
        select ${name}, id, value, coalesce(state, 'unknown') from figures.figure
        left join figures.point on figure = id and source = 'live' and at = ${lastDay}::daterange
        where daily and declared`.execute(db)
      return values.length + Number(numAffectedRows)
    })
  }

  async #sampledOn(day: Temporal.PlainDate): Promise<Map<string, Known>> {
    const rows = await this.#db
      .selectFrom('figure')
      .leftJoin('point', (join) =>
        join
          .onRef('point.figure', '=', 'figure.id')
          .on('point.source', '=', 'live')
          .on('point.at', '=', toRange(day.toString())),
      )
      .select(['figure.id', 'value', 'state'])
      .where('declared', '=', true)
      .where('daily', '=', false)
      .execute()
    return new Map(rows.map(({ id, value, state }) => [id, { value, state: state ?? 'unknown' }]))
  }

  /** The latest first. */
  async list(): Promise<Snapshot[]> {
    const rows = await this.#db
      .selectFrom('snapshot')
      .select(['name', 'date', 'frozen_at', 'taken_by'])
      .select((snapshot) =>
        snapshot
          .selectFrom('snapshot_point')
          .select((all) => all.fn.countAll<number>().as('count'))
          .whereRef('snapshot_point.snapshot', '=', 'snapshot.name')
          .as('figures'),
      )
      .orderBy('date', 'desc')
      .orderBy('frozen_at', 'desc')
      .execute()
    return rows.map(({ name, date, frozen_at: frozenAt, taken_by: takenBy, figures }) => ({
      name,
      date,
      frozenAt,
      takenBy,
      figures: figures ?? 0,
    }))
  }

  /** What one snapshot holds, by figure; empty when there is none of that name. */
  async values(name: string): Promise<Map<string, Known>> {
    const rows = await this.#db
      .selectFrom('snapshot_point')
      .select(['figure', 'value', 'state'])
      .where('snapshot', '=', name)
      .orderBy('figure')
      .execute()
    return new Map(rows.map(({ figure, ...known }) => [figure, known]))
  }

  /** What each snapshot holds of a public figure, the latest first. */
  async ofFigure(figure: string): Promise<(Known & { snapshot: string; date: string })[]> {
    const rows = await this.#db
      .selectFrom('snapshot_point')
      .innerJoin('snapshot', 'snapshot.name', 'snapshot_point.snapshot')
      .innerJoin('figure', 'figure.id', 'snapshot_point.figure')
      .select(['snapshot', 'date', 'value', 'state'])
      .where('figure.id', '=', figure)
      .where('public', '=', true)
      .orderBy('date', 'desc')
      .orderBy('frozen_at', 'desc')
      .execute()
    return rows.map(({ date, ...row }) => ({ ...row, date: date.toString() }))
  }

  /**
   * Puts a frozen value right: what stood there is kept with the reason, and the month's point follows where it came
   * from this snapshot.
   *
   * @returns whether the snapshot holds that figure
   */
  async correct({ snapshot, figure, value, state, reason, by }: SnapshotCorrection): Promise<boolean> {
    return this.#db.transaction().execute(async (db) => {
      const before = await db
        .selectFrom('snapshot_point')
        .innerJoin('snapshot', 'snapshot.name', 'snapshot_point.snapshot')
        .select(['value', 'state', 'date'])
        .where('snapshot', '=', snapshot)
        .where('figure', '=', figure)
        .forUpdate('snapshot_point')
        .executeTakeFirst()
      if (!before) return false
      await db
        .insertInto('correction')
        .values({
          figure,
          date: before.date.toString(),
          snapshot,
          value: before.value,
          state: before.state,
          printed: null,
          reason,
          noted_by: by,
        })
        .execute()
      await db
        .updateTable('snapshot_point')
        .set({ value, state })
        .where('snapshot', '=', snapshot)
        .where('figure', '=', figure)
        .execute()
      await db
        .updateTable('point')
        .set({ value, state, reason, noted_by: by })
        .where('figure', '=', figure)
        .where('source', '=', 'live')
        .where('at', '=', toRange(before.date.toString().slice(0, 7)))
        .where((point) => (before.value === null ? point('value', 'is', null) : point('value', '=', before.value)))
        .execute()
      return true
    })
  }
}
