import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** Strength of a password: 0 (guessed at once) to 4 (very strong). */
export type Score = 0 | 1 | 2 | 3 | 4

/** Minimum score: a weaker password would be guessed within a million attempts. */
export const LEAST_SCORE = 2

let checker: Promise<ZxcvbnFactory> | undefined

/**
 * Scores a password by zxcvbn with French words and the 49,000 most common passwords. The dictionaries (37 MB in
 * memory) are loaded at the first call.
 *
 * @param own words that add no strength: names of the association, its services and the person
 */
export async function scoreOf(password: string, own: readonly string[]): Promise<Score> {
  checker ??= makeChecker()
  // The cost grows with the square of the length; characters after the first hundred only make it stronger.
  return (await checker).check(password.slice(0, 100), [...own]).score
}

async function makeChecker(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, common, french] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-fr'),
  ])
  return new Factory({ dictionary: { ...common.dictionary, ...french.dictionary }, graphs: common.adjacencyGraphs })
}
