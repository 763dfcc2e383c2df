import type { FigureDate, Kind } from './figure.ts'
import type { Gap } from './gap.ts'
import { knownPoints, type Values } from './laws.ts'
import { round } from './numbers.ts'

/** A value that may be right but should be checked: it is stored, and marked. */
export interface OddValue {
  figure: string
  date: FigureDate
  value: number
  what: 'far' | 'negative' | 'over-100'
  /** What it is far from. */
  before?: { date: FigureDate; value: number }
}

/** How many times the value before makes a value odd. */
export const FAR = { inReport: 10, inSnapshot: 1.5, fromDayToDay: 3 }

/** Below this many a multiple says nothing: three links yesterday, nine today. */
const FEW = 20

/** Whether a value is so many times the one before, or so many times less. */
export function isFar(before: number, value: number, times: number): boolean {
  const [less, more] = [Math.abs(before), Math.abs(value)].toSorted((a, b) => a - b)
  return less !== undefined && more !== undefined && less > 0 && more >= FEW && more / less >= times
}

/** What is odd about a value by itself, or beside the one before. */
export function oddValue(
  { id, kind, unit }: Pick<Values, 'id' | 'unit'> & { kind: Kind },
  point: { date: FigureDate; value: number },
  before: { date: FigureDate; value: number } | undefined,
  times: number,
): OddValue | undefined {
  const common = { figure: id, date: point.date, value: point.value }
  if (point.value < 0 && kind !== 'mean') return { ...common, what: 'negative' }
  if ((kind === 'share' || unit === 'percent') && point.value > 100) return { ...common, what: 'over-100' }
  return before && isFar(before.value, point.value, times) ? { ...common, what: 'far', before } : undefined
}

/** The odd values of a series as gaps of a report. */
export function oddGaps(series: Values & { kind: Kind }): Gap[] {
  const points = knownPoints(series)
  return points.flatMap((point, index): Gap[] => {
    const odd = oddValue(series, point, points[index - 1], FAR.inReport)
    if (!odd) return []
    const computed = odd.before ? `× ${round(odd.value / odd.before.value, 2)}` : ''
    return [
      { where: `${series.id} ${odd.date}`, what: odd.what, printed: point.printed ?? String(odd.value), computed },
    ]
  })
}
