import { ownRefusals } from '../http/refusal-of.ts'

/** How long a text of a person may be. */
export interface TextBounds {
  /** Characters, as people count them. */
  longest: number
}

/**
 * Code units of one character on average: a family of four has eleven, a letter with all its marks may have any number,
 * and what has more of them than any writing needs is as long as it is in units.
 */
const UNITS_PER_CHARACTER = 12

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Reads one line that a person wrote: composed (NFC), without spaces around, without signs that cannot be seen; line
 * ends, tabs and runs of spaces become one space. Empty when nothing is left: whether that is refused is the caller's
 * to say.
 *
 * @throws Refusal `text-has-zero-byte`, `text-too-long`
 *
 * @example
 * const title = readLine(form.title ?? '', { longest: 300 })
 */
export function readLine(text: string, bounds: TextBounds): string {
  return bounded(plainLine(refuseZero(text)), bounds)
}

/**
 * Reads a text of several lines, in the same way: its lines end with a line feed, tabs and spaces within stay.
 *
 * @throws Refusal `text-has-zero-byte`, `text-too-long`
 */
export function readText(text: string, bounds: TextBounds): string {
  return bounded(plainText(refuseZero(text)), bounds)
}

/**
 * One line of a text that no person can be asked to change (another software's data, a mail subject): cut, never
 * refused.
 */
export function fitLine(text: string, { longest }: TextBounds): string {
  return cut(plainLine(text), longest).trimEnd()
}

/** The same of several lines. */
export function fitText(text: string, { longest }: TextBounds): string {
  return cut(plainText(text), longest).trimEnd()
}

/** Characters of a text as people count them: a letter with its accents, an emoji with its parts, is one. */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of characters.segment(text)) count++
  return count
}

function plainLine(text: string): string {
  return visible(text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '))
    .replaceAll(/\s{2,}/g, ' ')
    .trim()
}

function plainText(text: string): string {
  const lines = text.replaceAll(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
  return visible(lines.replaceAll(/(?![\n\t])\p{Cc}/gu, ''))
    .replaceAll(/[^\S\n]+$/gm, '')
    .trim()
}

/**
 * Signs that no reader sees: what turns the direction of writing around, separates, fills. The rest is looked at below.
 */
const UNSEEN = /(?!\p{Variation_Selector}|\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Default_Ignorable_Code_Point}/gu

/** What chooses the shape of a sign belongs behind one. */
const STRAY_SELECTOR = /(?<![\p{L}\p{M}\p{N}\p{P}\p{S}])\p{Variation_Selector}+/gu

/** Joiners belong between letters, and between the parts of an emoji. */
const STRAY_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/gu

/** Tags name a region on a black flag; anywhere else they are a text that is not seen. */
const STRAY_TAG = /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0020}-\u{e007f}]/gu

/** Composed once all is gone that could have stood between a letter and its accent. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNSEEN, '')
    .replaceAll(STRAY_TAG, '')
    .replaceAll(STRAY_SELECTOR, '')
    .replaceAll(STRAY_JOINER, '')
    .normalize('NFC')
}

function refuseZero(text: string): string {
  if (text.includes('\0')) throw ownRefusals('text-has-zero-byte')
  return text
}

function bounded(text: string, { longest }: TextBounds): string {
  if (text.length <= longest) return text
  const length = text.length > longest * UNITS_PER_CHARACTER ? text.length : countCharacters(text)
  if (length > longest) throw ownRefusals('text-too-long', { length, longest })
  return text
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  let whole = ''
  let count = 0
  for (const { segment } of characters.segment(text.slice(0, longest * UNITS_PER_CHARACTER))) {
    if (count++ === longest) break
    whole += segment
  }
  return whole.toWellFormed()
}
