import type { FormHTMLAttributes, JSX } from 'preact'
import { TOKEN_FIELD } from '../http/token-names.ts'
import { useMaybePage } from './context.ts'
import { ErrorSummary, OtherErrors } from './error.tsx'
import { FormScopeProvider, useRefused } from './form-context.ts'
import type { RefusedForm } from './refused-form.ts'

interface PostFormProps extends FormHTMLAttributes {
  action: string
  /** Stands before the ids of its fields, where forms of one page have fields of the same name. */
  prefix?: string
  /** What was refused, where the form is part of an island; a page's form finds it by its address. */
  refused?: RefusedForm | undefined
}

/**
 * A form that writes: the only way to make one. It carries the token that proves to the server that the write comes
 * from our page, with a session, or with a form that starts one. Refused (`reply.form`), it is shown again with what is
 * wrong and with what was written.
 */
export function PostForm({ children, action, prefix, refused, ...attributes }: PostFormProps): JSX.Element {
  const page = useMaybePage()
  const ownRefused = useRefused(action) ?? refused
  if (page?.refused && ownRefused) page.refused.isShown = true
  const token = page?.csrf ?? tokenOfDocument()
  // A form with files is read part by part: the token must come before.
  const isInParts = attributes.enctype === 'multipart/form-data'
  const scope = {
    refused: ownRefused,
    shown: new Set<string>(),
    idOf: (name: string) => (prefix ? `${prefix}-${name}` : name).replaceAll('.', '-'),
  }
  return (
    <FormScopeProvider value={scope}>
      <form {...attributes} method="post" action={token && isInParts ? `${action}?${TOKEN_FIELD}=${token}` : action}>
        {token && !isInParts && <input type="hidden" name={TOKEN_FIELD} value={token} />}
        <ErrorSummary />
        {children}
        <OtherErrors />
      </form>
    </FormScopeProvider>
  )
}

/** The same token where an island is alive in the browser. */
export function tokenOfDocument(): string | undefined {
  if (typeof document === 'undefined') return undefined
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content
}
