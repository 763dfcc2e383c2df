import type { Category } from '../../platform/moderation/categories.ts'

/** The urgency of a content, by its reported category. */
const WEIGHTS: Readonly<Record<Category, number>> = {
  minor: 100,
  intimate: 80,
  hate: 60,
  illegal: 60,
  spam: 30,
  copyright: 25,
  other: 20,
}

/** The threshold of grave contents, which need a review within the hour. */
export const GRAVE = 60

/** The urgency of an appeal: below that of a grave report, above that of most others. */
const APPEAL = 40

/** The weight that each further reporter adds, and how many of them count. */
export const FURTHER = { weight: 5, most: 10 }

export function weightOf(category: Category, isAppeal: boolean): number {
  return isAppeal ? APPEAL : WEIGHTS[category]
}
