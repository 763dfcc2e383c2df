import { TOKEN_HEADER } from '../http/token-names.ts'
import { tokenOfDocument } from './post-form.tsx'

/** Milliseconds after which the request is given up. */
const WITHIN = 30_000

/**
 * Writes from a page's script to the page's own host, with the token that such a write needs.
 *
 * @throws when no answer comes in time
 */
export function sendJson(path: string, body: object): Promise<Response> {
  const token = tokenOfDocument()
  const headers = { 'content-type': 'application/json', ...(token && { [TOKEN_HEADER]: token }) }
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(WITHIN) })
}
