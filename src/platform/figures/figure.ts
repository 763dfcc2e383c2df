import type { InEveryLanguage } from '../language/languages.ts'

/** What kind of quantity it is: how many there are, how many came in a period, a quotient, a part of 100. */
export type Kind = 'stock' | 'flow' | 'mean' | 'share'

/** A figure of what there is, which a running service declares; sampled every night. What comes is a `DailyFigure`. */
export interface Figure {
  /** `<public name>.<what>`, such as `link.visits`. */
  id: string
  kind: Exclude<Kind, 'flow'>
  /** `count`, `GB`, `percent`, `people/session`… */
  unit: string
  label: InEveryLanguage
  /** What exactly is counted, when, and how. */
  definition: InEveryLanguage
  /** False for what could tell of few people, such as members by commune; true when nothing is said. */
  isPublic?: boolean
  /** When it began to be counted in another way. */
  breaks?: MethodBreak[]
  /** The value now; null when it cannot be known. Never 0 for unknown. */
  sample: () => Promise<number | null>
}

/**
 * A flow: how many came in a period. Its days are noted once they are over, each under its own date; its months and
 * years are the sums of their days, noted by themselves once they are over.
 *
 * @example
 * daily: [{ id: 'bin.created', unit: 'count', label, definition, isTallied: true }]
 * // and in the transaction that keeps the paste
 * await platform.figures.count(transaction, { 'bin.created': 1, 'bin.bytes': bytes })
 */
export interface DailyFigure extends Omit<Figure, 'kind' | 'breaks' | 'sample'> {
  /**
   * Counted with `Figures.count` in the transaction of what is counted, so that what is deleted later lowers nothing. A
   * day on which nothing was counted is 0.
   */
  isTallied?: true
  /**
   * Counts a day of the association that is over; null when it cannot be known, such as that of a time before this
   * instance. Left out by who counts while days pass, and has them kept (`Figures.keepDay`).
   */
  count?: (day: Temporal.PlainDate) => Promise<number | null>
}

/** What a day that is over counted. */
export interface DayCount {
  figure: DailyFigure
  /** The public name of whose it is. */
  service: string
  value: number
}

/** From a date on a figure is counted in another way: what is before and what is after cannot be compared. */
export interface MethodBreak {
  since: FigureDate
  what: InEveryLanguage
}

/** Unknown is not zero: what is known of a value. `not-communicated` is printed N/C. */
export type State = 'known' | 'unknown' | 'not-communicated' | 'estimated'

/** Where a value comes from: a running service, a printed report, or a correction by hand. */
export type Source = 'live' | 'import' | 'manual'

/** What is known of a value, whatever its date. There is a value exactly when the state is `known` or `estimated`. */
export interface Known {
  value: number | null
  state: State
}

/** One value at one date. */
export interface Point extends Known {
  date: FigureDate
  /** As it was printed, when it was. */
  printed: string | null
  source: Source
}

/** A series: what is counted, and its points by date. */
export interface Series {
  id: string
  service: string
  kind: Kind
  unit: string
  label: InEveryLanguage
  definition: InEveryLanguage
  isPublic: boolean
  /** False when no running service continues it. */
  isDeclared: boolean
  /** True where each day is counted by itself, so that months and years are sums. */
  isDaily?: true
  breaks: MethodBreak[]
  points: Point[]
}

/** Series by their ids. */
export type AllSeries = ReadonlyMap<string, Series>

/** A year, a month or a day, as it is written: `2023`, `2024-03`, `2024-03-15`. Never padded to a false day. */
export type FigureDate = string

export type Precision = 'year' | 'month' | 'day'

/** What a series says of a date; undefined when it says nothing. */
export function pointAt(series: Pick<Series, 'points'> | undefined, date: FigureDate): Point | undefined {
  return series?.points.find((point) => point.date === date)
}

/** A known number as a point knows it; null is unknown. */
export function known(value: number | null): Known {
  return { value, state: value === null ? 'unknown' : 'known' }
}
