import slugify from '@sindresorhus/slugify'
import { randomInt } from 'node:crypto'
import { refuse } from './refusals.ts'

/** Lower case and digits without look-alikes (i, l, o, 0, 1): a slug is read aloud and copied from posters. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 6

/** Characters of the longest slug that somebody may choose. */
const LONGEST = 200

/** Characters of what is looked at at all. */
const LONGEST_WRITTEN = 1000

/** Names of paths, of ours and of the software that link replaces, now and to come: nobody may choose them. */
export const RESERVED = new Set([
  'a', 'api', 'cookie', 'd', 'edit', 'favicon', 'fullstats', 'health', 'login', 'logout', 'manifest', 'modifier',
  'report', 'rest', 'signaler', 'stats', 'well-known', 'yourls-api', 'yourls-api-php', '_bagad', '_sso', 'bagad', 'sso',
]) // prettier-ignore

/** Paths at which a page or an interface of ours answers: a link of that name cannot be reached. The tests compare them with the routes. */
const PATHS = new Set([
  'cookie', 'cookie.json', 'favicon.ico', 'fullstats', 'fullstats.json', 'login', 'logout', 'manifest.webmanifest', 'robots.txt', 'stats',
  'stats.json', 'yourls-api.php', '_sso',
]) // prettier-ignore

/** A random slug: one of nearly nine hundred million when it has six letters, none of which is taken for another. */
export function randomSlug(length = LENGTH): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Whether a text could be a slug at all: the database takes no text with a zero byte or half a character. */
export function isSlug(text: string): boolean {
  return text !== '' && text.length <= 500 && !text.includes('\0') && text.isWellFormed()
}

/** Whether a visit to a slug comes to its link: not to a page of ours, nor, since dots are folders in an address, to the front. */
export function isReachable(slug: string): boolean {
  return isSlug(slug) && slug !== '.' && slug !== '..' && !PATHS.has(slug)
}

/** The slug without accents and capitals: what is looked for when the slug as typed is unknown. */
export function foldSlug(slug: string): string {
  return slug.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/**
 * Reads what a person wants their link to be called, as it can be said and typed: « Mon Été à Brest » is
 * `mon-ete-a-brest`.
 *
 * @throws Refusal `slug-empty` when nothing of it can stand in an address, `slug-too-long`, or `slug-reserved`
 */
export function readSlug(text: string): string {
  if (text.length > LONGEST_WRITTEN) throw refuse('slug-too-long', { longest: LONGEST })
  const slug = slugify(text.trim(), { decamelize: false, preserveCharacters: ['_'] }).replaceAll(/^[-_]+|[-_]+$/g, '')
  if (slug === '') throw refuse('slug-empty')
  if (slug.length > LONGEST) throw refuse('slug-too-long', { longest: LONGEST })
  if (RESERVED.has(slug)) throw refuse('slug-reserved', { slug, other: `${slug}-2` })
  return slug
}

/** Names that are like a taken one, in the order in which they are offered. */
export function alternatives(slug: string): string[] {
  return [`${slug}-2`, `${slug}-3`, `${slug}-${new Date().getFullYear()}`, `${slug}-${randomSlug(3)}`]
}

/** The slug of what is called a short URL: itself, or the end of the whole address. */
export function slugIn(shorturl: string): string {
  const path = URL.parse(shorturl)?.pathname.slice(1)
  if (path === undefined) return shorturl.trim()
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
