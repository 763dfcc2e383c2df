import type { Category } from '../../platform/moderation/categories.ts'

/** How soon somebody should look, by what is said of a content. */
const WEIGHTS: Readonly<Record<Category, number>> = {
  minor: 100,
  intimate: 80,
  hate: 60,
  illegal: 60,
  spam: 30,
  copyright: 25,
  other: 20,
}

/** From here on it is grave: somebody should look within the hour. */
export const GRAVE = 60

/** What an author says against a decision waits for no grave report, but for long neither. */
const APPEAL = 40

/** What each further person adds who says so, and how many of them count. */
export const FURTHER = { weight: 5, most: 10 }

export function weightOf(category: Category, isAppeal: boolean): number {
  return isAppeal ? APPEAL : WEIGHTS[category]
}
