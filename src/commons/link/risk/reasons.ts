import type { Language } from '../../../platform/language/languages.ts'
import { words } from './words.ts'

/** From this score on a person looks at a link before it leads anywhere, and from this one on it is not made. */
export const HELD_FROM = 50
export const REFUSED_FROM = 90

/**
 * What speaks against an address, and how much. A hundred decides alone; the others add up. Their words are the messages
 * `risk.<reason>`.
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

/** One thing that speaks against an address, with what in it says so: a word, a domain, the name of a list. */
export interface Reason {
  code: ReasonCode
  what: string
}

/** A reason in words. */
export function sayReason({ code, what }: Reason, language: Language): string {
  return words.find(language, `risk.${code}`, { what })
}
