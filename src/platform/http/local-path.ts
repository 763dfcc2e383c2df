/** Stands for whatever host the path is on. */
const HERE = 'http://here'

/**
 * A path of the same host, as browsers would really follow it; undefined when it leads anywhere else.
 *
 * @param text `/stats?q=1`; `//evil.example`, `/\evil.example`, `https://…` and relative paths are none
 */
export function localPath(text: string): string | undefined {
  if (!text.startsWith('/') || text.length > 2000) return undefined
  const parsed = URL.parse(text, HERE)
  if (!parsed || parsed.origin !== HERE || parsed.pathname.startsWith('//')) return undefined
  return parsed.pathname + parsed.search + parsed.hash
}
