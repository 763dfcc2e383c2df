import { readNumber } from './numbers.ts'

/** What words say of a number: that it lies between two others; shares in percent. */
export interface Claim {
  /** The words. */
  text: string
  isShare: boolean
  /** The number that the words speak of, and how far from it they let it be. */
  value: number
  from: number
  to: number
}

/** Fractions in words, in percent; those of two words first. */
const FRACTIONS: [RegExp, number][] = [
  [/trois quarts|three quarters/iu, 75],
  [/deux tiers|two thirds/iu, 200 / 3],
  [/la moitié|half/iu, 50],
  [/un tiers|a third|one third/iu, 100 / 3],
  [/un quart|a quarter|one quarter/iu, 25],
]

/** Words before a number, and how far from it they let it be. */
const AROUND: [RegExp, from: number, to: number][] = [
  [/(?:un peu plus d[e’']|just over|slightly more than)\s*$/iu, 1, 1.1],
  [/(?:un peu moins d[e’']|just under|slightly less than)\s*$/iu, 0.9, 1],
  [/(?:plus d[e’']|more than|over)\s*$/iu, 1, Infinity],
  [/(?:moins d[e’']|less than|under)\s*$/iu, 0, 1],
  [/(?:près d[e’']|presque|nearly|almost)\s*$/iu, 0.9, 1],
  [/(?:environ|à peu près|about|around|roughly)\s*$/iu, 0.9, 1.1],
]

/** How far a bare fraction may be from what it says: « la moitié » is 48 to 52 %. */
const BARE = 0.04

const NUMBER = /\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?(?:[\s\u00a0\u202f]*(?:%|millions?|milliers?|thousand))?/giu

const TIMES: [RegExp, number][] = [
  [/millions?/i, 1_000_000],
  [/milliers?|thousand/i, 1000],
]

/**
 * Reads what a phrase claims of a number: « moins de 5 % », « un peu plus de 1 million », « la moitié ». A number that
 * stands there by itself claims nothing that words could get wrong.
 *
 * @returns undefined when it claims nothing
 */
export function readClaim(text: string): Claim | undefined {
  for (const [fraction, percent] of FRACTIONS) {
    const found = fraction.exec(text)
    if (found) return claimOf(text, found, percent, true)
  }
  for (const found of text.matchAll(NUMBER)) {
    const [written] = found
    const times = TIMES.find(([word]) => word.test(written))
    const number = readNumber(times ? written.replace(times[0], '') : written)
    const claim =
      number === undefined ? undefined : claimOf(text, found, number * (times?.[1] ?? 1), written.includes('%'))
    if (claim && claim.text !== written.trim()) return claim
  }
  return undefined
}

function claimOf(text: string, found: RegExpExecArray, value: number, isShare: boolean): Claim {
  const before = text.slice(0, found.index)
  for (const [words, from, to] of AROUND) {
    const around = words.exec(before)
    if (around) return { text: (around[0] + found[0]).trim(), isShare, value, from: from * value, to: to * value }
  }
  return { text: found[0].trim(), isShare, value, from: value * (1 - BARE), to: value * (1 + BARE) }
}

export function holdsFor({ from, to }: Claim, value: number): boolean {
  return value >= from && value <= to
}
