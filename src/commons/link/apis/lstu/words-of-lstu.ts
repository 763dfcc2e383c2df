import { acceptedLanguage, type Language } from '../../../../platform/language/languages.ts'
import type { Refusal } from '../../../../platform/refusals.ts'
import { words } from '../../words.ts'

/** What no link of Lstu may be called; names that only we keep for ourselves are refused in our own words. */
const RESERVED = new Set(['a', 'api', 'd', 'cookie', 'stats', 'fullstats', 'login', 'logout'])

/** The language of answers in JSON: clients of Lstu compare its English sentences, so who asks for nothing of ours gets those. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return acceptedLanguage(acceptLanguage) ?? 'en'
}

/**
 * Why no link was made, in the words of Lstu where it has some.
 *
 * @param url the text that was to be shortened
 */
export function sayUnmade(refusal: Refusal, url: string, language: Language): string {
  const say = words.in(language)
  switch (refusal.type) {
    case 'link/no-address':
    case 'link/not-an-address':
    case 'link/unsupported-scheme':
      return say('lstu.invalid', { url })
    case 'link/too-fast':
      return say('lstu.too-fast')
    default:
      return sayOwn(refusal, language)
  }
}

/**
 * Why a link is not shown, in the words of Lstu where it has some.
 *
 * @param short the whole short address
 */
export function sayUnseen(refusal: Refusal, short: string, language: Language): string {
  const say = words.in(language)
  if (refusal.type === 'link/unknown') return say('lstu.unknown', { short })
  return refusal.status === 410 ? say('lstu.gone', { short }) : sayOwn(refusal, language)
}

/** What a refusal says, one sentence after the other: titles stand without a full stop on a page. */
export function sayOwn(refusal: Refusal, language: Language): string {
  const { title, detail } = refusal.in(language)
  return /[.!?]$/.test(title) ? `${title} ${detail}` : `${title}. ${detail}`
}

/** Whether a chosen name is one that Lstu keeps for itself. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name.trim().toLowerCase()) || name.trim().endsWith('.json')
}
