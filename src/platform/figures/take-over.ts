import { sql, type Kysely } from 'kysely'
import { Arrangements } from './arrangements.ts'
import { fromFirstDay, precisionOf, toRange } from './dates.ts'
import type { Point } from './figure.ts'
import { HistoryConflict, type Conflict } from './history-error.ts'
import type { History } from './history.ts'
import type { FiguresTables } from './tables.ts'

/**
 * What stands where a point is there already with another value: nothing is done, the one that is there, or the new
 * one.
 */
export type OnConflict = 'refuse' | 'keep' | { replace: { reason: string; by: string } }

/** One import at a time: two of the same file bring it once. */
const LOCK = 4_207_005

/**
 * Brings a history into the database, in one transaction.
 *
 * @returns how many points are new, or replaced
 * @throws HistoryConflict
 */
export function takeOver(
  db: Kysely<FiguresTables>,
  history: History,
  { dryRun, onConflict }: { dryRun: boolean; onConflict: OnConflict },
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(transaction)
    const there = await importedPoints(transaction, history)
    const conflicts = conflictsWith(history, there)
    if (conflicts.length > 0 && onConflict === 'refuse') throw new HistoryConflict(conflicts)
    const fresh = newPoints(history, there)
    const replaced = typeof onConflict === 'object' ? conflicts : []
    if (dryRun) return fresh.length + replaced.length
    await insertSeries(transaction, history, there)
    if (fresh.length > 0) await transaction.insertInto('point').values(fresh).execute()
    if (typeof onConflict === 'object')
      for (const conflict of conflicts) await replace(transaction, conflict, history, onConflict.replace)
    await new Arrangements(transaction).put(history.year, history.tables, { isPublished: true })
    return fresh.length + replaced.length
  })
}

async function insertSeries(db: Kysely<FiguresTables>, { series }: History, there: There): Promise<void> {
  const withPoints = new Set([...there.values()].map(({ figure }) => figure))
  const rows = series.filter(({ id }) => !withPoints.has(id)).map(({ id, service, kind, unit, label, isPublic }) => ({
    id, service, kind, unit, label_fr: label.fr, label_en: label.en, public: isPublic, declared: false,
  })) // prettier-ignore
  if (rows.length > 0)
    await db
      .insertInto('figure')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

type There = Map<string, Pick<Point, 'value' | 'state' | 'printed'> & { figure: string }>

async function importedPoints(db: Kysely<FiguresTables>, { series }: History): Promise<There> {
  const rows = await db
    .selectFrom('point')
    .select(['figure', 'value', 'state', 'printed', 'precision', sql<string>`lower(at)::text`.as('from')])
    .where('source', '=', 'import')
    .where('figure', 'in', ['', ...series.map(({ id }) => id)])
    .execute()
  return new Map(
    rows.map(({ from, precision, ...point }) => [`${point.figure} ${fromFirstDay(from, precision)}`, point]),
  )
}

function conflictsWith({ series }: History, there: There): Conflict[] {
  return series.flatMap(({ id, points }) =>
    points.flatMap(({ date, value, state }) => {
      const before = there.get(`${id} ${date}`)
      const isOther = before && (before.value !== value || before.state !== state)
      return isOther
        ? [{ figure: id, date, there: { value: before.value, state: before.state }, incoming: { value, state } }]
        : []
    }),
  )
}

function newPoints({ series }: History, there: There) {
  return series.flatMap(({ id, points }) =>
    points
      .filter(({ date }) => !there.has(`${id} ${date}`))
      .map(({ date, value, state, printed, source }) => ({
        figure: id,
        at: toRange(date),
        precision: precisionOf(date) ?? ('day' as const),
        value,
        state,
        printed,
        source,
      })),
  )
}

/** Puts the new value in the place of the old one, which is kept with the reason. */
async function replace(
  db: Kysely<FiguresTables>,
  { figure, date, there, incoming }: Conflict,
  { series }: History,
  { reason, by }: { reason: string; by: string },
): Promise<void> {
  const printed = series.find(({ id }) => id === figure)?.points.find((point) => point.date === date)?.printed ?? null
  await db
    .insertInto('correction')
    .values({ figure, date, ...there, printed: null, reason, noted_by: by })
    .execute()
  await db
    .updateTable('point')
    .set({ ...incoming, printed, reason, noted_by: by })
    .where('figure', '=', figure)
    .where('source', '=', 'import')
    .where('at', '=', toRange(date))
    .execute()
}
