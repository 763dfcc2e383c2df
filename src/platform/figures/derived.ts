import { CATALOGUE, LAWS } from './catalogue.ts'
import { pointAt, type AllSeries, type FigureDate, type Known, type Point, type Series } from './figure.ts'
import { round } from './numbers.ts'

/**
 * Series that are computed from two others wherever they are not told themselves: means, and counts of several days by
 * day.
 */
const QUOTIENTS = LAWS.filter((law) => law.rule === 'quotient')

/**
 * Adds what can be computed: where a quotient says nothing of a date and both figures that it stands on do, its point
 * is theirs. What was printed is never touched, and a public figure is not computed from a private one.
 */
export function withDerived(series: Map<string, Series>): Map<string, Series> {
  for (const { result, dividend, divisor } of QUOTIENTS) {
    const above = series.get(dividend)
    const below = typeof divisor === 'number' ? divisor : series.get(divisor)
    if (!above || below === undefined) continue
    const own = series.get(result)
    const isShown = own?.isPublic ?? above.isPublic
    if (isShown && !(above.isPublic && (typeof below === 'number' || below.isPublic))) continue
    const unit = own?.unit ?? UNITS[result] ?? 'count'
    const points = above.points.flatMap(({ date }): Point[] => {
      const value = quotient(
        pointAt(above, date),
        typeof below === 'number' ? { value: below, state: 'known' } : pointAt(below, date),
      )
      return pointAt(own, date) || !value ? [] : [{ date, ...value, printed: null, source: 'live' }]
    })
    if (points.length === 0 && !own) continue
    const all = [...(own?.points ?? []), ...points].toSorted((a, b) => (a.date < b.date ? -1 : 1))
    series.set(result, own ? { ...own, points: all } : { ...derivedSeries(result, above, unit), points: all })
  }
  return series
}

const UNITS: Record<string, string> = { 'mail.mean': 'GB/box', 'web.visitors.perday': 'visitors/day' }

function derivedSeries(id: string, { service, isPublic, isDeclared }: Series, unit: string): Omit<Series, 'points'> {
  const { kind = 'mean', en = id, fr = en } = CATALOGUE[id] ?? {}
  return {
    id,
    service,
    kind,
    unit,
    label: { fr, en },
    definition: { fr: '', en: '' },
    isPublic,
    isDeclared,
    breaks: [],
  }
}

/**
 * One known value divided by another, not rounded: that comes last. Divided by zero, or by what is not known, it is
 * N/C; what is not known itself, or by what there is no point of, says nothing.
 */
function quotient(above: Known | undefined, below: Known | undefined): Known | undefined {
  if (above?.value == null || !below) return undefined
  if (!below.value) return { value: null, state: 'not-communicated' }
  const isEstimated = above.state === 'estimated' || below.state === 'estimated'
  return { value: above.value / below.value, state: isEstimated ? 'estimated' : 'known' }
}

/** What part of its whole a series is at a date, in percent, by the laws; undefined where either is not known. */
export function shareAt(figure: string, date: FigureDate, series: AllSeries): number | undefined {
  const law = LAWS.find((one) => one.rule === 'sum' && one.parts.includes(figure))
  const whole = law?.rule === 'sum' ? pointAt(series.get(law.total), date)?.value : undefined
  const part = pointAt(series.get(figure), date)?.value
  return whole && part != null ? round((100 * part) / whole, 2) : undefined
}
