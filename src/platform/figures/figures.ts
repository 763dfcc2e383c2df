import { sql, type Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'
import { findGaps, type Gap } from './coherence.ts'
import { fromFirstDay, precisionOf, toRange } from './dates.ts'
import type { Figure, Point, Series } from './figure.ts'
import { HistoryError } from './history-error.ts'
import { readHistory, type Arrangement, type Column, type History } from './history.ts'
import type { ArrangementTable, FiguresTables } from './tables.ts'

/** What an import did, or (dry) would do. */
export interface ImportResult {
  year: number
  series: number
  /** How many points are new; the others were there already with the same value. */
  points: number
  tables: number
  gaps: Gap[]
}

/** The series of all services over time: declared, sampled, imported, read, frozen. */
export class Figures {
  readonly #db: Kysely<FiguresTables>
  readonly #log: Logger
  #declared: Figure[] = []

  constructor(database: Database, log: Logger) {
    this.#db = database.schema<FiguresTables>('figures')
    this.#log = log
  }

  /** Takes the declarations of the running services; a series that none declares any more is closed, its history stays. */
  async declare(declarations: { service: string; figures: Figure[] }[]): Promise<void> {
    this.#declared = declarations.flatMap(({ figures }) => figures)
    const rows = declarations.flatMap(
      ({ service, figures }) =>
      figures.map(({ id, kind, unit, label, definition }) => ({
        id, service, kind, unit, label_fr: label.fr, label_en: label.en, definition_fr: definition.fr, definition_en: definition.en, declared: true,
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
            declared: true,
          })),
        )
        .execute()
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
    const todo = this.#declared.filter(({ id }) => !already.some(({ figure }) => figure === id))
    const points = await Promise.all(todo.map((figure) => this.#sampleOne(figure)))
    const rows = points.map(({ id, value }) => ({
      figure: id,
      at: range,
      precision: 'day' as const,
      value,
      state: value === null ? ('unknown' as const) : ('known' as const),
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

  async #sampleOne({ id, sample }: Figure): Promise<{ id: string; value: number | null }> {
    try {
      return { id, value: await sample() }
    } catch (error) {
      this.#log.error({ err: error, figure: id }, 'a figure could not be sampled')
      return { id, value: null }
    }
  }

  /**
   * Imports the history that a file of the format `bagad-figures/1` tells: all of it in one transaction, or nothing.
   * The same file again changes nothing.
   *
   * @param options.dryRun tells what would be done
   * @throws HistoryError naming what is wrong in the file, or both values of each point that is there already with another one
   */
  async import(file: unknown, options: { dryRun?: boolean } = {}): Promise<ImportResult> {
    const history = readHistory(file)
    const points = await this.#db.transaction().execute(async (db) => {
      await refuseConflicts(db, history)
      if (options.dryRun) return newPoints(db, history).then((rows) => rows.length)
      await insertSeries(db, history)
      const rows = await newPoints(db, history)
      if (rows.length > 0) await db.insertInto('point').values(rows).execute()
      await putArrangements(db, history)
      return rows.length
    })
    return { year: history.year, series: history.series.length, points, tables: history.tables.length, gaps: findGaps(history) }
  }

  /**
   * All series with what was printed, frozen or imported of them, and the latest of their daily points; in one query.
   * Days in between are left out: a page shows years, not the 700 points of two of them.
   */
  async series(): Promise<Map<string, Series>> {
    const rows = await this.#db
      .selectFrom('figure')
      .select((figure) => [
        'id',
        'service',
        'kind',
        'unit',
        'label_fr',
        'label_en',
        'definition_fr',
        'definition_en',
        'declared',
        figure
          .selectFrom('point')
          .select(
            sql<
              StoredPoint[]
            >`coalesce(json_agg(json_build_object('from', lower(at), 'precision', precision, 'value', value, 'state', state, 'printed', printed) order by at), '[]')`.as(
              'points',
            ),
          )
          .whereRef('point.figure', '=', 'figure.id')
          .where((point) =>
            point.or([
              point('precision', '<>', 'day'),
              point(
                'at',
                '=',
                point
                  .selectFrom('point as last')
                  .select('last.at')
                  .whereRef('last.figure', '=', 'figure.id')
                  .where('last.precision', '=', 'day')
                  .orderBy('last.at', 'desc')
                  .limit(1),
              ),
            ]),
          )
          .as('points'),
      ]) // prettier-ignore
      .orderBy('id')
      .execute()
    return new Map(
      rows.map((row) => [
        row.id,
        {
          id: row.id,
          service: row.service,
          kind: row.kind,
          unit: row.unit,
          label: { fr: row.label_fr, en: row.label_en },
          definition: { fr: row.definition_fr, en: row.definition_en },
          isDeclared: row.declared,
          points: (row.points ?? []).map(({ from, precision, ...point }): Point => ({ date: fromFirstDay(from, precision), ...point })),
        },
      ]),
    )
  }

  /** The tables of the latest report, in its order. */
  async arrangements(): Promise<Arrangement[]> {
    const rows = await this.#db
      .selectFrom('arrangement')
      .selectAll()
      .where('report', '=', (arrangement) => arrangement.selectFrom('arrangement').select((all) => all.fn.max('report').as('report')))
      .orderBy('position')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      section: { fr: row.section_fr, en: row.section_en },
      title: { fr: row.title_fr, en: row.title_en },
      columns: row.columns,
      rows: row.rows,
    }))
  }

  /**
   * Freezes today's value of every declared figure under a name, in one transaction: a snapshot is there whole or not at all.
   *
   * @returns how many values were frozen; 0 when a snapshot of that name is there already
   */
  async freeze(name: string, date: Temporal.PlainDate): Promise<number> {
    const values = await Promise.all(this.#declared.map((figure) => this.#sampleOne(figure)))
    return this.#db.transaction().execute(async (db) => {
      const made = await db
        .insertInto('snapshot')
        .values({ name, date: date.toString() })
        .onConflict((conflict) => conflict.doNothing())
        .returning('name')
        .execute()
      if (made.length === 0 || values.length === 0) return 0
      await db
        .insertInto('snapshot_point')
        .values(values.map(({ id, value }) => ({ snapshot: name, figure: id, value, state: value === null ? ('unknown' as const) : ('known' as const) })))
        .execute()
      return values.length
    })
  }
}

interface StoredPoint extends Omit<Point, 'date'> {
  from: string
  precision: 'year' | 'month' | 'day'
}

async function insertSeries(db: Kysely<FiguresTables>, { series }: History): Promise<void> {
  const rows = series.map(({ id, service, kind, unit, label }) => ({ id, service, kind, unit, label_fr: label.fr, label_en: label.en, declared: false }))
  if (rows.length > 0)
    await db
      .insertInto('figure')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

async function importedPoints(db: Kysely<FiguresTables>, { series }: History): Promise<Map<string, Pick<Point, 'value' | 'state'>>> {
  const rows = await db
    .selectFrom('point')
    .select(['figure', 'value', 'state', 'precision', sql<string>`lower(at)::text`.as('from')])
    .where('source', '=', 'import')
    .where('figure', 'in', ['', ...series.map(({ id }) => id)])
    .execute()
  return new Map(rows.map(({ figure, from, precision, value, state }) => [`${figure} ${fromFirstDay(from, precision)}`, { value, state }]))
}

async function refuseConflicts(db: Kysely<FiguresTables>, history: History): Promise<void> {
  const there = await importedPoints(db, history)
  const conflicts = history.series.flatMap(({ id, points }) =>
    points.flatMap(({ date, value, state }) => {
      const before = there.get(`${id} ${date}`)
      return before && (before.value !== value || before.state !== state)
        ? [`${id} ${date} is ${before.value ?? before.state} already, the file says ${value ?? state}`]
        : []
    }),
  )
  if (conflicts.length > 0) throw new HistoryError(conflicts.join('\n'))
}

async function newPoints(db: Kysely<FiguresTables>, history: History) {
  const there = await importedPoints(db, history)
  return history.series.flatMap(({ id, points }) =>
    points
      .filter(({ date }) => !there.has(`${id} ${date}`))
      .map(({ date, value, state, printed }) => ({
        figure: id,
        at: toRange(date),
        precision: precisionOf(date) ?? ('day' as const),
        value,
        state,
        printed,
        source: 'import' as const,
      })),
  )
}

async function putArrangements(db: Kysely<FiguresTables>, { year, tables }: History): Promise<void> {
  const rows = tables.map((table, position): ArrangementTable['insert'] => ({
    id: table.id,
    report: year,
    position,
    section_fr: table.section.fr,
    section_en: table.section.en,
    title_fr: table.title.fr,
    title_en: table.title.en,
    columns: JSON.stringify(table.columns satisfies Column[]),
    rows: JSON.stringify(table.rows),
  }))
  for (const row of rows)
    await db
      .insertInto('arrangement')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
}
