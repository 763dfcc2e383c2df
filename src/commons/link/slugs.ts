import { randomInt } from 'node:crypto'

/** Lower case and digits without look-alikes (i, l, o, 0, 1): a slug is read aloud and copied from posters. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 6

/** A random slug: one of nearly nine hundred million, in letters that nobody confuses. */
export function randomSlug(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Whether a text could be a slug at all: the database takes no text with a zero byte. */
export function isSlug(text: string): boolean {
  return text !== '' && !text.includes('\0')
}

/** The slug without accents and capitals: what is looked for when the slug as typed is unknown. */
export function foldSlug(slug: string): string {
  return slug.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
