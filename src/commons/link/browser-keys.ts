/** Where a browser keeps the management addresses of the links that were made with it: they never leave it. */
const STORE = 'link.keys'

/** The management address of each slug; nothing where the browser keeps nothing. */
export function rememberedKeys(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORE) ?? '{}')
    return typeof kept === 'object' && kept !== null
      ? Object.fromEntries(
          Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        )
      : {}
  } catch {
    return {}
  }
}

export function rememberKey(slug: string, manage: string): void {
  try {
    localStorage.setItem(STORE, JSON.stringify({ ...rememberedKeys(), [slug]: manage }))
  } catch {
    // A browser that keeps nothing: the address stands on the page.
  }
}
