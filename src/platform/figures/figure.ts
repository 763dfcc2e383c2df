import type { InEveryLanguage } from '../language/languages.ts'

/** What kind of quantity it is: how many there are, how many came in a period, a quotient, a part of 100. */
export type Kind = 'stock' | 'flow' | 'mean' | 'share'

/** A figure that a running service declares; sampled every night. */
export interface Figure {
  /** `<public name>.<what>`, such as `link.visits`. */
  id: string
  kind: Kind
  /** `count`, `GB`, `percent`, `people/session`… */
  unit: string
  label: InEveryLanguage
  /** What exactly is counted, when, and how. */
  definition: InEveryLanguage
  /** The value now; null when it cannot be known. Never 0 for unknown. */
  sample: () => Promise<number | null>
}

/** Unknown is not zero: what is known of a value. `not-communicated` is printed N/C. */
export type State = 'known' | 'unknown' | 'not-communicated' | 'estimated'

/** One value at one date. There is a value exactly when the state is `known` or `estimated`. */
export interface Point {
  date: FigureDate
  value: number | null
  state: State
  /** As it was printed, when it was. */
  printed: string | null
}

/** A series: what is counted, and its points by date. */
export interface Series {
  id: string
  service: string
  kind: Kind
  unit: string
  label: InEveryLanguage
  definition: InEveryLanguage
  /** False when no running service continues it. */
  isDeclared: boolean
  points: Point[]
}

/** A year, a month or a day, as it is written: `2023`, `2024-03`, `2024-03-15`. Never padded to a false day. */
export type FigureDate = string

export type Precision = 'year' | 'month' | 'day'
