import { sql, type Kysely } from 'kysely'
import type { Database } from '../../platform/database/database.ts'
import { FAR, oddValue, type OddValue } from '../../platform/figures/odd-values.ts'
import type { Figure } from '../../platform/figures/figure.ts'
import type { ReportTables } from './tables.ts'

/** Two consecutive known days of a figure. */
interface Days {
  figure: string
  kind: Figure['kind']
  unit: string
  day: string
  value: number
  before_day: string | null
  before: number | null
}

/** Finds the odd values of a day, compared with the last known day of the fortnight before. */
export async function oddValuesOf({ pool }: Database, day: Temporal.PlainDate): Promise<OddValue[]> {
  const { rows } = await pool.query<Days>(
    `select point.figure, kind, unit, lower(point.at)::text as day, point.value, before.day as before_day, before.value as before
     from figures.point join figures.figure on figure.id = point.figure
     left join lateral (
       select lower(earlier.at)::text as day, earlier.value from figures.point as earlier
       where earlier.figure = point.figure and earlier.source = 'live' and earlier.precision = 'day' and earlier.value is not null
         and earlier.at < point.at and lower(earlier.at) > $1::date - 15
       order by earlier.at desc limit 1
     ) as before on true
     where point.source = 'live' and point.precision = 'day' and point.at = daterange($1::date, $1::date + 1) and point.value is not null`,
    [day.toString()],
  )
  return rows.flatMap(({ figure, before_day: beforeDay, before, ...row }) => {
    const last = beforeDay === null || before === null ? undefined : { date: beforeDay, value: before }
    return oddValue({ ...row, id: figure }, { date: row.day, value: row.value }, last, FAR.fromDayToDay) ?? []
  })
}

/** Returns the odd values of a day that were not sent yet. */
export async function untold(
  db: Kysely<ReportTables>,
  odd: readonly OddValue[],
  day: Temporal.PlainDate,
): Promise<OddValue[]> {
  const reported = await db
    .selectFrom('odd_value')
    .select('figure')
    .where('day', '=', sql<string>`${day.toString()}::date`)
    .execute()
  return odd.filter(({ figure }) => !reported.some((one) => one.figure === figure))
}

/**
 * Marks odd values as sent, in the transaction that sends them.
 *
 * @returns whether none of them had been sent meanwhile
 */
export async function rememberTold(
  db: Kysely<ReportTables>,
  odd: readonly OddValue[],
  day: Temporal.PlainDate,
): Promise<boolean> {
  const fresh = await db
    .insertInto('odd_value')
    .values(odd.map(({ figure }) => ({ figure, day: day.toString() })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('figure')
    .execute()
  return fresh.length === odd.length
}

/** Returns the figures with recently sent odd values, for the page of figures. */
export async function lateOddFigures(db: Kysely<ReportTables>, today: Temporal.PlainDate): Promise<Set<string>> {
  const rows = await db
    .selectFrom('odd_value')
    .select('figure')
    .where('day', '>', sql<string>`${today.toString()}::date - 15`)
    .execute()
  return new Set(rows.map(({ figure }) => figure))
}
