import type { Reader } from '../language/reader.ts'
import type { FigureDate, Precision } from './figure.ts'

const PATTERNS: [Precision, RegExp][] = [
  ['year', /^\d{4}$/],
  ['month', /^\d{4}-(0[1-9]|1[0-2])$/],
  ['day', /^\d{4}-\d{2}-\d{2}$/],
]

const MONTHS: Record<string, string> = {
  janvier: '01', février: '02', mars: '03', avril: '04', mai: '05', juin: '06',
  juillet: '07', août: '08', septembre: '09', octobre: '10', novembre: '11', décembre: '12',
} // prettier-ignore

/** What a date is precise to; undefined when it is none. */
export function precisionOf(date: FigureDate): Precision | undefined {
  const precision = PATTERNS.find(([, pattern]) => pattern.test(date))?.[0]
  return precision === 'day' && !isDay(date) ? undefined : precision
}

/** Whether a calendar has that day: 31 February is in none. */
function isDay(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date).toString() === date
  } catch {
    return false
  }
}

/** The days that a date speaks of, as a PostgreSQL `daterange`: `2024-03` is `[2024-03-01,2024-04-01)`. */
export function toRange(date: FigureDate): string {
  const precision = precisionOf(date)
  if (!precision) throw new RangeError(`${date} is no date`)
  const from = Temporal.PlainDate.from(`${date}${precision === 'year' ? '-01-01' : precision === 'month' ? '-01' : ''}`)
  const until = from.add(precision === 'year' ? { years: 1 } : precision === 'month' ? { months: 1 } : { days: 1 })
  return `[${from.toString()},${until.toString()})`
}

/** The date as it is written, from the first day of its range. */
export function fromFirstDay(day: string, precision: Precision): FigureDate {
  return day.slice(0, { year: 4, month: 7, day: 10 }[precision])
}

/** A heading of a French table as a date: « Mars 2024 » is `2024-03`, « 2023 » is itself. */
export function readHeading(heading: string): FigureDate | undefined {
  const [, month, year] = /^(?:(\p{L}+)\s+)?(\d{4})$/u.exec(heading.trim()) ?? []
  if (!year) return undefined
  if (!month) return year
  const number = MONTHS[month.toLowerCase()]
  return number ? `${year}-${number}` : undefined
}

/**
 * A date as the reader says it, no more precise than it is: `2023`, `mars 2024`, `15 mars 2024`; months cut short where
 * room is.
 */
export function formatDate(date: FigureDate, reader: Reader, month: 'long' | 'short' = 'long'): string {
  const precision = precisionOf(date)
  if (precision === 'year') return date
  const day = Temporal.PlainDate.from(precision === 'month' ? `${date}-01` : date)
  return reader.date(
    day,
    precision === 'month' ? { month, year: 'numeric' } : { day: 'numeric', month, year: 'numeric' },
  )
}
