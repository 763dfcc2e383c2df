import type { DatedList } from '../../../platform/figures/reading.ts'
import { httpMetric, METRICS, type Metric } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

/** What a file says of a figure, and whether its months and weeks are sums of their days. */
export interface Told {
  label: string
  definition: string
  isDaily: boolean
}

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

/** The metrics that figures of a service are. */
export function metricsAmong(service: string, figures: Iterable<string>): Metric[] {
  const ids = [...figures]
  return [...ids.flatMap((figure) => httpMetric(service, figure) ?? []), ...METRICS.filter(({ figure }) => ids.includes(figure))]
}

/** What a file says of metrics, year by year, as lists by months, weeks and days; the points are counted from a first day. */
export function sayMetrics(metrics: Metric[], points: DatedList[], first: Temporal.PlainDate, figures: ReadonlyMap<string, Told>): [string, string][] {
  const byFigure = Map.groupBy(points, ({ figure }) => figure)
  const placeOf = calendar(first)
  return metrics.flatMap(({ path, figure, times = 1, rhythms = RHYTHMS }): [string, string][] => {
    const { label = '', definition = '', isDaily = false } = figures.get(figure) ?? {}
    const years = listsOf(byFigure.get(figure) ?? [], { isSum: isDaily, times, placeOf })
    if (years.length === 0) return []
    return [
      [`metrics.${path}.name`, label],
      [`metrics.${path}.description`, definition],
      ...years.flatMap(([year, lists]) => rhythms.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, writeList(lists[rhythm])])),
    ]
  })
}

/** Values by their place; where nothing is known there is a hole. */
type Lists = Record<Rhythm, (number | undefined)[]>

/**
 * By years, the last known value of each month, week and day, or the sum of its days; a year as a whole says nothing of any
 * of them.
 */
function listsOf(
  points: DatedList[],
  { isSum, times, placeOf }: { isSum: boolean; times: number; placeOf: ReturnType<typeof calendar> },
): [year: number, lists: Lists][] {
  const years = new Map<number, Lists>()
  // What was printed of a month gives way to its days.
  const lists = (['year', 'month', 'day'] as const).flatMap((precision) => points.filter((list) => list.precision === precision))
  for (const { precision, days, values } of lists)
    for (const [index, day] of days.entries()) {
      const value = values[index] ?? null
      if (value === null) continue
      const place = placeOf(day)
      let own = years.get(place.year)
      if (!own) years.set(place.year, (own = { months: [], weeks: [], days: [] }))
      if (precision === 'day') for (const rhythm of RHYTHMS) put(own[rhythm], place[rhythm], value * times, isSum)
      else if (precision === 'month' && !isSum) put(own.months, place.months, value * times, false)
    }
  return [...years].toSorted(([one], [other]) => one - other)
}

function put(list: (number | undefined)[], position: number, value: number, isSum: boolean): void {
  list[position] = isSum ? (list[position] ?? 0) + value : value
}

/** Where a day stands in the lists of its year, from 0. */
type Place = Record<Rhythm | 'year', number>

/** Places of days that are counted from a first one, each worked out once: all figures are told of the same days. */
function calendar(first: Temporal.PlainDate): (days: number) => Place {
  const places: Place[] = []
  const work = (day: Temporal.PlainDate): Place => ({ year: day.year, months: day.month - 1, weeks: weekOf(day), days: day.dayOfYear - 1 })
  return (days) => (places[days] ??= work(first.add({ days })))
}

/**
 * The week (ISO 8601), from 0. The first days of January may be of the last week of the year before, and the last ones of
 * December of the first week of the next: they stand in the year that they are days of.
 */
function weekOf(day: Temporal.PlainDate): number {
  if (day.yearOfWeek === day.year) return (day.weekOfYear ?? 1) - 1
  return day.month === 1 ? 0 : POSITIONS.weeks - 1
}
