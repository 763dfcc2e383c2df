import { createInstance } from 'i18next'
import { LANGUAGES, type Language } from './languages.ts'
import { setFrench } from './typography.ts'

/** A tree of messages, as in `locales/fr.json`. */
export interface Messages {
  [key: string]: string | Messages
}

type PluralSuffix = '_zero' | '_one' | '_two' | '_few' | '_many' | '_other'
type Singular<Key extends string> = Key extends `${infer Base}${PluralSuffix}` ? Base : Key

/** Dotted paths of the messages of a tree; the forms of a plural count as one. */
export type KeyOf<Tree> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? Singular<Key> : `${Key}.${KeyOf<Tree[Key]>}`
}[keyof Tree & string]

/** Says a message; `count` chooses its plural, the other values are put where `{{name}}` stands. */
export type Say<Key extends string = string> = (key: Key, values?: Record<string, string | number>) => string

/** The messages of one folder in every language. */
export interface Words<Key extends string = string> {
  in(language: Language): Say<Key>
  /** A message whose key was put together at run time; throws when there is none. */
  find(language: Language, key: string, values?: Record<string, string | number>): string
}

/** The same shape with any text: what the second language must have. */
type Same<Tree> = { [Key in keyof Tree]: Tree[Key] extends string ? string : Same<Tree[Key]> }

/**
 * Makes a folder's messages ready to be said. Keys are checked by the compiler against the French file, and the
 * English file against it too.
 *
 * @example
 * export const words = defineWords({ fr, en })
 * words.in('fr')('visits', { count: 3 })
 */
export function defineWords<Tree extends Messages>(messages: {
  fr: Tree
  en: Same<Tree> & Messages
}): Words<KeyOf<Tree>> {
  const set = { fr: prepare(messages.fr, setFrench), en: prepare(messages.en, (text) => text) }
  const i18n = createInstance()
  void i18n.init({
    resources: { fr: { translation: set.fr }, en: { translation: set.en } },
    supportedLngs: [...LANGUAGES],
    fallbackLng: false,
    initAsync: false,
    interpolation: { escapeValue: false },
    parseMissingKeyHandler: (key) => {
      throw new Error(`no message has the key ${key}`)
    },
  })
  const say = { fr: i18n.getFixedT('fr'), en: i18n.getFixedT('en') }
  // Most messages have no values: the library looks each up in some 15 µs, and a page has hundreds.
  const said = { fr: new Map<string, string>(), en: new Map<string, string>() }
  const find: Words['find'] = (language, key, values) => {
    if (values) return say[language](key, values)
    const message = said[language].get(key) ?? say[language](key)
    said[language].set(key, message)
    return message
  }
  return { find, in: (language) => (key, values) => find(language, key, values) }
}

/** Sets every text, and gives French its form for millions, which is written like the plural. */
function prepare(tree: Messages, typeset: (text: string) => string): Messages {
  const out: Messages = {}
  for (const [key, value] of Object.entries(tree)) {
    out[key] = typeof value === 'string' ? typeset(value) : prepare(value, typeset)
    if (typeof value === 'string' && key.endsWith('_other')) out[key.replace('_other', '_many')] ??= typeset(value)
  }
  return out
}
