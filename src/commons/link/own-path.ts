/** No secret begins with it: what follows is the slug of a link that the reader's account holds. */
const MARK = '~'

/** What stands in place of the secret in the address of a page where a link is changed by whoever holds it. */
export function ownManagePath(slug: string): string {
  return MARK + encodeURIComponent(slug)
}

/** The slug in such an address; undefined when it is a secret. */
export function slugOfOwnPath(path: string): string | undefined {
  return path.startsWith(MARK) ? path.slice(MARK.length) : undefined
}
