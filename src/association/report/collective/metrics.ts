import type { DatedList, DatedSeries } from '../../../platform/figures/reading.ts'
import { httpMetric, METRICS, type Metric } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

/** The metrics that figures of a service are. */
export function metricsAmong(service: string, figures: Iterable<string>): Metric[] {
  const ids = [...figures]
  return [...ids.flatMap((figure) => httpMetric(service, figure) ?? []), ...METRICS.filter(({ figure }) => ids.includes(figure))]
}

/** What a file says of metrics, year by year, as lists by months, weeks and days; the points are counted from a first day. */
export function sayMetrics(metrics: Metric[], series: readonly DatedSeries[], first: Temporal.PlainDate): [string, string][] {
  const years = new Years(first)
  return metrics.flatMap(({ path, figure, times = 1, rhythms = RHYTHMS }): [string, string][] => {
    const one = series.find(({ id }) => id === figure)
    if (!one) return []
    const told = listsOf(one.lists, { isSum: one.isDaily ?? false, times, years })
    if (told.length === 0) return []
    return [
      [`metrics.${path}.name`, one.label.fr],
      [`metrics.${path}.description`, one.definition.fr],
      ...told.flatMap(([year, lists]) => rhythms.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, writeList(lists[rhythm])])),
    ]
  })
}

/** Values by their place; undefined where nothing is known. */
type Lists = Record<Rhythm, (number | undefined)[]>

interface Reading {
  isSum: boolean
  times: number
  years: Years
}

/**
 * By years, the last known value of each month, week and day, or the sum of its days; a year as a whole says nothing of any
 * of them.
 */
function listsOf(points: DatedList[], reading: Reading): [year: number, lists: Lists][] {
  const told = new Map<number, Lists>()
  // What was printed of a month gives way to its days.
  for (const precision of ['year', 'month', 'day'] as const) for (const list of points) if (list.precision === precision) putAll(told, list, reading)
  return [...told].toSorted(([one], [other]) => one - other)
}

/** A file is made of tens of thousands of points, by a process that has just started: nothing is made for each. */
function putAll(told: Map<number, Lists>, { precision, days, values }: DatedList, { isSum, times, years }: Reading): void {
  let year: Year | undefined
  let own = nothing()
  for (let index = 0; index < days.length; index++) {
    const known = values[index]
    if (known == null) continue
    const day = days[index] ?? 0
    if (!year || day < year.from || day >= year.until) {
      year = years.of(day)
      own = told.get(year.year) ?? nothing()
      told.set(year.year, own)
    }
    const inYear = day - year.from
    const value = known * times
    if (precision === 'day') {
      put(own.days, inYear, value, isSum)
      put(own.weeks, year.weeks[inYear] ?? 0, value, isSum)
      put(own.months, year.months[inYear] ?? 0, value, isSum)
    } else if (precision === 'month' && !isSum) put(own.months, year.months[inYear] ?? 0, value, false)
  }
}

const places = (rhythm: Rhythm) => Array.from<number | undefined>({ length: POSITIONS[rhythm] })
const NOTHING: Lists = { months: places('months'), weeks: places('weeks'), days: places('days') }

/** Copies: to make the lists anew place by place was half of what they cost. */
function nothing(): Lists {
  return { months: [...NOTHING.months], weeks: [...NOTHING.weeks], days: [...NOTHING.days] }
}

function put(list: (number | undefined)[], position: number, value: number, isSum: boolean): void {
  list[position] = isSum ? (list[position] ?? 0) + value : value
}

/** A year of the calendar; days are counted from the first day of all. */
interface Year {
  year: number
  from: number
  until: number
  /** The month and the week of each of its days, from 0. */
  months: number[]
  weeks: number[]
}

/** The years that days are of which are counted from a first one. */
class Years {
  readonly #first: Temporal.PlainDate
  readonly #known: Year[] = []

  constructor(first: Temporal.PlainDate) {
    this.#first = first
  }

  of(day: number): Year {
    const known = this.#known.find(({ from, until }) => day >= from && day < until)
    if (known) return known
    const begin = this.#first.add({ days: day }).with({ month: 1, day: 1 })
    const from = this.#first.until(begin).days
    const months = Array.from({ length: 12 }, (_, month) => Array.from({ length: begin.with({ month: month + 1 }).daysInMonth }, () => month)).flat()
    const weeks = months.map((_, day) => weekOf(begin.dayOfWeek - 1, day))
    const year = { year: begin.year, from, until: from + months.length, months, weeks }
    this.#known.push(year)
    return year
  }
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
