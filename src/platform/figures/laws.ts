import { LAWS, type Law } from './catalogue.ts'
import type { FigureDate, Point, Series } from './figure.ts'
import type { Gap } from './gap.ts'
import { decimalsOf, round } from './numbers.ts'

/** Of a series what laws ask for. */
export type Values = Pick<Series, 'id' | 'unit' | 'points'>

/** Where series break the laws between them. */
export function lawGaps(series: ReadonlyMap<string, Values>): Gap[] {
  return LAWS.flatMap((law) => breaches(law, series))
}

export function valueAt(series: Values | undefined, date: FigureDate): number | undefined {
  return series?.points.find((point) => point.date === date)?.value ?? undefined
}

export function knownPoints(series: Values | undefined): (Point & { value: number })[] {
  return (series?.points ?? []).flatMap((point) => (point.value === null ? [] : [{ ...point, value: point.value }]))
}

function breaches(law: Law, series: ReadonlyMap<string, Values>): Gap[] {
  if (law.rule === 'sum') return sumBreaches(law, series)
  if (law.rule === 'stock') return stockBreaches(law, series)
  return quotientBreaches(law, series)
}

function sumBreaches({ total, parts }: Law & { rule: 'sum' }, series: ReadonlyMap<string, Values>): Gap[] {
  return knownPoints(series.get(total)).flatMap(({ date, value }): Gap[] => {
    const values = parts.map((part) => valueAt(series.get(part), date))
    if (values.some((part) => part === undefined)) return []
    const sum = values.reduce<number>((a, b) => a + (b ?? 0), 0)
    return sum === value
      ? []
      : [{ where: `${total} ${date}`, what: 'sum', printed: String(value), computed: String(sum), excess: value - sum }]
  })
}

function stockBreaches({ stock, joined, left }: Law & { rule: 'stock' }, series: ReadonlyMap<string, Values>): Gap[] {
  const points = knownPoints(series.get(stock))
  return points.flatMap(({ date, value }, index): Gap[] => {
    const before = points[index - 1]
    const arrived = valueAt(series.get(joined), date)
    const gone = valueAt(series.get(left), date)
    if (!before || arrived === undefined || gone === undefined) return []
    const expected = before.value + arrived - gone
    const computed = `${before.value} + ${arrived} - ${gone} = ${expected}`
    return expected === value
      ? []
      : [{ where: `${stock} ${date}`, what: 'stock', printed: String(value), computed, excess: value - expected }]
  })
}

function quotientBreaches(
  { result, dividend, divisor }: Law & { rule: 'quotient' },
  series: ReadonlyMap<string, Values>,
): Gap[] {
  const decimals = decimalsOf(series.get(result)?.unit ?? '')
  return knownPoints(series.get(result)).flatMap(({ date, value, printed }): Gap[] => {
    const above = valueAt(series.get(dividend), date)
    const below = typeof divisor === 'number' ? divisor : valueAt(series.get(divisor), date)
    if (above === undefined || !below) return []
    const exact = above / below
    if (round(exact, decimals) === round(value, decimals)) return []
    const isFloor = Math.floor(exact * 10 ** decimals) / 10 ** decimals === value
    return [
      {
        where: `${result} ${date}`,
        what: isFloor ? 'floor' : 'quotient',
        printed: printed ?? String(value),
        computed: String(round(exact, 4)),
      },
    ]
  })
}
