import { sql, type Kysely } from 'kysely'
import { toRange } from './dates.ts'
import type { FiguresTables } from './tables.ts'

/** How long days are kept as days. */
const DAYS_FOR = { years: 2 }

/**
 * Makes months of days that are older than two years: the last known value of each stays, the other days go. What a
 * snapshot or a report says of a month stands over it, and of daily figures their sum, which is there already.
 *
 * @returns how many days went
 */
export async function monthsOfOldDays(db: Kysely<FiguresTables>, today: Temporal.PlainDate): Promise<number> {
  const until = today.with({ day: 1 }).subtract(DAYS_FOR).toString()
  return db.transaction().execute(async (transaction) => {
    await sql`
      insert into figures.point (figure, at, precision, value, state, source)
      select distinct on (figure, month) figure, daterange(month, (month + interval '1 month')::date), 'month', value, state, 'live'
      from (
        select figure, date_trunc('month', lower(at))::date as month, lower(at) as day, value, state
        from figures.point join figures.figure on figure.id = point.figure and not daily
        where source = 'live' and precision = 'day' and lower(at) < ${until}::date
      ) as days order by figure, month, value is null, day desc
      on conflict do nothing`.execute(transaction)
    const { numDeletedRows } = await transaction
      .deleteFrom('point')
      .where('source', '=', 'live')
      .where('precision', '=', 'day')
      .where(sql<boolean>`lower(at) < ${until}::date`)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  })
}

/**
 * Says of the year that is over what its last day says: of what there is, not of what came, whose days are summed up.
 * Where that day is not known the year stays unknown.
 */
export async function closeYear(db: Kysely<FiguresTables>, year: number): Promise<void> {
  await sql`
    insert into figures.point (figure, at, precision, value, state, source)
    select figure, ${toRange(String(year))}::daterange, 'year', value, point.state, 'live'
    from figures.point join figures.figure on figure.id = point.figure and figure.kind <> 'flow'
    where source = 'live' and precision = 'day' and at = ${toRange(`${year}-12-31`)}::daterange and value is not null
    on conflict do nothing`.execute(db)
}
