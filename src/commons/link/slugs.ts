import slugify from '@sindresorhus/slugify'
import { randomInt } from 'node:crypto'
import { refuse } from './refusals.ts'

/** Lower case and digits without look-alikes (i, l, o, 0, 1): slugs are read aloud and copied from posters. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 6

/** The most characters of a chosen slug. */
const LONGEST = 200

/** The most characters that are parsed at all. */
const LONGEST_WRITTEN = 1000

/** Paths of link and of the software that it replaces, present and future: they cannot be chosen. */
export const RESERVED = new Set([
  'a', 'api', 'cookie', 'd', 'edit', 'favicon', 'fullstats', 'health', 'login', 'logout', 'manifest', 'modifier',
  'report', 'rest', 'signaler', 'stats', 'well-known', 'yourls-api', 'yourls-api-php', '_bagad', '_sso', 'bagad', 'sso',
]) // prettier-ignore

/** Paths of our pages and APIs: a link with such a slug is unreachable. The tests compare them with the routes. */
const PATHS = new Set([
  'cookie', 'cookie.json', 'favicon.ico', 'fullstats', 'fullstats.json', 'login', 'logout', 'manifest.webmanifest', 'robots.txt', 'stats',
  'stats.json', 'yourls-api.php', '_sso',
]) // prettier-ignore

/** Returns a random slug; with six letters, one of nearly nine hundred million. No letter resembles another. */
export function randomSlug(length = LENGTH): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Whether a text can be a slug at all: PostgreSQL refuses text with a zero byte or a lone surrogate. */
export function isSlug(text: string): boolean {
  return text !== '' && text.length <= 500 && !text.includes('\0') && text.isWellFormed()
}

/** Whether a slug is reachable: no page of ours has its path, and it is no dot segment (`.`, `..`). */
export function isReachable(slug: string): boolean {
  return isSlug(slug) && slug !== '.' && slug !== '..' && !PATHS.has(slug)
}

/** Returns the slug without accents and capitals, which is looked up when the typed one is unknown. */
export function foldSlug(slug: string): string {
  return slug.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/**
 * Reads a chosen slug in a form that can be said and typed: « Mon Été à Brest » becomes `mon-ete-a-brest`.
 *
 * @throws Refusal `slug-empty` when no character is left, `slug-too-long`, or `slug-reserved`
 */
export function readSlug(text: string): string {
  if (text.length > LONGEST_WRITTEN) throw refuse('slug-too-long', { longest: LONGEST })
  const slug = slugify(text.trim(), { decamelize: false, preserveCharacters: ['_'] }).replaceAll(/^[-_]+|[-_]+$/g, '')
  if (slug === '') throw refuse('slug-empty')
  if (slug.length > LONGEST) throw refuse('slug-too-long', { longest: LONGEST })
  if (RESERVED.has(slug)) throw refuse('slug-reserved', { slug, other: `${slug}-2` })
  return slug
}

/** Returns alternatives to a taken slug, the best first. */
export function alternatives(slug: string): string[] {
  return [`${slug}-2`, `${slug}-3`, `${slug}-${new Date().getFullYear()}`, `${slug}-${randomSlug(3)}`]
}

/** Returns the slug of a short URL: the text itself, or the end of the whole address. */
export function slugIn(shorturl: string): string {
  const path = URL.parse(shorturl)?.pathname.slice(1)
  if (path === undefined) return shorturl.trim()
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
