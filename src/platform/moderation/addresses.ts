import type { Addresses } from '../addresses.ts'

/**
 * The form that reports a content; where the house has no desk, the portal's page that says whom to write to.
 *
 * @param url the content's address, filled in
 */
export function reportAddress(addresses: Addresses, url?: string): string {
  const path = url === undefined ? '/signaler' : `/signaler?url=${encodeURIComponent(url)}`
  return addresses.has('desk') ? addresses.of('desk', path) : addresses.portal(path)
}

/** The form with which an author says something against a decision; undefined where the house has no desk. */
export function appealAddress(addresses: Addresses, url: string): string | undefined {
  return addresses.has('desk') ? addresses.of('desk', `/contester?url=${encodeURIComponent(url)}`) : undefined
}
