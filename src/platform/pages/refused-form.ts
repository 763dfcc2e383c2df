import type { Language } from '../language/languages.ts'
import { words } from '../language/own-words.ts'
import type { Refusal, RefusalText } from '../refusals.ts'

/**
 * A form that was refused, as it is shown again: what is wrong with it as a whole, what with each of its fields, and
 * what was written in it. Plain data, since an island may be given it.
 */
export type RefusedForm = Said & {
  fields: { [field: string]: Said }
  written: { [field: string]: string | string[] }
}

/** A type and no interface: islands are given plain data, which an interface is not for the compiler. */
type Said = { [Part in keyof RefusalText]: string }

/** Names of fields that are never shown again, whatever their type. */
const SECRET = /password|secret|token|csrf|proof|^(current|code)$/i

/** @param body the fields of the form as they were sent; what is no text, or a secret, is left out */
export function refusedForm(refusal: Refusal, language: Language, body: unknown): RefusedForm {
  const fields = [...refusal.fields].map(([field, one]) => [field, one.in(language)] as const)
  const said = fields.length > 1 ? { title: words.in(language)('form.several'), detail: '' } : refusal.in(language)
  const written = Object.entries(Object(body)).filter(isShown)
  return { ...said, fields: Object.fromEntries(fields), written: Object.fromEntries(written) }
}

function isShown(entry: [string, unknown]): entry is [string, string | string[]] {
  const [name, value] = entry
  return !SECRET.test(name) && [value].flat().every((one) => typeof one === 'string')
}
