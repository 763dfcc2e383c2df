import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import { closeYear, monthsOfOldDays } from './ageing.ts'
import { Arrangements } from './arrangements.ts'
import { findGaps } from './coherence.ts'
import { withDerived } from './derived.ts'
import { fromFirstDay, precisionOf, toRange } from './dates.ts'
import { known, type Figure, type FigureDate, type Known, type MethodBreak, type Point, type Precision, type Series, type Source } from './figure.ts'
import type { Gap } from './gap.ts'
import { readHistory } from './history.ts'
import { Snapshots } from './snapshots.ts'
import type { FiguresTables } from './tables.ts'
import { takeOver, type OnConflict } from './take-over.ts'

/** What an import did, or (dry) would do. */
export interface ImportResult {
  year: number
  series: number
  /** How many points are new or replaced; the others were there already with the same value, or were kept. */
  points: number
  tables: number
  gaps: Gap[]
}

/** How an import goes about what is there already. */
export interface ImportOptions {
  /** Tells what would be done, and does nothing. */
  dryRun?: boolean
  /** What stands where a point is there with another value; refused when nothing is said. */
  onConflict?: OnConflict
}

/** A value that somebody puts by hand, with the reason. */
export interface NotedPoint extends Known {
  figure: string
  date: FigureDate
  printed?: string | null
  reason: string
  by: string
}

/** A point with the first day that it speaks of. */
export interface Dated {
  figure: string
  from: Temporal.PlainDate
  precision: Precision
  value: number | null
}

/** Which of two points of one date stands: the hand over the report, the report over what was sampled. */
const RANK: Record<Source, number> = { live: 0, import: 1, manual: 2 }

/** The series of all services over time: declared, sampled, imported, noted, read, frozen. */
export class Figures {
  /** Named views of all of them, frozen. */
  readonly snapshots: Snapshots
  /** The tables of reports. */
  readonly arrangements: Arrangements
  readonly #db: Kysely<FiguresTables>
  readonly #log: Logger
  #declared: Figure[] = []

  constructor(database: Database, log: Logger) {
    this.#db = database.schema<FiguresTables>('figures')
    this.#log = log
    this.snapshots = new Snapshots(this.#db, () => this.current())
    this.arrangements = new Arrangements(this.#db)
  }

  /** Takes the declarations of the running services; a series that none declares any more is closed, its history stays. */
  async declare(declarations: { service: string; figures: Figure[] }[]): Promise<void> {
    this.#declared = declarations.flatMap(({ figures }) => figures)
    const rows = declarations.flatMap(
      ({ service, figures }) =>
      figures.map(({ id, kind, unit, label, definition, isPublic = true }) => ({
        id, service, kind, unit, label_fr: label.fr, label_en: label.en, definition_fr: definition.fr, definition_en: definition.en,
        public: isPublic, declared: true,
      })), // prettier-ignore
    )
    await this.#db.transaction().execute(async (db) => {
      await db.updateTable('figure').set({ declared: false }).where('declared', '=', true).execute()
      if (rows.length === 0) return
      await db
        .insertInto('figure')
        .values(rows)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((row) => ({
            kind: row.ref('excluded.kind'),
            unit: row.ref('excluded.unit'),
            label_fr: row.ref('excluded.label_fr'),
            label_en: row.ref('excluded.label_en'),
            definition_fr: row.ref('excluded.definition_fr'),
            definition_en: row.ref('excluded.definition_en'),
            public: row.ref('excluded.public'),
            declared: true,
          })),
        )
        .execute()
      for (const { id, breaks = [] } of this.#declared) for (const one of breaks) await putBreak(db, id, one)
    })
  }

  /**
   * Samples every declared figure for a civil day: one point each, and none twice. A figure that fails is logged and
   * stays unknown that day; it never stops the others.
   *
   * @returns how many points were written
   */
  async sample(day: Temporal.PlainDate): Promise<number> {
    const range = toRange(day.toString())
    const already = await this.#db.selectFrom('point').select('figure').where('source', '=', 'live').where('at', '=', range).execute()
    const values = await this.#sampleAll(this.#declared.filter(({ id }) => !already.some(({ figure }) => figure === id)))
    const rows = [...values].map(([figure, value]) => ({ figure, at: range, precision: 'day' as const, ...value, printed: null, source: 'live' as const }))
    if (rows.length > 0)
      await this.#db
        .insertInto('point')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    return rows.length
  }

  /** Keeps the history small: days that are old become months, and the last year is said by its last day. */
  async age(today: Temporal.PlainDate): Promise<void> {
    await closeYear(this.#db, today.year - 1)
    await monthsOfOldDays(this.#db, today)
  }

  /** What every declared figure says now, by id; one that fails is unknown. */
  current(): Promise<Map<string, Known>> {
    return this.#sampleAll(this.#declared)
  }

  async #sampleAll(figures: Figure[]): Promise<Map<string, Known>> {
    return new Map(await Promise.all(figures.map((figure) => this.#sampleOne(figure))))
  }

  async #sampleOne({ id, sample }: Figure): Promise<[string, Known]> {
    try {
      return [id, known(await sample())]
    } catch (error) {
      this.#log.error({ err: error, figure: id }, 'a figure could not be sampled')
      return [id, known(null)]
    }
  }

  /**
   * Imports the history that a file of the format `bagad-figures/1` tells: all of it in one transaction, or nothing.
   * The same file again changes nothing.
   *
   * @throws HistoryError naming what is wrong in the file; HistoryConflict with both values of each point that is there
   *   already with another one
   */
  async import(file: unknown, { dryRun = false, onConflict = 'refuse' }: ImportOptions = {}): Promise<ImportResult> {
    const history = readHistory(file)
    const points = await takeOver(this.#db, history, { dryRun, onConflict })
    return { year: history.year, series: history.series.length, points, tables: history.tables.length, gaps: findGaps(history) }
  }

  /**
   * All public series with what was printed, frozen, noted or imported of them, and the latest of their daily points; in
   * one query. Days in between are left out: a page shows years, not the 700 points of two of them.
   *
   * @param options.withPrivate those too that could tell of few people
   */
  async series({ withPrivate = false }: { withPrivate?: boolean } = {}): Promise<Map<string, Series>> {
    const { rows } = await sql<StoredSeries>`
      select id, service, kind, unit, label_fr, label_en, definition_fr, definition_en, public, declared,
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
      from figures.figure where public or ${withPrivate} order by id`.execute(this.#db)
    return withDerived(new Map(rows.map((row) => [row.id, seriesOf(row)])))
  }

  /**
   * The points of one series, oldest first.
   *
   * @param options.step `day`: every point as it is; `month`: of days the last one of each month; `snapshot`: what was frozen
   * @param options.from `2023`, `2024-03` or `2024-03-15`, and so `to`; both are part of it
   * @returns undefined when there is no such series
   */
  async points(id: string, options: { step?: 'day' | 'month' | 'snapshot'; from?: FigureDate; to?: FigureDate } = {}): Promise<Point[] | undefined> {
    const { step = 'month', from, to } = options
    const all = await this.series()
    const one = all.get(id)
    if (!one) return undefined
    const within = sql<string>`daterange(lower(${from ? toRange(from) : '(,)'}::daterange), upper(${to ? toRange(to) : '(,)'}::daterange))`
    if (step === 'snapshot') {
      const { rows } = await sql<StoredPoint>`
        select date::text as "from", 'day' as precision, value, state, null as printed, 'live' as source
        from figures.snapshot_point join figures.snapshot on snapshot.name = snapshot_point.snapshot
        where figure = ${id} and date <@ ${within} order by date, frozen_at`.execute(this.#db)
      return rows.map(pointOf)
    }
    const days =
      step === 'day'
        ? sql`select lower(at) as "from", precision, value, state, printed, source from figures.point
              where figure = ${id} and precision = 'day' and at && ${within}`
        : sql`select distinct on (date_trunc('month', lower(at))) date_trunc('month', lower(at))::date as "from", 'month' as precision, value, state, printed, source
              from figures.point where figure = ${id} and precision = 'day' and at && ${within}
              order by date_trunc('month', lower(at)), value is null, at desc`
    const { rows } = await sql<StoredPoint>`
      select "from"::text, precision, value, state, printed, source from (
        select lower(at) as "from", precision, value, state, printed, source from figures.point where figure = ${id} and precision <> 'day' and at && ${within}
        union all (${days})
      ) as every order by "from", precision`.execute(this.#db)
    const points = oneByDate(rows.map(pointOf))
    const derived = one.points.filter(({ date, source }) => source === 'live' && precisionOf(date) !== 'day' && !points.some((point) => point.date === date))
    return [...points, ...derived.filter(({ date }) => isBetween(date, from, to))].toSorted((a, b) => (a.date < b.date ? -1 : 1))
  }

  /**
   * Values of all public series for small lines: the first of each of the last 24 months, and the last fortnight.
   *
   * @returns by figure, oldest first; one that was never sampled is not there
   */
  async recent(today: Temporal.PlainDate): Promise<Map<string, number[]>> {
    const months = Array.from({ length: 24 }, (_, ago) => today.with({ day: 1 }).subtract({ months: ago }))
    const days = Array.from({ length: 14 }, (_, ago) => today.subtract({ days: ago }))
    const ranges = [...months, ...days].map((day) => toRange(day.toString()))
    const { rows } = await sql<{ figure: string; values: number[] }>`
      select point.figure, json_agg(point.value order by point.at) as values
      from figures.figure join figures.point on point.figure = figure.id and point.source = 'live' and point.at = any (${ranges}::daterange[])
      where figure.public and point.value is not null group by point.figure`.execute(this.#db)
    return new Map(rows.map(({ figure, values }) => [figure, values]))
  }

  /** Every point of some series from a day on, as it stands, oldest first, and when the last of them was noted. */
  async dated(ids: string[], from: Temporal.PlainDate): Promise<{ points: Dated[]; notedAt: Temporal.Instant | undefined }> {
    const rows = await this.#db
      .selectFrom('point')
      .select(['figure', 'precision', 'value', 'source', 'noted_at', sql<Temporal.PlainDate>`lower(at)`.as('from')])
      .where('figure', 'in', ['', ...ids])
      .where(sql<boolean>`at && daterange(${from.toString()}::date, null)`)
      .orderBy('at')
      .execute()
    const standing = new Map<string, (typeof rows)[number]>()
    for (const row of rows) {
      const key = `${row.figure} ${row.precision} ${row.from.toString()}`
      const other = standing.get(key)
      if (!other || RANK[row.source] > RANK[other.source]) standing.set(key, row)
    }
    const points = [...standing.values()].map(({ figure, precision, value, from }) => ({ figure, precision, value, from }))
    return {
      points,
      notedAt: rows
        .map(({ noted_at: at }) => at)
        .toSorted((a, b) => Temporal.Instant.compare(a, b))
        .at(-1),
    }
  }

  /**
   * Puts a value by hand: it stands over what was sampled or printed, and what it replaces of the same hand is kept.
   *
   * @returns whether there is such a series
   */
  async note({ figure, date, value, state, printed = null, reason, by }: NotedPoint): Promise<boolean> {
    const precision = precisionOf(date)
    if (!precision) throw new RangeError(`${date} is no date`)
    return this.#db.transaction().execute(async (db) => {
      const found = await db.selectFrom('figure').select('id').where('id', '=', figure).forUpdate().executeTakeFirst()
      if (!found) return false
      const before = (await this.#standing(db, figure, date)) ?? { value: null, state: 'unknown' as const, printed: null }
      await db
        .insertInto('correction')
        .values({ figure, date, value: before.value, state: before.state, printed: before.printed, reason, noted_by: by })
        .execute()
      const row = { value, state, printed, reason, noted_by: by }
      await db
        .insertInto('point')
        .values({ figure, at: toRange(date), precision, source: 'manual', ...row })
        .onConflict((conflict) => conflict.columns(['figure', 'at', 'source']).doUpdateSet(row))
        .execute()
      return true
    })
  }

  async #standing(db: Kysely<FiguresTables>, figure: string, date: FigureDate): Promise<Pick<Point, 'value' | 'state' | 'printed'> | undefined> {
    const rows = await db
      .selectFrom('point')
      .select(['value', 'state', 'printed', 'source'])
      .where('figure', '=', figure)
      .where('at', '=', toRange(date))
      .execute()
    return rows.toSorted((a, b) => RANK[b.source] - RANK[a.source])[0]
  }

  /** Puts something else where an account stands that is gone: that somebody noted a value stays, who it was does not. */
  async forgetPerson(account: string, instead: string): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db.updateTable('point').set({ noted_by: instead }).where('noted_by', '=', account).execute()
      await db.updateTable('correction').set({ noted_by: instead }).where('noted_by', '=', account).execute()
      await db.updateTable('snapshot').set({ taken_by: instead }).where('taken_by', '=', account).execute()
    })
  }

  /** Notes that a figure is counted in another way from a date on. */
  async breakAt(figure: string, one: MethodBreak): Promise<boolean> {
    const found = await this.#db.selectFrom('figure').select('id').where('id', '=', figure).executeTakeFirst()
    if (found) await putBreak(this.#db, figure, one)
    return found !== undefined
  }
}

interface StoredSeries {
  id: string
  service: string
  kind: Series['kind']
  unit: string
  label_fr: string
  label_en: string
  definition_fr: string
  definition_en: string
  public: boolean
  declared: boolean
  points: StoredPoint[]
  breaks: MethodBreak[]
}

interface StoredPoint extends Omit<Point, 'date'> {
  from: string
  precision: Precision
}

function seriesOf({
  id,
  service,
  kind,
  unit,
  label_fr,
  label_en,
  definition_fr,
  definition_en,
  public: isPublic,
  declared,
  points,
  breaks,
}: StoredSeries): Series {
  return {
    id,
    service,
    kind,
    unit,
    label: { fr: label_fr, en: label_en },
    definition: { fr: definition_fr, en: definition_en },
    isPublic,
    isDeclared: declared,
    breaks,
    points: oneByDate(points.map(pointOf)),
  }
}

function pointOf({ from, precision, ...point }: StoredPoint): Point {
  return { date: fromFirstDay(from, precision), ...point }
}

/** Of the points of one date the one that stands; in the order in which the dates come. */
function oneByDate(points: Point[]): Point[] {
  const standing = new Map<FigureDate, Point>()
  for (const point of points) {
    const other = standing.get(point.date)
    if (!other || RANK[point.source] > RANK[other.source]) standing.set(point.date, point)
  }
  return [...standing.values()]
}

function isBetween(date: FigureDate, from: FigureDate = '', to: FigureDate = '9'): boolean {
  return date >= from.slice(0, date.length) && date <= (to === '9' ? to : to.slice(0, date.length))
}

async function putBreak(db: Kysely<FiguresTables>, figure: string, { since, what }: MethodBreak): Promise<void> {
  const row = { what_fr: what.fr, what_en: what.en }
  await db
    .insertInto('break')
    .values({ figure, since, ...row })
    .onConflict((conflict) => conflict.columns(['figure', 'since']).doUpdateSet(row))
    .execute()
}
