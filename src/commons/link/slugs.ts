import slugify from '@sindresorhus/slugify'
import { randomInt } from 'node:crypto'
import { refuse } from './refusals.ts'

/** Lower case and digits without look-alikes (i, l, o, 0, 1): a slug is read aloud and copied from posters. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 6

/** Characters of the longest slug that somebody may choose. */
const LONGEST = 200

/** Paths of ours and of the software that link replaces: no link may stand there. The tests compare them with the routes. */
export const RESERVED = new Set([
  'a', 'api', 'cookie', 'd', 'edit', 'favicon', 'fullstats', 'health', 'login', 'logout', 'manifest', 'modifier',
  'report', 'rest', 'robots', 'signaler', 'stats', 'well-known', 'yourls-api', 'yourls-api-php', '_bagad', '_sso', 'bagad', 'sso',
]) // prettier-ignore

/** A random slug: one of nearly nine hundred million when it has six letters, none of which is taken for another. */
export function randomSlug(length = LENGTH): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Whether a text could be a slug at all: the database takes no text with a zero byte. */
export function isSlug(text: string): boolean {
  return text !== '' && text.length <= 500 && !text.includes('\0')
}

/** The slug without accents and capitals: what is looked for when the slug as typed is unknown. */
export function foldSlug(slug: string): string {
  return slug.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/**
 * Reads what a person wants their link to be called, as it can be said and typed: « Mon Été à Brest » is
 * `mon-ete-a-brest`.
 *
 * @throws Refusal `slug-empty` when nothing of it can stand in an address, `slug-long`, or `slug-reserved`
 */
export function readSlug(text: string): string {
  const slug = slugify(text.trim(), { decamelize: false, preserveCharacters: ['_'] }).replaceAll(/^[-_]+|[-_]+$/g, '')
  if (slug === '') throw refuse('slug-empty')
  if (slug.length > LONGEST) throw refuse('slug-long', { longest: LONGEST })
  if (RESERVED.has(slug)) throw refuse('slug-reserved', { slug })
  return slug
}

/** Names that are like a taken one, in the order in which they are offered. */
export function alternatives(slug: string): string[] {
  return [`${slug}-2`, `${slug}-3`, `${slug}-${new Date().getFullYear()}`, `${slug}-${randomSlug(3)}`]
}
