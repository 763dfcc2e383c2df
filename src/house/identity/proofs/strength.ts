import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** How a password fares: 0 (guessed at once) to 4 (by nobody). */
export type Score = 0 | 1 | 2 | 3 | 4

/** Below this score a password is refused: it would be guessed within a million tries. */
export const LEAST_SCORE = 2

let checker: Promise<ZxcvbnFactory> | undefined

/**
 * How many tries a password would withstand, by zxcvbn with French words and the 49,000 passwords that are used most. Its
 * dictionaries (37 MB in memory) are read when the first password is looked at.
 *
 * @param own words that say nothing here: names of the association, its services and the person
 */
export async function scoreOf(password: string, own: readonly string[]): Promise<Score> {
  checker ??= makeChecker()
  // The cost grows with the square of the length; what comes after the first hundred letters only makes it stronger.
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
