import type { InEveryLanguage } from '../language/languages.ts'

/** What may be wrong with a content; the gravest first. */
export const CATEGORIES = ['minor', 'intimate', 'hate', 'illegal', 'spam', 'copyright', 'other'] as const
export type Category = (typeof CATEGORIES)[number]

export function isCategory(value: unknown): value is Category {
  return CATEGORIES.some((category) => category === value)
}

/** What each is called, where one reads why something was removed. */
export const CATEGORY_NAMES: Readonly<Record<Category, InEveryLanguage>> = {
  minor: { fr: 'atteinte à un·e mineur·e', en: 'harm to a minor' },
  intimate: { fr: 'image intime sans accord', en: 'intimate content without consent' },
  hate: { fr: 'haine ou menace', en: 'hatred or threat' },
  illegal: { fr: 'contenu illégal', en: 'unlawful content' },
  spam: { fr: 'publicité en masse ou tromperie', en: 'spam or deceit' },
  copyright: { fr: 'droit d’auteur', en: 'copyright' },
  other: { fr: 'contraire à nos conditions', en: 'against our terms' },
}
