import type { FormHTMLAttributes, JSX } from 'preact'
import { TOKEN_FIELD } from '../http/token-names.ts'
import { useMaybePage } from './context.ts'

/**
 * A form that writes: the only way to make one. It carries the token that proves to the server that the write comes from
 * our page, where somebody is signed in or about to be.
 */
export function PostForm({ children, action, ...attributes }: FormHTMLAttributes & { action: string }): JSX.Element {
  const token = useMaybePage()?.csrf ?? tokenOfDocument()
  // A form with files is read part by part: the token must come before.
  const isInParts = attributes.enctype === 'multipart/form-data'
  return (
    <form {...attributes} method="post" action={token && isInParts ? `${action}?${TOKEN_FIELD}=${token}` : action}>
      {token && !isInParts && <input type="hidden" name={TOKEN_FIELD} value={token} />}
      {children}
    </form>
  )
}

/** The same token where an island is alive in the browser. */
export function tokenOfDocument(): string | undefined {
  if (typeof document === 'undefined') return undefined
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content
}
