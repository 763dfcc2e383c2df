import { refuse } from './refusals.ts'

/** The most characters of an address: proxies fail on longer `Location` headers. */
export const LONGEST_TARGET = 8000

/** The most characters of a host name (RFC 1035, 2.3.4), a final dot included. */
const LONGEST_HOST = 254

/** They could split a header, or hide what follows from the reader. */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Parses an entered address as a target, serialised by the WHATWG URL standard. Without a scheme (`www.brest.fr`) it
 * gets https.
 *
 * @param ownHost the host of the short links, refused because links to links could form a loop; undefined: accepted
 * @param longest the most characters, as entered and as serialised
 * @throws Refusal naming what is wrong with it
 */
export function readTarget(text: string, ownHost: string | undefined, longest = LONGEST_TARGET): string {
  const trimmed = text.trim()
  if (trimmed === '') throw refuse('no-address')
  if (trimmed.length > longest) throw refuse('too-long', { longest })
  if (CONTROL.test(trimmed)) throw refuse('not-an-address')
  const isWhole = hasScheme(trimmed)
  const url = URL.parse(isWhole ? trimmed : `https://${trimmed}`)
  if (isWhole && url && url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refuse('unsupported-scheme', { scheme: url.protocol.replace(':', '') })
  if (!url || (!isWhole && !looksLikeHost(url.hostname)) || /^https?:\/{0,2}https?:/i.test(trimmed))
    throw refuse('not-an-address')
  if (url.hostname.length > LONGEST_HOST || /^\.|\.\./.test(url.hostname)) throw refuse('not-an-address')
  if (url.username || url.password) throw refuse('with-credentials')
  if (url.hostname.replace(/\.$/, '') === ownHost) throw refuse('own-address')
  if (url.href.length > longest) throw refuse('too-long', { longest })
  return url.href
}

/** Whether an address has a scheme; `brest.fr:8443` has a port. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text.trim())
}

/** A single word is no address; a name with a dot, or a numeric address, is. */
function looksLikeHost(hostname: string): boolean {
  return hostname.includes('.') || hostname.startsWith('[')
}
