import { sql, type Kysely } from 'kysely'
import { sumsBy } from './daily.ts'
import { fromFirstDay, precisionOf, toRange } from './dates.ts'
import { withDerived } from './derived.ts'
import type { FigureDate, MethodBreak, Point, Precision, Series, Source } from './figure.ts'
import type { FiguresTables } from './tables.ts'

/** Which points of a series are wanted. */
export interface Span {
  /**
   * `day`: every point as it is; `month`, unless it is said otherwise: of days the last one of each month, and of daily
   * figures their sum; `snapshot`: what was frozen.
   */
  step?: 'day' | 'month' | 'snapshot'
  /** `2023`, `2024-03` or `2024-03-15`, and so `to`; both are part of it. */
  from?: FigureDate
  to?: FigureDate
}

/** A series with its days and months, from a year on. */
export interface DatedSeries extends Pick<Series, 'id' | 'unit' | 'label' | 'definition' | 'isDaily'> {
  /** The oldest year first; years of which no day was noted are not there. */
  years: YearOfDays[]
  /** What was printed, frozen, noted or summed up of months, the oldest first. */
  months: Point[]
  /** When the last of all that was noted. */
  notedAt: Temporal.Instant
}

/**
 * The days of a year, from 1 January to the last of which something was noted: of each what stands, null where nothing
 * is known.
 */
export interface YearOfDays {
  year: number
  days: (number | null)[]
}

/** Which series are wanted: some by their ids, or all public ones of some services. */
export type DatedWanted = { ids: readonly string[] } | { of: readonly string[] }

/** Which of two points of one date stands: the hand over the report, the report over what was sampled. */
export const RANK: Record<Source, number> = { live: 0, import: 1, manual: 2 }

/**
 * Which series are wanted: those of some services by their names, of all where none is named; public ones alone, or
 * not.
 */
export interface Wanted {
  of?: readonly string[]
  withPrivate?: boolean
}

const isOf = (services: readonly string[]) =>
  sql<boolean>`(service = any (${services}::text[]) or split_part(id, '.', 1) = any (${services}::text[]))`

/** All public series with what stands of them, and the latest of their daily points. */
export async function readSeries(
  db: Kysely<FiguresTables>,
  { of, withPrivate = false }: Wanted = {},
): Promise<Map<string, Series>> {
  const isOfThem = of ? isOf(of) : sql`true`
  const { rows } = await sql<StoredSeries>`
      select id, service, kind, unit, label_fr, label_en, definition_fr, definition_en, public, declared, daily,
        coalesce((
          select json_agg(json_build_object('from', lower(at), 'precision', precision, 'value', value, 'state', state, 'printed', printed, 'source', source) order by at)
          from (
            select * from figures.point where figure = figure.id and precision <> 'day'
            union all
            (select * from figures.point where figure = figure.id and precision = 'day' order by at desc limit 1)
          ) as shown
        ), '[]') as points,
        coalesce((select json_agg(json_build_object('since', since, 'what', json_build_object('fr', what_fr, 'en', what_en)) order by since)
          from figures.break where break.figure = figure.id), '[]') as breaks
      from figures.figure where (public or ${withPrivate}) and ${isOfThem} order by id`.execute(db)
  return withDerived(new Map(rows.map((row) => [row.id, seriesOf(row)])))
}

/** One public series, as `readSeries` has it; what it may be derived from is of the same service. */
export async function readOne(db: Kysely<FiguresTables>, id: string): Promise<Series | undefined> {
  // No text of PostgreSQL has this in it.
  if (id.includes('\0')) return undefined
  const all = await readSeries(db, { of: [id.split('.')[0] ?? ''] })
  return all.get(id)
}

/** The points of one public series, oldest first; undefined when there is none. */
export async function readPoints(
  db: Kysely<FiguresTables>,
  id: string,
  { step = 'month', from, to }: Span,
): Promise<Point[] | undefined> {
  const one = await readOne(db, id)
  if (!one) return undefined
  const within = sql<string>`daterange(lower(${from ? toRange(from) : '(,)'}::daterange), upper(${to ? toRange(to) : '(,)'}::daterange))`
  if (step === 'snapshot') {
    const { rows } = await sql<StoredPoint>`
        select date::text as "from", 'day' as precision, value, state, null as printed, 'live' as source
        from figures.snapshot_point join figures.snapshot on snapshot.name = snapshot_point.snapshot
        where figure = ${id} and date <@ ${within} order by date, frozen_at`.execute(db)
    return rows.map(pointOf)
  }
  const sums = sql`select 1 as place, start as "from", 'month' as precision, value, state, null as printed, 'live' as source
              from (${sumsBy('month', sql`figure = ${id} and at && ${within}`)}) as months`
  const days =
    step !== 'day' && one.isDaily
      ? sums
      : step === 'day'
        ? sql`select 1 as place, lower(at) as "from", precision, value, state, printed, source from figures.point
              where figure = ${id} and precision = 'day' and at && ${within}`
        : sql`select distinct on (date_trunc('month', lower(at))) 1 as place, date_trunc('month', lower(at))::date as "from", 'month' as precision, value, state, printed, source
              from figures.point where figure = ${id} and precision = 'day' and at && ${within}
              order by date_trunc('month', lower(at)), value is null, at desc`
  const { rows } = await sql<StoredPoint>`
      select "from"::text, precision, value, state, printed, source from (
        select 0 as place, lower(at) as "from", precision, value, state, printed, source
        from figures.point where figure = ${id} and precision <> 'day' and at && ${within}
        union all (${days})
      ) as every order by "from", precision, place`.execute(db)
  const points = oneByDate(rows.map(pointOf))
  const derived = one.points.filter(
    ({ date, source }) =>
      source === 'live' && precisionOf(date) !== 'day' && !points.some((point) => point.date === date),
  )
  return [...points, ...derived.filter(({ date }) => isBetween(date, from, to))].toSorted((a, b) =>
    a.date < b.date ? -1 : 1,
  )
}

/**
 * Values of public series for small lines, by figure: of all but the daily ones, which are many, or of those whose ids
 * begin so.
 */
export async function readRecent(
  db: Kysely<FiguresTables>,
  today: Temporal.PlainDate,
  only: string | undefined,
): Promise<Map<string, number[]>> {
  const months = Array.from({ length: 24 }, (_, ago) => today.with({ day: 1 }).subtract({ months: ago }))
  const days = Array.from({ length: 14 }, (_, ago) => today.subtract({ days: ago }))
  const ranges = [...months, ...days].map((day) => toRange(day.toString()))
  const { rows } = await sql<{ figure: string; values: number[] }>`
      select point.figure, json_agg(point.value order by point.at) as values
      from figures.figure join figures.point on point.figure = figure.id and point.source = 'live' and point.at = any (${ranges}::daterange[])
      where figure.public and point.value is not null and ${only === undefined ? sql`not daily` : sql`(id = ${only} or starts_with(id, ${`${only}.`}))`}
      group by point.figure`.execute(db)
  return new Map(rows.map(({ figure, values }) => [figure, values]))
}

/** Some series with their days and months from a year on; those that have one. */
export async function readDated(
  db: Kysely<FiguresTables>,
  wanted: DatedWanted,
  fromYear: number,
): Promise<DatedSeries[]> {
  const isWanted = 'ids' in wanted ? sql`id = any (${wanted.ids}::text[])` : sql`public and ${isOf(wanted.of)}`
  const named = sql`select id, unit, label_fr, label_en, definition_fr, definition_en, daily, noted_at`
  const [years, months] = await Promise.all([
    sql<StoredDated & YearOfDays>`
      ${named}, year, days from figures.figure join figures.year_of_days on figure = id and year >= ${fromYear}
      where ${isWanted} order by id, year`.execute(db),
    sql<StoredDated & StoredPoint>`
      ${named}, lower(at)::text as "from", precision, value, state, printed, source
      from figures.figure join figures.point on figure = id and precision <> 'day' and precision = 'month' and lower(at) >= make_date(${fromYear}, 1, 1)
      where ${isWanted} order by id, at`.execute(db),
  ])
  const rows = Map.groupBy([...years.rows, ...months.rows], ({ id }) => id)
  const series = [...rows.values()].flatMap((stored): DatedSeries[] => {
    const [first] = stored
    if (!first) return []
    const { id, unit, daily } = first
    return [
      {
        id,
        unit,
        ...namesOf(first),
        ...(daily && { isDaily: true as const }),
        years: stored.flatMap((row) => ('days' in row ? [{ year: row.year, days: row.days }] : [])),
        months: oneByDate(stored.flatMap((row) => ('from' in row ? [pointOf(row)] : []))),
        notedAt: stored
          .map((row) => row.noted_at)
          .reduce((one, other) => (Temporal.Instant.compare(one, other) < 0 ? other : one)),
      },
    ]
  })
  return series.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

interface StoredDated extends StoredNames {
  id: string
  unit: string
  daily: boolean
  noted_at: Temporal.Instant
}

/** What a series is called and means, as the table has it. */
interface StoredNames {
  label_fr: string
  label_en: string
  definition_fr: string
  definition_en: string
}

function namesOf({
  label_fr,
  label_en,
  definition_fr,
  definition_en,
}: StoredNames): Pick<Series, 'label' | 'definition'> {
  return { label: { fr: label_fr, en: label_en }, definition: { fr: definition_fr, en: definition_en } }
}

interface StoredSeries extends StoredNames {
  id: string
  service: string
  kind: Series['kind']
  unit: string
  public: boolean
  declared: boolean
  daily: boolean
  points: StoredPoint[]
  breaks: MethodBreak[]
}

interface StoredPoint extends Omit<Point, 'date'> {
  from: string
  precision: Precision
}

function seriesOf({ public: isPublic, declared, daily, points, ...stored }: StoredSeries): Series {
  const { id, service, kind, unit, breaks } = stored
  return {
    id,
    service,
    kind,
    unit,
    ...namesOf(stored),
    isPublic,
    isDeclared: declared,
    ...(daily && { isDaily: true as const }),
    breaks,
    points: oneByDate(points.map(pointOf)),
  }
}

function pointOf({ from, precision, value, state, printed, source }: StoredPoint): Point {
  return { date: fromFirstDay(from, precision), value, state, printed, source }
}

/** Of the points of one date the one that stands; in the order in which the dates come. */
function oneByDate(points: Point[]): Point[] {
  const best = new Map<FigureDate, Point>()
  for (const point of points) {
    const other = best.get(point.date)
    if (!other || RANK[point.source] > RANK[other.source]) best.set(point.date, point)
  }
  return [...best.values()]
}

function isBetween(date: FigureDate, from: FigureDate = '', to: FigureDate = '9'): boolean {
  return date >= from.slice(0, date.length) && date <= (to === '9' ? to : to.slice(0, date.length))
}
