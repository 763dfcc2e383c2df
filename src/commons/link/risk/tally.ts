import { printable } from '../../../platform/cli/printable.ts'
import type { Assessment } from './assess.ts'
import type { ReasonCode } from './reasons.ts'

/** The most links that are named, the riskiest first. */
const NAMED = 20

/** The most characters of an address that are shown. */
const SHOWN = 120

interface Risky {
  slug: string
  url: string
  assessment: Assessment
}

/** Sums up the assessments of many links: the verdicts, the reasons, and the riskiest links. */
export class RiskTally {
  readonly verdicts: Record<Assessment['verdict'], number> = { direct: 0, hold: 0, refuse: 0 }
  /** How often each reason occurs in links whose verdict is not `direct`. */
  readonly reasons = new Map<ReasonCode, number>()
  #riskiest: Risky[] = []

  add(slug: string, url: string, assessment: Assessment): void {
    this.verdicts[assessment.verdict]++
    if (assessment.verdict === 'direct') return
    for (const { code } of assessment.reasons) this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1)
    const least = this.#riskiest.at(-1)
    if (least && this.#riskiest.length === NAMED && least.assessment.score >= assessment.score) return
    this.#riskiest = [...this.#riskiest, { slug, url, assessment }]
      .sort((a, b) => b.assessment.score - a.assessment.score)
      .slice(0, NAMED)
  }

  /** The summary as lines of text, the most frequent reason and the riskiest link first. */
  get lines(): string[] {
    const { direct, hold, refuse } = this.verdicts
    const reasons = [...this.reasons].sort(([, one], [, other]) => other - one)
    return [
      `judged by where they lead: ${direct} plain, ${hold} odd, ${refuse} that the rules refuse`,
      ...reasons.map(([code, many]) => `${String(many).padStart(9)}  ${code}`),
      ...(this.#riskiest.length > 0 ? ['the riskiest:'] : []),
      ...this.#riskiest.map(({ slug, url, assessment: { score, reasons } }) =>
        printable(
          `${String(score).padStart(9)}  ${slug}  ${reasons.map(({ code, what }) => `${code} (${what})`).join(', ')}  ${url.slice(0, SHOWN)}`,
        ),
      ),
    ]
  }
}
