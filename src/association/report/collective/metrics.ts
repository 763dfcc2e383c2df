import type { Dated } from '../../../platform/figures/reading.ts'
import { httpMetric, METRICS } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

/** What a file says of a figure, and whether its months and weeks are sums of their days. */
export interface Told {
  label: string
  definition: string
  isDaily: boolean
}

/** Metrics of the figures of a service, year by year, as lists by months, weeks and days. */
export function metricsOf(service: string, points: Dated[], figures: ReadonlyMap<string, Told>): [string, string][] {
  const byFigure = Map.groupBy(points, ({ figure }) => figure)
  const placeOf = calendar()
  const metrics = [...[...figures.keys()].flatMap((figure) => httpMetric(service, figure) ?? []), ...METRICS]
  return metrics.flatMap(({ path, figure, times = 1, rhythms = RHYTHMS }): [string, string][] => {
    const own = (byFigure.get(figure) ?? []).flatMap(({ value, ...point }) => (value === null ? [] : [{ ...point, value: value * times }]))
    if (own.length === 0) return []
    const { label = '', definition = '', isDaily = false } = figures.get(figure) ?? {}
    const years = [...Map.groupBy(own, ({ from }) => placeOf(from).year)].toSorted(([a], [b]) => a - b)
    return [
      [`metrics.${path}.name`, label],
      [`metrics.${path}.description`, definition],
      ...years.flatMap(([year, points]) =>
        rhythms.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, listOf(points, rhythm, { isSum: isDaily, placeOf })]),
      ),
    ]
  })
}

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

type Known = Omit<Dated, 'value'> & { value: number }

/**
 * The last known value of each month, week or day, or the sum of its days; a year as a whole says nothing of any of them.
 */
function listOf(points: Known[], rhythm: Rhythm, { isSum, placeOf }: { isSum: boolean; placeOf: ReturnType<typeof calendar> }): string {
  const values = Array.from<number | undefined>({ length: POSITIONS[rhythm] })
  for (const { from, precision, value } of points) {
    if (precision === 'year' || (precision === 'month' && (isSum || rhythm !== 'months'))) continue
    const position = placeOf(from)[rhythm]
    values[position] = isSum ? (values[position] ?? 0) + value : value
  }
  return writeList(values)
}

/** Where a day stands in the lists of its year, from 0. */
type Place = Record<Rhythm | 'year', number>

/** Places of days, each worked out once: all figures are told of the same days. */
function calendar(): (day: Temporal.PlainDate) => Place {
  const places = new Map<Temporal.PlainDate, Place>()
  return (day) => {
    const place = places.get(day) ?? { year: day.year, months: day.month - 1, weeks: weekOf(day), days: day.dayOfYear - 1 }
    places.set(day, place)
    return place
  }
}

/**
 * The week (ISO 8601), from 0. The first days of January may be of the last week of the year before, and the last ones of
 * December of the first week of the next: they stand in the year that they are days of.
 */
function weekOf(day: Temporal.PlainDate): number {
  if (day.yearOfWeek === day.year) return (day.weekOfYear ?? 1) - 1
  return day.month === 1 ? 0 : POSITIONS.weeks - 1
}
