import { sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import type { Service } from '../service.ts'
import { closeYear, monthsOfOldDays } from './ageing.ts'
import { keepDay, rowOfDaily, sumUp } from './daily.ts'
import { Arrangements } from './arrangements.ts'
import { findGaps } from './coherence.ts'
import { precisionOf, toRange } from './dates.ts'
import {
  known,
  type DailyFigure,
  type DayCount,
  type Figure,
  type FigureDate,
  type Known,
  type MethodBreak,
  type Point,
  type Series,
} from './figure.ts'
import type { Gap } from './gap.ts'
import { readHistory } from './history.ts'
import {
  RANK,
  readDated,
  readOne,
  readPoints,
  readRecent,
  readSeries,
  type DatedSeries,
  type DatedWanted,
  type Span,
  type Wanted,
} from './reading.ts'
import { Snapshots } from './snapshots.ts'
import { addToTally, foldTally } from './tally.ts'
import type { FiguresTables } from './tables.ts'
import { takeOver, type OnConflict } from './take-over.ts'

/** How long after a day is over it is still counted: a worker may have been off for some days. */
const LATE_DAYS = 7

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

/** A value entered by hand, with the reason. */
export interface NotedPoint extends Known {
  figure: string
  date: FigureDate
  printed?: string | null
  reason: string
  by: string
}

/** A service as reports speak of it. */
export type CountedService = Pick<Service, 'name' | 'area' | 'about'>

/** Name under which a service's figures are known: `mobilizon` of `events`. */
export function publicName({ name, about }: Pick<Service, 'name' | 'about'>): string {
  return about.publicName ?? name
}

/** The series of all services over time: declared, sampled, imported, noted, read, frozen. */
export class Figures {
  /** Named views of all of them, frozen. */
  readonly snapshots: Snapshots
  /** The tables of reports. */
  readonly arrangements: Arrangements
  readonly #db: Kysely<FiguresTables>
  readonly #log: Logger
  /** The services whose figures these are, those of the house last. */
  services: readonly CountedService[] = []
  readonly #today: () => Temporal.PlainDate
  #declared: Figure[] = []
  /** Daily figures that are counted once their days are over, with whose they are. */
  #counted: { service: string; figure: DailyFigure; count: NonNullable<DailyFigure['count']> }[] = []

  /** Ids of those that are counted with `count`. */
  #tallied = new Set<string>()

  constructor(database: Database, log: Logger, today: () => Temporal.PlainDate) {
    this.#db = database.schema<FiguresTables>('figures')
    this.#log = log
    this.#today = today
    this.snapshots = new Snapshots(this.#db, () => this.current())
    this.arrangements = new Arrangements(this.#db)
  }

  /**
   * Takes the declarations of the running services; a series that none declares any more is closed, its history stays.
   */
  async declare(
    declarations: { service: string; figures?: Figure[]; daily?: DailyFigure[] }[],
    services: readonly CountedService[] = [],
  ): Promise<void> {
    this.services = services
    this.#declared = declarations.flatMap(({ figures = [] }) => figures)
    this.#counted = declarations.flatMap(({ service, daily = [] }) =>
      daily.flatMap((figure) => (figure.count ? [{ service, figure, count: figure.count }] : [])),
    )
    this.#tallied = new Set(
      declarations.flatMap(({ daily = [] }) => daily.flatMap(({ id, isTallied }) => (isTallied ? [id] : []))),
    )
    const rows = declarations.flatMap(({ service, figures = [], daily = [] }) => [
      ...figures.map(({ id, kind, unit, label, definition, isPublic = true }) => ({
        id, service, kind, unit, label_fr: label.fr, label_en: label.en, definition_fr: definition.fr, definition_en: definition.en,
        public: isPublic, declared: true, daily: false, tallied_since: null,
      })), // prettier-ignore
      ...daily.map((figure) => rowOfDaily(figure, service, this.#today())),
    ])
    await this.#db.transaction().execute(async (db) => {
      // Of daily figures some are there only once they have counted something: those of who still counts days go on.
      const counting = declarations.flatMap(({ service, daily = [] }) => (daily.length > 0 ? [service] : []))
      await db
        .updateTable('figure')
        .set({ declared: false })
        .where('declared', '=', true)
        .where((figure) => figure.or([figure('daily', '=', false), figure('service', 'not in', ['', ...counting])]))
        .execute()
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
            daily: row.ref('excluded.daily'),
            tallied_since: sql<string>`coalesce(figure.tallied_since, excluded.tallied_since)`,
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
    const already = await this.#sampledOn(day)
    const values = await this.#sampleAll(this.#declared.filter(({ id }) => !already.has(id)))
    const rows = [...values].map(([figure, value]) => ({
      figure,
      at: range,
      precision: 'day' as const,
      ...value,
      printed: null,
      source: 'live' as const,
    }))
    if (rows.length > 0)
      await this.#db
        .insertInto('point')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    return rows.length
  }

  /**
   * Counts what came today, in the transaction in which it came: both are kept, or neither. Counting costs one row and
   * waits for no lock. Less than 0 takes back what was counted, on the day on which it was.
   *
   * @param db the caller's transaction, over whatever schema
   * @param amounts whole numbers by the ids of tallied figures
   * @param day the day of the association on which it came
   * @throws Error when no running service declares one of them: a bug
   * @example await platform.figures.count(transaction, { 'link.created': 1 })
   */
  async count(
    db: QueryExecutorProvider,
    amounts: Readonly<Record<string, number>>,
    day: Temporal.PlainDate = this.#today(),
  ): Promise<void> {
    for (const id of Object.keys(amounts)) if (!this.#tallied.has(id)) throw new Error(`no service tallies ${id}`)
    await addToTally(db, day, amounts)
  }

  /** Makes points of what was counted on days that are over, as `count` has it. */
  foldTally(today: Temporal.PlainDate): Promise<void> {
    return foldTally(this.#db, today)
  }

  /**
   * Counts the days of daily figures that are over and not there yet, a week back at most. What fails is logged, and
   * counted the next time.
   */
  async countDays(today: Temporal.PlainDate): Promise<void> {
    if (this.#counted.length === 0) return
    for (let back = LATE_DAYS; back > 0; back--) {
      const day = today.subtract({ days: back })
      const already = await this.#sampledOn(day)
      const missing = this.#counted.filter(({ figure }) => !already.has(figure.id))
      const counts = await Promise.all(
        missing.map(async ({ figure, service, count }) => ({
          figure,
          service,
          ...(await this.#ask(figure.id, () => count(day))),
        })),
      )
      await this.keepDay(
        day,
        counts.flatMap(({ figure, service, value }) => (value === null ? [] : [{ figure, service, value }])),
      )
    }
  }

  /** Keeps what days that are over have counted; of a day that is there already the first count stays. */
  keepDay(day: Temporal.PlainDate, counts: DayCount[]): Promise<void> {
    return keepDay(this.#db, day, counts)
  }

  /** Keeps the history small: days that are old become months, and the last year is said by its last day. */
  async age(today: Temporal.PlainDate): Promise<void> {
    await sumUp(this.#db, today)
    await closeYear(this.#db, today.year - 1)
    await monthsOfOldDays(this.#db, today)
  }

  /** What every declared figure says now, by id; one that fails is unknown. Daily ones say nothing of now. */
  current(): Promise<Map<string, Known>> {
    return this.#sampleAll(this.#declared)
  }

  async #sampleAll(figures: Figure[]): Promise<Map<string, Known>> {
    return new Map(
      await Promise.all(
        figures.map(async ({ id, sample }): Promise<[string, Known]> => [id, await this.#ask(id, sample)]),
      ),
    )
  }

  /** What a service says of a figure; one that fails is unknown. */
  async #ask(id: string, question: () => Promise<number | null>): Promise<Known> {
    try {
      return known(await question())
    } catch (error) {
      this.#log.error({ err: error, figure: id }, 'a figure could not be sampled')
      return known(null)
    }
  }

  async #sampledOn(day: Temporal.PlainDate): Promise<Set<string>> {
    const points = await this.#db
      .selectFrom('point')
      .select('figure')
      .where('source', '=', 'live')
      .where('at', '=', toRange(day.toString()))
      .execute()
    return new Set(points.map(({ figure }) => figure))
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
    return {
      year: history.year,
      series: history.series.length,
      points,
      tables: history.tables.length,
      gaps: findGaps(history),
    }
  }

  /**
   * All public series with what was printed, frozen, noted or imported of them, and the latest of their daily points;
   * in one query. Days in between are left out: a page shows years, not the 700 points of two of them.
   *
   * @param wanted.of those of some services, by their names
   * @param wanted.withPrivate those too that could tell of few people
   */
  series(wanted: Wanted = {}): Promise<Map<string, Series>> {
    return readSeries(this.#db, wanted)
  }

  /** One public series with the same points; undefined when there is none of that id. */
  one(id: string): Promise<Series | undefined> {
    return readOne(this.#db, id)
  }

  /**
   * The points of one public series, oldest first.
   *
   * @returns undefined when there is no such series
   */
  points(id: string, span: Span = {}): Promise<Point[] | undefined> {
    return readPoints(this.#db, id, span)
  }

  /**
   * Values of public series for small lines: the first of each of the last 24 months, and the last fortnight.
   *
   * @param only the beginning of the ids of those that are wanted; all but the daily ones when none is named
   * @returns by figure, oldest first; one that was never sampled is not there
   */
  recent(today: Temporal.PlainDate, only?: string): Promise<Map<string, number[]>> {
    return readRecent(this.#db, today, only)
  }

  /**
   * Some series with every day and every month of a year and of those after it.
   *
   * @param wanted.ids those, public or not
   * @param wanted.of the public ones of some services, by their names
   * @returns those of which there is such a day or month, by their ids
   */
  dated(wanted: DatedWanted, fromYear: number): Promise<DatedSeries[]> {
    return readDated(this.#db, wanted, fromYear)
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
      const before = (await this.#current(db, figure, date)) ?? {
        value: null,
        state: 'unknown' as const,
        printed: null,
      }
      await db
        .insertInto('correction')
        .values({
          figure,
          date,
          value: before.value,
          state: before.state,
          printed: before.printed,
          reason,
          noted_by: by,
        })
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

  async #current(
    db: Kysely<FiguresTables>,
    figure: string,
    date: FigureDate,
  ): Promise<Pick<Point, 'value' | 'state' | 'printed'> | undefined> {
    const rows = await db
      .selectFrom('point')
      .select(['value', 'state', 'printed', 'source'])
      .where('figure', '=', figure)
      .where('at', '=', toRange(date))
      .execute()
    return rows.toSorted((a, b) => RANK[b.source] - RANK[a.source])[0]
  }

  /**
   * Replaces the id of an erased account: that a value was noted stays, the name of its author does not.
   */
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

  /** Takes back that a figure is counted in another way from a date on. @returns whether it was said */
  async mendBreak(figure: string, since: FigureDate): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('break')
      .where('figure', '=', figure)
      .where('since', '=', since)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  }
}

async function putBreak(db: Kysely<FiguresTables>, figure: string, { since, what }: MethodBreak): Promise<void> {
  const row = { what_fr: what.fr, what_en: what.en }
  await db
    .insertInto('break')
    .values({ figure, since, ...row })
    .onConflict((conflict) => conflict.columns(['figure', 'since']).doUpdateSet(row))
    .execute()
}
