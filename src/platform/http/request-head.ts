import type { IncomingHttpHeaders } from 'node:http'

/** The head of a request that asks for a plain path and says nothing unusual. */
export interface RequestHead {
  method: 'GET' | 'HEAD'
  /** The path: nothing encoded, nothing after `?`. */
  url: string
  /** Those that matter to whoever answers quickly; others are left out. */
  headers: IncomingHttpHeaders & { host: string }
}

/** Bytes of the longest head that is looked at. */
const LONGEST = 4096

const BEGINNING = /^(GET|HEAD) (\/[\w.~-]+) HTTP\/1\.1\r\n/

/** What stands in no head, or ends a line in an unusual way. */
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const ODD = /[^\t\r\n\u0020-\u007e\u0080-\u00ff]|\r(?!\n)|(?<!\r)\n/

/** The name of a header before its colon (RFC 9110, 5.6.2); a line that begins with a space goes on from the one before, and is odd too. */
const NAME = /^[!#$%&'*+.^`|~\w-]+$/

/** A value that begins and ends with something: of spaces around it, readers make various things. */
const VALUE = /^[^ \t](.*[^ \t])?$/

const CR = 13
const SPACE = 32

const KEPT = new Set(['host', 'accept', 'user-agent', 'x-forwarded-for'])

/** With these there is a body, or another protocol, or an end of the connection. */
const UNUSUAL = new Set(['content-length', 'transfer-encoding', 'upgrade', 'expect', 'trailer', 'te'])

/**
 * Reads the bytes that came at once as one whole request without a body. It knows the usual alone: of whatever is unusual
 * it says nothing, and Node's own parser has the word.
 *
 * @returns undefined when the bytes are anything else: a part of a request, several, one that is damaged…
 */
export function readHead(bytes: Buffer): RequestHead | undefined {
  if (bytes.length > LONGEST) return undefined
  const text = bytes.toString('latin1')
  const begun = BEGINNING.exec(text)
  const [line = '', method, url] = begun ?? []
  if ((method !== 'GET' && method !== 'HEAD') || !url || ODD.test(text)) return undefined
  const headers: IncomingHttpHeaders = {}
  let at = line.length
  while (text.charCodeAt(at) !== CR) {
    const end = text.indexOf('\r\n', at)
    const colon = text.indexOf(':', at)
    if (end === -1 || colon === -1 || colon > end) return undefined
    const name = text.slice(at, colon).toLowerCase()
    if (!NAME.test(name) || UNUSUAL.has(name)) return undefined
    const value = text.slice(text.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1, end)
    if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return undefined
    if (KEPT.has(name)) {
      if (headers[name] !== undefined || !VALUE.test(value)) return undefined
      headers[name] = value
    }
    at = end + 2
  }
  const { host } = headers
  return at + 2 === text.length && host ? { method, url, headers: { ...headers, host } } : undefined
}
