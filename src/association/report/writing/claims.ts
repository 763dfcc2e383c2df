import { shareAt } from '../../../platform/figures/derived.ts'
import { holdsFor, readClaim } from '../../../platform/figures/claims.ts'
import { pointAt, type AllSeries } from '../../../platform/figures/figure.ts'
import type { Gap } from '../../../platform/figures/gap.ts'
import { isFar } from '../../../platform/figures/odd-values.ts'
import { bareOf, referencesOf, sentencesOf } from '../references.ts'

/** From this factor on, the words mean another number: « en moins de 5 minutes ». */
const OTHER = 4

/**
 * Finds words that contradict the figure beside them: « la moitié des sites ({{…@2024-03%}}) ». Sentences with several
 * figures or numbers are skipped: which number belongs to which figure is ambiguous.
 */
export function claimGaps(text: string, series: AllSeries): Gap[] {
  return sentencesOf(text).flatMap((sentence): Gap[] => {
    const [reference, ...others] = referencesOf(sentence)
    if (reference?.kind !== 'value' || others.length > 0) return []
    const claim = readClaim(bareOf(sentence))
    const { figure, date, isShare } = reference
    const value = isShare ? shareAt(figure, date, series) : pointAt(series.get(figure), date)?.value
    if (
      !claim ||
      value == null ||
      claim.isShare !== (isShare || series.get(figure)?.unit === 'percent') ||
      isFar(claim.value, value, OTHER)
    )
      return []
    if (holdsFor(claim, value)) return []
    return [{ where: `${figure} ${date}`, what: 'claim', printed: claim.text, computed: String(value) }]
  })
}
