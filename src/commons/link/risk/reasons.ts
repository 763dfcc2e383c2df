import type { Language } from '../../../platform/language/languages.ts'
import { words } from './words.ts'

/** The score from which a link is held for a moderator, and that from which it is refused. */
export const HELD_FROM = 50
export const REFUSED_FROM = 90

/**
 * The reasons against an address, with their weights. A weight of 100 decides alone; the others add up. Their texts
 * are the messages `risk.<reason>`.
 */
export const WEIGHTS = {
  unreadable: 100,
  credentials: 100,
  'own-host': 100,
  'denied-domain': 100,
  'block-list': 100,
  shortener: 100,
  'number-host': 100,
  'private-host': 100,
  'mixed-scripts': 100,
  'look-alike': 100,
  'official-inside': 100,
  'near-name': 60,
  'warned-domain': 60,
  'brand-and-bait': 60,
  'spam-words': 50,
  brand: 30,
  tunnel: 30,
  'robot-slug': 25,
  'free-host': 20,
  'bait-words': 20,
  'many-labels': 20,
  program: 20,
  'risky-ending': 10,
} as const

export type ReasonCode = keyof typeof WEIGHTS

/** A reason, with its evidence in the address: a word, a domain, the name of a list. */
export interface Reason {
  code: ReasonCode
  what: string
}

/** Returns the text of a reason. */
export function describeReason({ code, what }: Reason, language: Language): string {
  return words.find(language, `risk.${code}`, { what })
}
