/** The languages that Bagad speaks; French first. */
export const LANGUAGES = ['fr', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The same text in every language. */
export type InEveryLanguage = Readonly<Record<Language, string>>

/** Name of each language in itself, for the switch. */
export const LANGUAGE_NAMES: InEveryLanguage = { fr: 'Français', en: 'English' }

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value)
}

/**
 * The first language of an `Accept-Language` header that we speak, by weight (RFC 9110, 12.5.4).
 *
 * @returns undefined when there is none: the caller knows what to fall back to
 */
export function acceptedLanguage(header: string | undefined): Language | undefined {
  const wishes = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, position) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean)
      return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight), position }
    })
  wishes.sort((a, b) => b.weight - a.weight || a.position - b.position)
  return wishes
    .filter(({ weight }) => weight > 0)
    .map(({ language }) => language)
    .find(isLanguage)
}
