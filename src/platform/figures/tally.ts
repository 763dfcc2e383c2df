import { sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import type { FiguresTables } from './tables.ts'

/** Adds amounts to the tally of a day, by figure. */
export async function addToTally(
  db: QueryExecutorProvider,
  day: Temporal.PlainDate,
  amounts: Readonly<Record<string, number>>,
): Promise<void> {
  await sql`
    insert into figures.tally (figure, day, amount)
    select figure, ${day.toString()}::date, amount from unnest(${Object.keys(amounts)}::text[], ${Object.values(amounts)}::bigint[]) as one (figure, amount)
    where amount <> 0`.execute(db)
}

/**
 * Makes points of the days before today, 0 where nothing was counted, and one row a figure of what today has counted so
 * far. It is one statement: killed, it has done nothing; what another process does at once is added once. What comes
 * late, from a transaction that was open at midnight, is added to its day.
 */
export async function foldTally(db: Kysely<FiguresTables>, today: Temporal.PlainDate): Promise<void> {
  await sql`
    with taken as (delete from figures.tally returning figure, day, amount),
    counted as (select figure, day, sum(amount)::bigint as amount from taken group by figure, day),
    kept as (
      insert into figures.tally (figure, day, amount) select figure, day, amount from counted where day >= ${today.toString()}::date
    ),
    expected as (
      select id as figure, day::date from figures.figure,
        lateral (select max(upper(at)) as next_day from figures.point where figure = id and source = 'live' and precision = 'day') as noted,
        generate_series(greatest(next_day, tallied_since), ${today.toString()}::date - 1, '1 day') as day
      where declared and tallied_since is not null
    )
    insert into figures.point (figure, at, precision, value, state, source)
    select figure, daterange(day, day + 1), 'day', coalesce(amount, 0), 'known', 'live'
    from expected full join counted using (figure, day) where day < ${today.toString()}::date
    order by figure, day
    on conflict (figure, at, source) do update set value = coalesce(point.value, 0) + excluded.value, state = 'known', noted_at = now()
      where excluded.value <> 0`.execute(db)
}
