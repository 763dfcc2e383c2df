/** Local storage key of the management addresses of the links made with a browser: they never leave it. */
const STORE = 'link.keys'

/** Returns the management address of each slug; empty where the browser stores nothing. */
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
    // The browser stores nothing: the address is on the page.
  }
}
