import { isbot } from 'isbot'
import { lruCache } from '../lru-cache.ts'

/** User agents whose kind is remembered: a pattern of all bots is slow, and the same few thousand come again. */
const agents = lruCache<string, boolean>(5000)

/**
 * Whether the visitor is a program and not a person's browser.
 *
 * @param userAgent what it says of itself; without a word it is taken for a program
 */
export function isBot(userAgent: string | null | undefined): boolean {
  if (!userAgent) return true
  const known = agents.get(userAgent)
  if (known !== undefined) return known
  const found = isbot(userAgent.slice(0, 500))
  agents.set(userAgent, found)
  return found
}
