import { LAWS } from './catalogue.ts'
import type { Gap } from './gap.ts'
import type { Arrangement, History } from './history.ts'
import { valueAt, type Values } from './laws.ts'
import { readNumber, round, sameText } from './numbers.ts'

/** Where a report prints something else than its own figures say, or prints the same thing in several ways. */
export function printingGaps(history: History, series: ReadonlyMap<string, Values>): Gap[] {
  return [
    ...history.series.flatMap((one) => shareGaps(one, series)),
    ...decimalGaps(history),
    ...history.series.flatMap(evolutionGaps),
    ...cellGaps(history, series),
    ...labelGaps(history.tables),
    ...waysOfPrinting(history.tables),
  ]
}

function shareGaps(one: History['series'][number], series: ReadonlyMap<string, Values>): Gap[] {
  return one.printedShares.flatMap(({ date, of, printed }): Gap[] => {
    const part = valueAt(one, date)
    const whole = valueAt(series.get(of), date)
    const share = readNumber(printed)
    if (part === undefined || !whole || share === undefined) return []
    const exact = (100 * part) / whole
    return round(exact, decimalsIn(printed)) === share
      ? []
      : [{ where: `${one.id} ${date}`, what: 'share', printed, computed: String(round(exact, 2)) }]
  })
}

function decimalsIn(printed: string): number {
  return /,(\d+)/.exec(printed)?.[1]?.length ?? 0
}

/** Shares of one whole that are printed with different numbers of decimals. */
function decimalGaps({ series }: History): Gap[] {
  const shares = series.flatMap((one) => one.printedShares).filter(({ printed }) => decimalsIn(printed) > 0)
  return [...Map.groupBy(shares, ({ of }) => of)].flatMap(([of, group]): Gap[] => {
    const usual = Math.max(...group.map(({ printed }) => decimalsIn(printed)))
    const short = group.filter(({ printed }) => decimalsIn(printed) < usual)
    if (short.length === 0) return []
    const dates = [...new Set(short.map(({ date }) => date))].join(', ')
    return [
      {
        where: `${of} ${dates}`,
        what: 'decimals',
        printed: short.map(({ printed }) => printed).join(' / '),
        computed: String(usual),
      },
    ]
  })
}

function evolutionGaps({ id, unit, points, printedEvolution }: History['series'][number]): Gap[] {
  if (!printedEvolution) return []
  const { from, to, printed } = printedEvolution
  const before = valueAt({ id, unit, points }, from)
  const after = valueAt({ id, unit, points }, to)
  if (before === undefined || after === undefined) return []
  return readNumber(printed) === after - before
    ? []
    : [{ where: `${id} ${from} → ${to}`, what: 'evolution', printed, computed: String(after - before) }]
}

/** Cells of tables that do not print the point that they stand for. */
function cellGaps({ tables }: History, series: ReadonlyMap<string, Values>): Gap[] {
  return tables.flatMap(({ id, columns, rows }) =>
    rows.flatMap(({ figure, printed }) =>
      columns.flatMap((column, index): Gap[] => {
        if (column.kind !== 'date') return []
        const point = series.get(figure)?.points.find(({ date }) => date === column.date)
        const cell = printed[index] ?? ''
        const isSame =
          sameText(cell) === sameText(point?.printed ?? '') ||
          (point?.value !== null && readNumber(cell) === point?.value)
        return isSame
          ? []
          : [{ where: `${id} ${figure} ${column.date}`, what: 'cell', printed: cell, computed: point?.printed ?? '' }]
      }),
    ),
  )
}

/** Parts that are called one thing in a table, and their total another in its own: « Domaines » and « sites ». */
function labelGaps(tables: Arrangement[]): Gap[] {
  return LAWS.flatMap((law): Gap[] => {
    if (law.rule !== 'sum') return []
    const table = tables.find(({ rows }) => law.parts.every((part) => rows.some(({ figure }) => figure === part)))
    const total = tables.flatMap(({ rows }) => rows).find(({ figure }) => figure === law.total)
    if (!table || !total) return []
    const parts = table.rows.filter(({ figure }) => law.parts.includes(figure)).map(({ label }) => label)
    // « Dont personnes physiques » names no thing of its own.
    const thing = parts[0]?.split(' ')[0] ?? ''
    const isSameThing =
      thing === 'Dont' ||
      parts.some((label) => !label.startsWith(thing)) ||
      total.label.toLowerCase().includes(thing.toLowerCase())
    return isSameThing ? [] : [{ where: table.id, what: 'labels', printed: `${thing} / ${total.label}`, computed: '' }]
  })
}

/** Different time bases, heads and signs in one document, and tables that leave out what the others show. */
export function waysOfPrinting(tables: Arrangement[]): Gap[] {
  const gaps: Gap[] = []
  const headings = tables.flatMap(({ columns }) =>
    columns.flatMap((column) => (column.kind === 'date' ? [column.heading] : [])),
  )
  // Of each base one heading as it stands: « 2023 / Mars 2024 ».
  const bases = new Map(headings.map((heading) => [heading.replaceAll(/\d/g, '0'), heading]))
  if (bases.size > 1)
    gaps.push({ where: 'tables', what: 'time-bases', printed: [...bases.values()].join(' / '), computed: '' })
  const heads = new Set(
    tables.flatMap(({ columns }) => columns.flatMap((column) => (column.kind === 'evolution' ? [column.heading] : []))),
  )
  if (heads.size > 1)
    gaps.push({ where: 'tables', what: 'evolution-heads', printed: [...heads].join(' / '), computed: '' })
  const changes = tables.flatMap(({ columns, rows }) =>
    columns.flatMap((column, index) =>
      column.kind === 'evolution' ? rows.map(({ printed }) => printed[index] ?? '') : [],
    ),
  )
  const spaced = changes.find((text) => /^[+-]\s/.test(text))
  const tight = changes.find((text) => /^[+-]\d/.test(text))
  if (spaced && tight) gaps.push({ where: 'tables', what: 'signs', printed: `${tight} / ${spaced}`, computed: '' })
  const without = tables.filter(({ columns }) => columns.length > 1 && columns.every(({ kind }) => kind === 'date'))
  for (const { id } of heads.size > 0 ? without : [])
    gaps.push({ where: id, what: 'no-evolution', printed: '', computed: '' })
  return gaps
}
