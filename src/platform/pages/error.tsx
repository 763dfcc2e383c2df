import type { JSX } from 'preact'
import type { RefusalText } from '../refusals.ts'
import { useForm } from './form-context.ts'

/** What is wrong, and what to do next. */
export function ErrorText({ title, detail, id }: RefusalText & { id?: string }): JSX.Element {
  return (
    <p class="error" id={id} role="alert">
      <strong>{title}</strong> {detail}
    </p>
  )
}

/**
 * Stands at the top of a form that is shown again: what is about no field of it, or that several fields are wrong, with
 * the way to each. It takes the keyboard's focus, so that a screen reader begins there.
 */
export function ErrorSummary(): JSX.Element | null {
  const { refused, idOf } = useForm()
  const fields = Object.entries(refused?.fields ?? {})
  if (!refused || fields.length === 1) return null
  return (
    <div class="error" role="alert" tabIndex={-1} autoFocus>
      <strong>{refused.title}</strong> {refused.detail}
      {fields.length > 0 && (
        <ul>
          {fields.map(([field, { title }]) => (
            <li>
              <a href={`#${idOf(field)}`}>{title}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Stands at the end of a form: what is wrong with a field that the form does not show. No refusal goes unsaid. */
export function OtherErrors(): JSX.Element {
  const { refused, shown } = useForm()
  const others = Object.entries(refused?.fields ?? {}).filter(([field]) => !shown.has(field))
  return (
    <>
      {others.map(([, said]) => (
        <ErrorText {...said} />
      ))}
    </>
  )
}
