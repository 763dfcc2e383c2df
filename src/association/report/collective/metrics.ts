import type { Dated } from '../../../platform/figures/reading.ts'
import { METRICS } from './keys.ts'
import { POSITIONS, writeList, type Rhythm } from './property-text.ts'

/** Metrics of some figures, year by year, as lists by months, weeks and days. */
export function metricsOf(points: Dated[], labels: ReadonlyMap<string, { label: string; definition: string }>): [string, string][] {
  const byFigure = Map.groupBy(points, ({ figure }) => figure)
  return METRICS.flatMap(({ path, figure, times = 1 }): [string, string][] => {
    const own = (byFigure.get(figure) ?? []).flatMap(({ value, ...point }) => (value === null ? [] : [{ ...point, value: value * times }]))
    if (own.length === 0) return []
    const { label = '', definition = '' } = labels.get(figure) ?? {}
    const years = [...Map.groupBy(own, ({ from }) => from.year)].toSorted(([a], [b]) => a - b)
    return [
      [`metrics.${path}.name`, label],
      [`metrics.${path}.description`, definition],
      ...years.flatMap(([year, points]) => RHYTHMS.map((rhythm): [string, string] => [`metrics.${path}.${year}.${rhythm}`, listOf(points, rhythm)])),
    ]
  })
}

const RHYTHMS: Rhythm[] = ['months', 'weeks', 'days']

type Known = Omit<Dated, 'value'> & { value: number }

/** The last known value of each month, week or day; a year as a whole says nothing of any of them. */
function listOf(points: Known[], rhythm: Rhythm): string {
  const values = Array.from<number | undefined>({ length: POSITIONS[rhythm] })
  for (const { from, precision, value } of points) {
    if (precision === 'year' || (precision === 'month' && rhythm !== 'months')) continue
    values[positionOf(from, rhythm)] = value
  }
  return writeList(values)
}

/**
 * Day of the year, week (ISO 8601), or month, from 0. The first days of January may be of the last week of the year
 * before, and the last ones of December of the first week of the next: they stand in the year that they are days of.
 */
function positionOf(day: Temporal.PlainDate, rhythm: Rhythm): number {
  if (rhythm === 'months') return day.month - 1
  if (rhythm === 'days') return day.dayOfYear - 1
  const week = day.weekOfYear ?? 1
  if (day.yearOfWeek === day.year) return week - 1
  return day.month === 1 ? 0 : POSITIONS.weeks - 1
}
