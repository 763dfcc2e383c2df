import { sql, type Insertable, type Kysely, type RawBuilder } from 'kysely'
import { toRange } from './dates.ts'
import type { DailyFigure, DayCount } from './figure.ts'
import type { FiguresTables } from './tables.ts'

/** A daily figure as the database declares it. */
export function rowOfDaily(
  { id, unit, label, definition, isPublic = true, isTallied }: DailyFigure,
  service: string,
  today: Temporal.PlainDate,
): Insertable<FiguresTables['figure']> {
  return {
    id,
    service,
    kind: 'flow',
    unit,
    label_fr: label.fr,
    label_en: label.en,
    definition_fr: definition.fr,
    definition_en: definition.en,
    public: isPublic,
    declared: true,
    daily: true,
    tallied_since: isTallied ? today.toString() : null,
  }
}

/** Keeps what a day that is over counted, with the figures that were not declared yet. */
export async function keepDay(db: Kysely<FiguresTables>, day: Temporal.PlainDate, counts: DayCount[]): Promise<void> {
  if (counts.length === 0) return
  const at = toRange(day.toString())
  await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('figure')
      .values(counts.map(({ figure, service }) => rowOfDaily(figure, service, day)))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await transaction
      .insertInto('point')
      .values(
        counts.map(({ figure: { id }, value }) => ({
          figure: id,
          at,
          precision: 'day',
          value,
          state: 'known',
          printed: null,
          source: 'live',
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  })
}

/**
 * Notes the sums of daily figures for the last two months that are over, and for the last year: a day may have come
 * late.
 */
export async function sumUp(db: Kysely<FiguresTables>, today: Temporal.PlainDate): Promise<void> {
  const thisMonth = today.with({ day: 1 })
  await sumTimes(db, 'month', { from: thisMonth.subtract({ months: 2 }), until: thisMonth })
  await sumTimes(db, 'year', {
    from: thisMonth.with({ month: 1 }).subtract({ years: 1 }),
    until: thisMonth.with({ month: 1 }),
  })
}

async function sumTimes(
  db: Kysely<FiguresTables>,
  unit: Unit,
  { from, until }: { from: Temporal.PlainDate; until: Temporal.PlainDate },
): Promise<void> {
  const isOver = sql<boolean>`lower(at) >= ${from.toString()}::date and lower(at) < ${until.toString()}::date and figure in (select id from figures.figure where daily)`
  await sql`
    insert into figures.point (figure, at, precision, value, state, source)
    select figure, daterange(start, (start + ${`1 ${unit}`}::interval)::date), ${unit}, value, state, 'live' from (${sumsBy(unit, isOver)}) as sums
    on conflict (figure, at, source) do update set value = excluded.value, state = excluded.state`.execute(db)
}

type Unit = 'month' | 'year'

/**
 * The sums of the days of daily figures, by month or year. Where a day is missing, or the time is not over yet, the sum
 * is an estimate: at least so many.
 *
 * @param which of the points of days
 */
export function sumsBy(
  unit: Unit,
  which: RawBuilder<boolean>,
): RawBuilder<{ figure: string; start: string; value: number; state: string }> {
  return sql`
    select figure, date_trunc(${unit}::text, lower(at))::date as start, sum(value) as value,
      case when count(value) = (date_trunc(${unit}::text, min(lower(at))) + ${`1 ${unit}`}::interval)::date - date_trunc(${unit}::text, min(lower(at)))::date
        then 'known' else 'estimated' end as state
    from figures.point where source = 'live' and precision = 'day' and value is not null and ${which}
    group by 1, 2`
}
