import type { DatedSeries } from '../../../platform/figures/reading.ts'
import { httpMetric, METRICS, type Metric } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

/** The metrics that figures of a service are. */
export function metricsAmong(service: string, figures: Iterable<string>): Metric[] {
  const ids = [...figures]
  return [...ids.flatMap((figure) => httpMetric(service, figure) ?? []), ...METRICS.filter(({ figure }) => ids.includes(figure))]
}

/** What a file says of metrics, year by year, as lists by months, weeks and days. */
export function sayMetrics(metrics: Metric[], series: readonly DatedSeries[]): [string, string][] {
  const years = new Set(series.flatMap((one) => one.years.map(({ year }) => year)))
  const calendars = new Map([...years].map((year) => [year, calendarOf(year)]))
  return metrics.flatMap((metric): [string, string][] => {
    const { path, figure, rhythms = RHYTHMS } = metric
    const one = series.find(({ id }) => id === figure)
    if (!one) return []
    const told = listsOf(one, metric, calendars)
    return [
      [`metrics.${path}.name`, one.label.fr],
      [`metrics.${path}.description`, one.definition.fr],
      ...told.flatMap(([year, lists]) => rhythms.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, writeList(lists[rhythm])])),
    ]
  })
}

/** Values by their place; undefined or null where nothing is known. */
type Lists = Record<Rhythm, (number | null | undefined)[]>

/** By years, the last known value of each month, week and day, or the sum of its days. */
function listsOf({ years, months, isDaily }: DatedSeries, { times = 1 }: Metric, calendars: ReadonlyMap<number, Calendar>): [year: number, lists: Lists][] {
  const isSum = isDaily ?? false
  const told = new Map<number, Lists>()
  const of = (year: number) => {
    const own = told.get(year) ?? { months: [], weeks: [], days: [] }
    told.set(year, own)
    return own
  }
  // What was printed of a month gives way to its days.
  for (const { date, value } of isSum ? [] : months) if (value !== null) of(Number(date.slice(0, 4))).months[Number(date.slice(5)) - 1] = value * times
  for (const { year, days } of years) {
    const own = of(year)
    const calendar = calendars.get(year)
    own.days = times === 1 ? days : days.map((value) => value && value * times)
    gather(own.days, calendar?.weeks ?? [], own.weeks, isSum)
    gather(own.days, calendar?.months ?? [], own.months, isSum)
  }
  return [...told].toSorted(([one], [other]) => one - other)
}

/** Puts what days say where each belongs: all that is known of them together, or the last. A file has ten thousand of them. */
function gather(days: Lists['days'], places: readonly number[], into: Lists['days'], isSum: boolean): void {
  for (let day = 0; day < days.length; day++) {
    const value = days[day]
    if (value == null) continue
    const place = places[day] ?? 0
    into[place] = isSum ? (into[place] ?? 0) + value : value
  }
}

/** The month and the week of each day of a year, all from 0. */
interface Calendar {
  months: number[]
  weeks: number[]
}

function calendarOf(year: number): Calendar {
  const newYear = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  const months = Array.from({ length: newYear.monthsInYear }, (_, month) =>
    Array.from({ length: newYear.add({ months: month }).daysInMonth }, () => month),
  ).flat()
  return { months, weeks: months.map((_, day) => weekOf(newYear.dayOfWeek - 1, day)) }
}

/**
 * The week (ISO 8601: that of its Thursday), from 0. The first days of January may be of the last week of the year before,
 * and the last ones of December of the first week of the next: they stand in the year that they are days of.
 *
 * @param first weekday of the first day of the year: 0 is a Monday
 */
function weekOf(first: number, day: number): number {
  const thursday = day + 3 - ((first + day) % 7)
  return Math.max(0, Math.min(POSITIONS.weeks - 1, Math.floor(thursday / 7)))
}
