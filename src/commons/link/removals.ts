import type { InEveryLanguage } from '../../platform/language/languages.ts'
import { CATEGORIES } from '../../platform/moderation/categories.ts'
import { words } from './words.ts'

/** What a link may have been removed for besides: it was disabled in the software that it was taken over from. */
const BEFORE = 'disabled'

/** Why a link is not there any more, in words: the class of reports, never what one person said of it. */
export function sayRemoval(reason: string | null): InEveryLanguage {
  const known = [...CATEGORIES, BEFORE].find((one) => one === reason) ?? 'other'
  return { fr: words.find('fr', `removal.${known}`), en: words.find('en', `removal.${known}`) }
}
