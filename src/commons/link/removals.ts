import type { InEveryLanguage } from '../../platform/language/languages.ts'
import { CATEGORIES } from '../../platform/moderation/categories.ts'
import { words } from './words.ts'

/** A further reason of removal: the link was disabled in the software that it was imported from. */
const BEFORE = 'disabled'

/** Says in words why a link was removed: the category of the report, never its text. */
export function describeRemoval(reason: string | null): InEveryLanguage {
  const known = [...CATEGORIES, BEFORE].find((one) => one === reason) ?? 'other'
  return { fr: words.find('fr', `removal.${known}`), en: words.find('en', `removal.${known}`) }
}
