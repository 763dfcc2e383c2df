import { acceptedLanguage, type Language } from '../../../../platform/language/languages.ts'
import type { Refusal } from '../../../../platform/refusals.ts'
import { words } from '../../words.ts'

/** Slugs reserved by Lstu; slugs reserved only here are refused in our own words. */
const RESERVED = new Set(['a', 'api', 'd', 'cookie', 'stats', 'fullstats', 'login', 'logout'])

/** The language of JSON answers. Clients of Lstu compare its English sentences, so English is the default. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return acceptedLanguage(acceptLanguage) ?? 'en'
}

/**
 * Says why no link was created, in Lstu's words where it has some.
 *
 * @param url the text to shorten
 */
export function describeNotCreated(refusal: Refusal, url: string, language: Language): string {
  const say = words.in(language)
  switch (refusal.type) {
    case 'link/no-address':
    case 'link/not-an-address':
    case 'link/unsupported-scheme':
      return say('lstu.invalid', { url })
    case 'link/too-fast':
      return say('lstu.too-fast')
    default:
      return describeRefusal(refusal, language)
  }
}

/**
 * Says why a link is not shown, in Lstu's words where it has some.
 *
 * @param short the whole short address
 */
export function describeNotFound(refusal: Refusal, short: string, language: Language): string {
  const say = words.in(language)
  if (refusal.type === 'link/unknown') return say('lstu.unknown', { short })
  return refusal.status === 410 ? say('lstu.gone', { short }) : describeRefusal(refusal, language)
}

/** Returns the text of a refusal as sentences: titles have no full stop on a page. */
export function describeRefusal(refusal: Refusal, language: Language): string {
  const { title, detail } = refusal.in(language)
  return /[.!?]$/.test(title) ? `${title} ${detail}` : `${title}. ${detail}`
}

/** Whether Lstu reserves a slug. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name.trim().toLowerCase()) || name.trim().endsWith('.json')
}
