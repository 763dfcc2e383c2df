import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import type { Challenge } from './proof-of-work.ts'

/** Where every host of ours gives challenges. */
export const CHALLENGE_PATH = '/_bagad/challenge'

/**
 * Does the work that the server asks for; runs in a browser, without holding the page up.
 *
 * @returns the answer to send with the form; empty when there is none (no secure context, too slow a machine): the form
 * then goes without, and what it makes waits for a person to look at it
 */
export async function proveWork(): Promise<string> {
  try {
    const given = await fetch(CHALLENGE_PATH, { signal: AbortSignal.timeout(10_000) })
    const challenge: Challenge = await given.json()
    const solution = await solveChallenge({ challenge, deriveKey, timeout: 60_000 })
    return solution ? btoa(JSON.stringify({ challenge, solution })) : ''
  } catch {
    return ''
  }
}
