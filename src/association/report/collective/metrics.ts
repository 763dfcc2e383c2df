import type { DatedSeries } from '../../../platform/figures/reading.ts'
import { httpMetric, METRICS, type Metric } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

/** Returns the metrics for which a service has figures. */
export function metricsAmong(service: string, figures: Iterable<string>): Metric[] {
  const ids = [...figures]
  return [
    ...ids.flatMap((figure) => httpMetric(service, figure) ?? []),
    ...METRICS.filter(({ figure }) => ids.includes(figure)),
  ]
}

/** Writes the known metrics of a file, year by year, as lists by months, weeks and days. */
export function formatMetrics(metrics: Metric[], series: readonly DatedSeries[]): [string, string][] {
  const years = new Set(series.flatMap((one) => one.years.map(({ year }) => year)))
  const calendars = new Map([...years].map((year) => [year, calendarOf(year)]))
  return metrics.flatMap((metric): [string, string][] => {
    const { path, figure, rhythms = RHYTHMS } = metric
    const one = series.find(({ id }) => id === figure)
    if (!one) return []
    const lines = listsOf(one, metric, calendars).flatMap(([year, lists]) =>
      rhythms.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, writeList(lists[rhythm])]),
    )
    if (lines.every(([, list]) => list === '')) return []
    return [[`metrics.${path}.name`, one.label.fr], [`metrics.${path}.description`, one.definition.fr], ...lines]
  })
}

/** Values by position; undefined or null when unknown. */
type Values = (number | null | undefined)[]

/** Returns by year the last known value of each month, week and day, or the sum of its days. */
function listsOf(
  { years, months, isDaily }: DatedSeries,
  { times = 1 }: Metric,
  calendars: ReadonlyMap<number, Calendar>,
): [year: number, lists: Record<Rhythm, Values>][] {
  const isSum = isDaily ?? false
  const printed = isSum ? [] : months.flatMap(({ date, value }) => (value === null ? [] : [{ date, value }]))
  const lines = new Set([...printed.map(({ date }) => Number(date.slice(0, 4))), ...years.map(({ year }) => year)])
  return [...lines]
    .toSorted((one, other) => one - other)
    .map((year) => {
      const own = years.find((one) => one.year === year)?.days ?? []
      const days = times === 1 ? own : own.map((value) => value && value * times)
      const calendar = calendars.get(year)
      const lists = {
        months: gathered(days, calendar?.months ?? [], isSum),
        weeks: gathered(days, calendar?.weeks ?? [], isSum),
        days,
      }
      // The days of a month replace its printed value.
      for (const { date, value } of printed)
        if (date.startsWith(`${year}-`)) lists.months[Number(date.slice(5)) - 1] ??= value * times
      return [year, lists]
    })
}

/** Reduces the days of each month or week to their sum or to the last known value. A file has ten thousand days. */
function gathered(days: Values, firsts: readonly number[], isSum: boolean): Values {
  return firsts.map((first, place) => {
    const end = Math.min(firsts[place + 1] ?? days.length, days.length)
    let said: number | undefined
    for (let day = first; day < end; day++) {
      const value = days[day]
      if (value != null) said = isSum && said !== undefined ? said + value : value
    }
    return said
  })
}

/** The first day of each month and week of a year, from 0. */
interface Calendar {
  months: number[]
  weeks: number[]
}

/**
 * Weeks follow ISO 8601: the first one contains the first Thursday. The first days of January may belong to the last
 * week of the year before, and the last days of December to the first week of the next; they are listed in the year of
 * their date.
 */
function calendarOf(year: number): Calendar {
  const newYear = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  const firstMonday = ((11 - newYear.dayOfWeek) % 7) - 3
  return {
    months: Array.from({ length: POSITIONS.months }, (_, month) => newYear.add({ months: month }).dayOfYear - 1),
    weeks: Array.from({ length: POSITIONS.weeks }, (_, week) => (week === 0 ? 0 : firstMonday + 7 * week)),
  }
}
