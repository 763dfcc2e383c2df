import type { InEveryLanguage, Language } from './language/languages.ts'
import type { Words } from './language/words.ts'

/** What is put into the words of a refusal: a text that is the same for everyone, or one in every language. */
export type RefusalValues = Record<string, string | number | InEveryLanguage>

/** What happened, and what to do next. */
export interface RefusalText {
  title: string
  detail: string
}

/** What a refusal says besides its words. */
export interface RefusalKind {
  /** HTTP status. */
  status: number
  /** Name of the form's field that it is about. */
  field?: string
  /** A word that programs look for, beside the usual members of a problem. */
  error?: string
  /** A moderator's decision stands behind it, or is awaited: its page leads to where the author can object. */
  isAppealable?: true
}

/**
 * What a person asked for and cannot have: thrown in the domain, shown by the platform as a page, beside a field, or as
 * problem JSON (RFC 9457). Everything else that is thrown is a bug.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  /** `link/slug-taken`: the last part of the problem's address on the portal. */
  readonly type: string
  readonly status: number
  readonly field: string | undefined
  readonly error: string | undefined
  readonly isAppealable: boolean
  /** Seconds until another try makes sense (`Retry-After`). */
  readonly retryAfter: number | undefined
  /**
   * What is wrong with each field of the form: empty when it is about no field, several when they were read together.
   */
  readonly fields: ReadonlyMap<string, Refusal>
  readonly #words: RefusalWords
  readonly #code: string
  readonly #values: RefusalValues

  constructor(
    type: string,
    kind: RefusalKind,
    words: RefusalWords,
    values: RefusalValues,
    fields?: ReadonlyMap<string, Refusal>,
  ) {
    super(type)
    this.type = type
    this.status = kind.status
    this.field = kind.field
    this.error = kind.error
    this.isAppealable = kind.isAppealable ?? false
    this.retryAfter = typeof values['retryAfter'] === 'number' ? values['retryAfter'] : undefined
    this.fields = fields ?? new Map(kind.field === undefined ? [] : [[kind.field, this]])
    this.#words = words
    this.#code = type.slice(type.indexOf('/') + 1)
    this.#values = values
  }

  in(language: Language): RefusalText {
    const values = Object.fromEntries(
      Object.entries(this.#values).map(([name, value]) => [name, typeof value === 'object' ? value[language] : value]),
    )
    return describeRefusal(this.#words, this.#code, language, values)
  }

  /** The same refusal, said of this field of a form; with the refusals of its other fields, when there are some. */
  about(field: string, fields?: ReadonlyMap<string, Refusal>): Refusal {
    const { type, status, error } = this
    return new Refusal(type, { status, field, ...(error && { error }) }, this.#words, this.#values, fields)
  }
}

/**
 * One refusal of what is wrong with several fields of a form, told at once. Its type and status are those of the first.
 *
 * @param wrong what is refused, by the name of the field that it is about; at least one
 *
 * @example
 * throw refuseFields({ name: refuse('name-missing'), email: refuse('email-wrong') })
 */
export function refuseFields(wrong: Readonly<Record<string, Refusal>>): Refusal {
  const fields = new Map(Object.entries(wrong).map(([field, refusal]) => [field, refusal.about(field)]))
  const [first] = fields
  if (!first) throw new Error('a form was refused, and none of its fields is wrong')
  const [field, refusal] = first
  return fields.size === 1 ? refusal : refusal.about(field, fields)
}

/**
 * Reads several inputs, each by its own reader, and tells at once all that the readers refuse.
 *
 * @throws Refusal naming each field that is wrong
 *
 * @example
 * const { name, email } = readFields({ name: () => readName(form.name), email: () => readEmail(form.email) })
 */
export function readFields<Readers extends Record<string, () => unknown>>(
  readers: Readers,
): { [Field in keyof Readers]: ReturnType<Readers[Field]> }
export function readFields(readers: Record<string, () => unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  const wrong: Record<string, Refusal> = {}
  for (const [field, reader] of Object.entries(readers))
    try {
      read[field] = reader()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      wrong[field] = error
    }
  if (Object.keys(wrong).length > 0) throw refuseFields(wrong)
  return read
}

type RefusalWords = Pick<Words, 'find'>

function describeRefusal(
  words: RefusalWords,
  code: string,
  language: Language,
  values?: Record<string, string | number>,
): RefusalText {
  return {
    title: words.find(language, `refusals.${code}.title`, values),
    detail: words.find(language, `refusals.${code}.detail`, values),
  }
}

/** The refusals of one service. */
export interface Refusals<Code extends string = string> {
  /** Makes the one to throw; the values are put into its words, and `retryAfter` (seconds) into its header. */
  (code: Code, values?: RefusalValues): Refusal
}

/** The refusals of a service as data: for the pages that explain each. */
export interface RefusalList {
  codes: readonly string[]
  explain(code: string, language: Language): RefusalText
}

/** Codes whose words are there. */
type WordedCode<Key extends string> = Key extends `refusals.${infer Code}.title` ? Code : never

/**
 * Names what a service refuses. The words of `slug-taken` are its messages `refusals.slug-taken.title` and `.detail`;
 * a code without words does not compile.
 *
 * @example
 * export const refuse = defineRefusals('link', words, { 'slug-taken': { status: 409, field: 'slug' } })
 * throw refuse('slug-taken', { slug })
 */
export function defineRefusals<Key extends string, Code extends WordedCode<Key>>(
  service: string,
  words: Words<Key>,
  kinds: Record<Code, RefusalKind>,
): Refusals<Code> & RefusalList {
  const refuse = (code: Code, values: RefusalValues = {}) =>
    new Refusal(`${service}/${code}`, kinds[code], words, values)
  const explain = (code: string, language: Language) => withoutValues(describeRefusal(words, code, language))
  return Object.assign(refuse, { codes: Object.keys(kinds), explain })
}

/**
 * A refusal as it is explained to those who were not refused anything: what it would say of the one case is left open.
 */
function withoutValues({ title, detail }: RefusalText): RefusalText {
  const open = (text: string) => text.replace(/^\{\{\w+\}\} +/, '').replaceAll(/\{\{\w+\}\}/g, '…')
  return { title: open(title), detail: open(detail) }
}
