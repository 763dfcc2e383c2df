import type { RefusedForm } from './refused-form.ts'

/** A problem as our APIs tell it (RFC 9457). */
interface Problem {
  title: string
  detail: string
  field?: string
  errors?: { field: string; title: string; detail: string }[]
}

/**
 * What an API refused, for a form that is alive in the browser and still holds what was written.
 *
 * @param several what to say above the form when several fields are wrong
 */
export function refusedBy({ title, detail, field, errors }: Problem, several: string): RefusedForm {
  const wrong = errors ?? (field ? [{ field, title, detail }] : [])
  return {
    title: errors ? several : title,
    detail: errors ? '' : detail,
    fields: Object.fromEntries(wrong.map((one) => [one.field, { title: one.title, detail: one.detail }])),
    written: {},
  }
}
