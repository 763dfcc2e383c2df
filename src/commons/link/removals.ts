import type { InEveryLanguage } from '../../platform/language/languages.ts'
import { words } from './words.ts'

/** Why links are taken down: the classes of reports. Visitors read the class, never what one person said of a link. */
export const REMOVAL_REASONS = ['illegal', 'minor', 'intimate', 'hate', 'copyright', 'spam', 'other'] as const
export type RemovalReason = (typeof REMOVAL_REASONS)[number]

/** What a link may have been removed for besides: it was disabled in the software that it was taken over from. */
const BEFORE = 'disabled'

/** Why a link is not there any more, in words. */
export function sayRemoval(reason: string | null): InEveryLanguage {
  const known = [...REMOVAL_REASONS, BEFORE].find((one) => one === reason) ?? 'other'
  return { fr: words.find('fr', `removal.${known}`), en: words.find('en', `removal.${known}`) }
}
