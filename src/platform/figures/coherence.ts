import { LAWS, type Law } from './catalogue.ts'
import type { FigureDate, Point, Series } from './figure.ts'
import type { History } from './history.ts'
import { decimalsOf, readNumber, round, sameText } from './numbers.ts'

/** What kind of gap it is; the words stand in `locales`. */
export type GapKind =
  | 'floor'
  | 'quotient'
  | 'stock'
  | 'sum'
  | 'share'
  | 'decimals'
  | 'evolution'
  | 'cell'
  | 'unknown'
  | 'not-communicated'
  | 'time-bases'
  | 'evolution-heads'
  | 'no-evolution'
  | 'signs'

/** A place where a report does not agree with itself: what it prints, and what its own figures give. */
export interface Gap {
  /** Series and date, or the table: `mail.mean 2022`, `web-php`. */
  where: string
  what: GapKind
  printed: string
  computed: string
}

type Values = Pick<Series, 'id' | 'unit' | 'points'>

/** Every gap of a report: between its figures by their laws, between its cells and its figures, and in how it prints. */
export function findGaps(history: History): Gap[] {
  const series = new Map<string, Values>(history.series.map((one) => [one.id, one]))
  return [
    ...lawGaps(series),
    ...history.series.flatMap((one) => shareGaps(one, series)),
    ...decimalGaps(history),
    ...history.series.flatMap(evolutionGaps),
    ...cellGaps(history, series),
    ...history.series.flatMap(missingValues),
    ...waysOfPrinting(history),
  ]
}

/** Where series break the laws between them. */
export function lawGaps(series: ReadonlyMap<string, Values>): Gap[] {
  return LAWS.flatMap((law) => breaches(law, series))
}

function valueAt(series: Values | undefined, date: FigureDate): number | undefined {
  return series?.points.find((point) => point.date === date)?.value ?? undefined
}

function knownPoints(series: Values | undefined): (Point & { value: number })[] {
  return (series?.points ?? []).flatMap((point) => (point.value === null ? [] : [{ ...point, value: point.value }]))
}

function breaches(law: Law, series: ReadonlyMap<string, Values>): Gap[] {
  if (law.rule === 'sum') return sumBreaches(law, series)
  if (law.rule === 'stock') return stockBreaches(law, series)
  return quotientBreaches(law, series)
}

function sumBreaches({ total, parts }: Law & { rule: 'sum' }, series: ReadonlyMap<string, Values>): Gap[] {
  return knownPoints(series.get(total)).flatMap(({ date, value }) => {
    const values = parts.map((part) => valueAt(series.get(part), date))
    if (values.some((part) => part === undefined)) return []
    const sum = values.reduce<number>((a, b) => a + (b ?? 0), 0)
    return sum === value ? [] : [{ where: `${total} ${date}`, what: 'sum', printed: String(value), computed: String(sum) }]
  })
}

function stockBreaches({ stock, joined, left }: Law & { rule: 'stock' }, series: ReadonlyMap<string, Values>): Gap[] {
  const points = knownPoints(series.get(stock))
  return points.flatMap(({ date, value }, index) => {
    const before = points[index - 1]
    const arrived = valueAt(series.get(joined), date)
    const gone = valueAt(series.get(left), date)
    if (!before || arrived === undefined || gone === undefined) return []
    const expected = before.value + arrived - gone
    return expected === value
      ? []
      : [{ where: `${stock} ${date}`, what: 'stock', printed: String(value), computed: `${before.value} + ${arrived} - ${gone} = ${expected}` }]
  })
}

function quotientBreaches({ result, dividend, divisor }: Law & { rule: 'quotient' }, series: ReadonlyMap<string, Values>): Gap[] {
  const decimals = decimalsOf(series.get(result)?.unit ?? '')
  return knownPoints(series.get(result)).flatMap(({ date, value, printed }) => {
    const above = valueAt(series.get(dividend), date)
    const below = typeof divisor === 'number' ? divisor : valueAt(series.get(divisor), date)
    if (above === undefined || !below) return []
    const exact = above / below
    if (round(exact, decimals) === value) return []
    const isFloor = Math.floor(exact * 10 ** decimals) / 10 ** decimals === value
    return [{ where: `${result} ${date}`, what: isFloor ? 'floor' : 'quotient', printed: printed ?? String(value), computed: String(round(exact, 4)) }]
  })
}

function shareGaps(one: History['series'][number], series: ReadonlyMap<string, Values>): Gap[] {
  return one.printedShares.flatMap(({ date, of, printed }) => {
    const part = valueAt(one, date)
    const whole = valueAt(series.get(of), date)
    const share = readNumber(printed)
    if (part === undefined || !whole || share === undefined) return []
    const exact = (100 * part) / whole
    return round(exact, decimalsIn(printed)) === share ? [] : [{ where: `${one.id} ${date}`, what: 'share', printed, computed: String(round(exact, 2)) }]
  })
}

function decimalsIn(printed: string): number {
  return /,(\d+)/.exec(printed)?.[1]?.length ?? 0
}

/** Shares of one whole that are printed with different numbers of decimals. */
function decimalGaps({ series }: History): Gap[] {
  const shares = series.flatMap((one) => one.printedShares).filter(({ printed }) => decimalsIn(printed) > 0)
  return [...Map.groupBy(shares, ({ of }) => of)].flatMap(([of, group]) => {
    const usual = Math.max(...group.map(({ printed }) => decimalsIn(printed)))
    const short = group.filter(({ printed }) => decimalsIn(printed) < usual)
    return short.length === 0
      ? []
      : [
          {
            where: `${of} ${[...new Set(short.map(({ date }) => date))].join(', ')}`,
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
  return readNumber(printed) === after - before ? [] : [{ where: `${id} ${from} → ${to}`, what: 'evolution', printed, computed: String(after - before) }]
}

/** Cells of tables that do not print the point that they stand for. */
function cellGaps({ tables }: History, series: ReadonlyMap<string, Values>): Gap[] {
  return tables.flatMap(({ id, columns, rows }) =>
    rows.flatMap(({ figure, printed }) =>
      columns.flatMap((column, index): Gap[] => {
        if (column.kind !== 'date') return []
        const point = series.get(figure)?.points.find(({ date }) => date === column.date)
        const cell = printed[index] ?? ''
        return sameText(cell) === sameText(point?.printed ?? '')
          ? []
          : [{ where: `${id} ${figure} ${column.date}`, what: 'cell', printed: cell, computed: point?.printed ?? '' }]
      }),
    ),
  )
}

function missingValues({ id, points }: Values): Gap[] {
  const missing = points.filter(({ value }) => value === null)
  return [...Map.groupBy(missing, ({ state }) => state)].map(([state, group]) => ({
    where: `${id} ${group.map(({ date }) => date).join(', ')}`,
    what: state === 'not-communicated' ? 'not-communicated' : 'unknown',
    printed: group[0]?.printed ?? '',
    computed: '',
  }))
}

/** Different time bases, heads and signs in one document, and tables that leave out what the others show. */
function waysOfPrinting({ tables }: History): Gap[] {
  const gaps: Gap[] = []
  const bases = new Set(tables.flatMap(({ columns }) => columns.flatMap((column) => (column.kind === 'date' ? [column.heading.replaceAll(/\d/g, '0')] : []))))
  if (bases.size > 1) gaps.push({ where: 'tables', what: 'time-bases', printed: [...bases].join(' / '), computed: '' })
  const heads = new Set(tables.flatMap(({ columns }) => columns.flatMap((column) => (column.kind === 'evolution' ? [column.heading] : []))))
  if (heads.size > 1) gaps.push({ where: 'tables', what: 'evolution-heads', printed: [...heads].join(' / '), computed: '' })
  const changes = tables.flatMap(({ columns, rows }) =>
    columns.flatMap((column, index) => (column.kind === 'evolution' ? rows.map(({ printed }) => printed[index] ?? '') : [])),
  )
  const spaced = changes.find((text) => /^[+-]\s/.test(text))
  const tight = changes.find((text) => /^[+-]\d/.test(text))
  if (spaced && tight) gaps.push({ where: 'tables', what: 'signs', printed: `${tight} / ${spaced}`, computed: '' })
  const without = tables.filter(({ columns }) => columns.length > 1 && columns.every(({ kind }) => kind === 'date'))
  for (const { id } of heads.size > 0 ? without : []) gaps.push({ where: id, what: 'no-evolution', printed: '', computed: '' })
  return gaps
}
