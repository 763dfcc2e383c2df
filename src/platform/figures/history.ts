import { Type, type Static } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { HistoryError } from './history-error.ts'
import { CATALOGUE, isBreakdown, TABLES_IN_ENGLISH } from './catalogue.ts'
import { precisionOf, readHeading } from './dates.ts'
import type { FigureDate, Kind, Point } from './figure.ts'
import { readNumber, readState } from './numbers.ts'

const PrintedNumber = Type.Union([Type.Number(), Type.String(), Type.Null()])

const PrintedPoint = Type.Object({
  date: Type.String(),
  value: PrintedNumber,
  printed: Type.Optional(Type.String()),
  share: Type.Optional(Type.Number()),
  share_printed: Type.Optional(Type.String()),
})

const ImportedSeries = Type.Object({
  id: Type.String({ pattern: '^[a-z]+(\\.[a-z0-9]+)+$' }),
  service: Type.String({ minLength: 1 }),
  label: Type.String({ minLength: 1 }),
  unit: Type.String({ minLength: 1 }),
  points: Type.Array(PrintedPoint),
  share_of: Type.Optional(Type.String()),
  evolution: Type.Optional(
    Type.Object({ from: Type.String(), to: Type.String(), value: PrintedNumber, printed: Type.String() }),
  ),
})

const ImportedTable = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
  section: Type.String(),
  title: Type.String(),
  columns: Type.Array(Type.String(), { minItems: 2 }),
  rows: Type.Array(Type.Object({ series: Type.String(), label: Type.String(), cells: Type.Array(Type.String()) })),
})

/**
 * The file format `bagad-figures/1`: every table and figure of a printed report. What it holds besides is left alone.
 */
export const HistoryFile = Type.Object({
  format: Type.Literal('bagad-figures/1'),
  report: Type.Object({ year: Type.Integer({ minimum: 1900, maximum: 2200 }) }),
  series: Type.Array(ImportedSeries),
  tables: Type.Array(ImportedTable),
  /** What the report says of regular dates, as recurrence rules (RFC 5545) as far as it says them. */
  schedules: Type.Optional(Type.Array(Type.Object({ id: Type.String(), rule: Type.String() }))),
  /** What the text says of numbers, in its words, beside what the tables give. */
  recomputed: Type.Optional(
    Type.Array(
      Type.Object({
        what: Type.String(),
        printed: Type.Optional(Type.Union([Type.Number(), Type.String()])),
        recomputed: Type.Number(),
      }),
    ),
  ),
  /** What the transcriber of the report noticed in it. */
  inconsistencies: Type.Optional(Type.Array(Type.Object({ where: Type.String(), what: Type.String() }))),
})
export type HistoryFile = Static<typeof HistoryFile>

/** A column of an arrangement of series: the values at a date, or how they changed between two. */
export type Column =
  | { kind: 'date'; heading: string; date: FigureDate }
  | { kind: 'evolution'; heading: string; from: FigureDate; to: FigureDate }

/** Series set side by side, as a report prints them. */
export interface Arrangement {
  id: string
  section: { fr: string; en: string }
  title: { fr: string; en: string }
  columns: Column[]
  rows: ArrangedRow[]
}

/** One series of an arrangement. */
export interface ArrangedRow {
  figure: string
  label: string
  /** Each cell as it was printed; empty where nothing was printed yet. */
  printed: string[]
  /** Whether each value is followed by its share of the whole. */
  hasShare?: boolean
}

/** A file of history, understood: what the database keeps of it. */
export interface History {
  year: number
  series: {
    id: string
    service: string
    kind: Kind
    unit: string
    label: { fr: string; en: string }
    isPublic: boolean
    points: Point[]
    printedShares: { date: FigureDate; of: string; printed: string }[]
    printedEvolution?: { from: FigureDate; to: FigureDate; printed: string }
  }[]
  tables: Arrangement[]
  /** Regular dates whose rule is not told exactly. */
  vagueSchedules: { id: string; rule: string }[]
  /** What the text says of numbers, in its words. */
  claims: { where: string; printed: string; computed: number }[]
  /** What the transcriber of the report noticed in it, in their words. */
  remarks: { where: string; what: string }[]
}

let validator: Validator<{}, typeof HistoryFile> | undefined

/** A part of a recurrence rule that says nothing exact: `BYSETPOS=?`, `BYDAY=1WE or 2WE`. */
const VAGUE = /\?|\bor\b/

/**
 * Reads a file of history. Numbers may be text as printed (`1 942`, `0,43`); `N/C` and empty cells become states, never
 * 0.
 *
 * @throws HistoryError naming every problem at once; nothing has been written
 */
export function readHistory(file: unknown): History {
  // Thousands of cells: compiling the check costs less than walking the schema for each.
  validator ??= Compile(HistoryFile)
  if (!validator.Check(file)) {
    const problems = validator
      .Errors(file)
      .slice(0, 20)
      .map((error) => `${error.instancePath || '/'}: ${error.message}`)
    throw new HistoryError(problems.join('\n'))
  }
  const problems: string[] = []
  const series = file.series.map((one, index) => readSeries(one, `/series/${index}`, problems))
  const ids = new Set(series.map(({ id }) => id))
  if (ids.size < series.length)
    problems.push(
      `/series: ${[...ids].filter((id) => series.filter((one) => one.id === id).length > 1).join(', ')} stands there twice`,
    )
  const tables = file.tables.map((table, index) => readTable(table, `/tables/${index}`, ids, problems))
  if (problems.length > 0) throw new HistoryError(problems.join('\n'))
  const vagueSchedules = (file.schedules ?? []).filter(({ rule }) => VAGUE.test(rule))
  const claims = (file.recomputed ?? []).flatMap(({ what, printed, recomputed }) =>
    typeof printed === 'string' ? [{ where: what, printed, computed: recomputed }] : [],
  )
  return { year: file.report.year, series, tables, vagueSchedules, claims, remarks: file.inconsistencies ?? [] }
}

function readSeries(one: Static<typeof ImportedSeries>, path: string, problems: string[]): History['series'][number] {
  const dates = new Set<string>()
  const points = one.points.map((point, index): Point => {
    const at = `${path}/points/${index}`
    if (!precisionOf(point.date)) problems.push(`${at}/date is "${point.date}": expected 2023, 2024-03 or 2024-03-15`)
    if (dates.has(point.date)) problems.push(`${at}/date is "${point.date}" a second time in ${one.id}`)
    dates.add(point.date)
    return readPoint(point, at, problems)
  })
  const known = CATALOGUE[one.id]
  return {
    id: one.id,
    service: one.service,
    kind: known?.kind ?? 'stock',
    unit: one.unit,
    label: { fr: one.label, en: known?.en ?? one.label },
    isPublic: !isBreakdown(one.id),
    points,
    printedShares: one.points.flatMap(({ date, share_printed: printed }) =>
      one.share_of && printed !== undefined ? [{ date, of: one.share_of, printed }] : [],
    ),
    ...(one.evolution && { printedEvolution: one.evolution }),
  }
}

function readPoint(point: Static<typeof PrintedPoint>, path: string, problems: string[]): Point {
  const printed = point.printed ?? null
  const common = { date: point.date, source: 'import' as const }
  if (point.value === null) return { ...common, value: null, state: readState(printed ?? ''), printed }
  if (typeof point.value === 'number') return { ...common, value: point.value, state: 'known', printed }
  const value = readNumber(point.value)
  if (value !== undefined) return { ...common, value, state: 'known', printed: printed ?? point.value }
  const isWithout = point.value.trim() === '' || readState(point.value) === 'not-communicated'
  if (!isWithout) problems.push(`${path}/value is "${point.value}": expected a number, N/C or nothing`)
  return { ...common, value: null, state: readState(point.value), printed: printed ?? point.value }
}

function readTable(
  table: Static<typeof ImportedTable>,
  path: string,
  ids: Set<string>,
  problems: string[],
): Arrangement {
  const headings = table.columns.slice(1)
  const dates = headings.map(readHeading).filter((date) => date !== undefined)
  const columns = headings.map((heading): Column => {
    const date = readHeading(heading)
    return date
      ? { kind: 'date', heading, date }
      : { kind: 'evolution', heading, from: dates.at(-2) ?? '', to: dates.at(-1) ?? '' }
  })
  if (columns.some((column) => column.kind === 'evolution' && !column.from))
    problems.push(`${path}/columns has an evolution without two dates before it`)
  for (const [index, row] of table.rows.entries()) {
    if (!ids.has(row.series))
      problems.push(`${path}/rows/${index}/series is "${row.series}": no series of the file has that id`)
    if (row.cells.length !== columns.length)
      problems.push(`${path}/rows/${index}/cells has ${row.cells.length} cells for ${columns.length} columns`)
  }
  const english = TABLES_IN_ENGLISH[table.id]
  return {
    id: table.id,
    section: { fr: table.section, en: english?.section ?? table.section },
    title: { fr: table.title, en: english?.title ?? table.title },
    columns,
    rows: table.rows.map(({ series, label, cells }) => ({
      figure: series,
      label,
      printed: cells,
      ...(cells.some((cell) => cell.includes('%')) && { hasShare: true }),
    })),
  }
}
