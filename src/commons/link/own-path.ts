/** No secret begins with it: the slug of a link of the reader's account follows. */
const MARK = '~'

/** Returns the path segment that replaces the secret when the owner of the link is signed in. */
export function ownManagePath(slug: string): string {
  return MARK + encodeURIComponent(slug)
}

/** Returns the slug of such a segment; undefined for a secret. */
export function slugOfOwnPath(path: string): string | undefined {
  return path.startsWith(MARK) ? path.slice(MARK.length) : undefined
}
