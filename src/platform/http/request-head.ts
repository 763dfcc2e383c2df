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

const VERSION = ' HTTP/1.1\r\n'

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const COLON = 58

/** What a character may be part of (RFC 9112, 3; RFC 9110, 5.6.2 and 5.5): a plain path, a name, a value. */
const PATH = 1
const NAME = 2
const VALUE = 4

/** By character. Control characters but the tab are part of nothing. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code)
  const isValue = code === TAB || (code >= SPACE && code !== 127)
  return (
    (/[\w.~-]/.test(character) ? PATH : 0) | (/[!#$%&'*+.^`|~\w-]/.test(character) ? NAME : 0) | (isValue ? VALUE : 0)
  )
})

/** Names that matter to whoever answers quickly. */
const KEPT = ['host', 'accept', 'user-agent', 'x-forwarded-for']

/** With these there is a body, or another protocol, or an end of the connection. */
const UNUSUAL = ['content-length', 'transfer-encoding', 'upgrade', 'expect', 'trailer', 'te']

/** Names that mean something here, by their lengths, each with its place: first those that are kept. */
const KNOWN = Object.groupBy(
  [...KEPT, 'connection', ...UNUSUAL].map((name, place) => ({ name, place })),
  ({ name }) => name.length,
)
const CONNECTION = KEPT.length
const NONE: { name: string; place: number }[] = []

/**
 * Reads the bytes that came at once as one whole request without a body, in one pass. It knows the usual alone: of whatever
 * is unusual it says nothing, and Node's own parser has the word. A line that begins with a space goes on from the one
 * before, and is unusual too.
 *
 * @returns undefined when the bytes are anything else: a part of a request, several, one that is damaged…
 */
export function readHead(bytes: Buffer): RequestHead | undefined {
  if (bytes.length > LONGEST) return undefined
  const text = bytes.toString('latin1')
  const method = text.startsWith('GET /') ? 'GET' : text.startsWith('HEAD /') ? 'HEAD' : undefined
  if (!method) return undefined
  const path = method.length + 1
  const pathEnd = endOf(PATH, bytes, path + 1)
  if (pathEnd === path + 1 || !text.startsWith(VERSION, pathEnd)) return undefined
  const kept: (string | undefined)[] = [undefined, undefined, undefined, undefined]
  let at = pathEnd + VERSION.length
  while (bytes[at] !== CR) {
    const colon = endOf(NAME, bytes, at)
    if (colon === at || bytes[colon] !== COLON) return undefined
    const begin = bytes[colon + 1] === SPACE ? colon + 2 : colon + 1
    const end = endOf(VALUE, bytes, begin)
    if (bytes[end] !== CR || bytes[end + 1] !== LF) return undefined
    const place = placeOf(bytes, at, colon)
    if (place > CONNECTION) return undefined
    if (place === CONNECTION) {
      if (text.slice(begin, end).toLowerCase() !== 'keep-alive') return undefined
    } else if (place >= 0) {
      if (kept[place] !== undefined || !isBare(bytes, begin, end)) return undefined
      kept[place] = text.slice(begin, end)
    }
    at = end + 2
  }
  const [host, accept, userAgent, forwardedFor] = kept
  if (bytes[at + 1] !== LF || at + 2 !== bytes.length || host === undefined) return undefined
  return {
    method,
    url: text.slice(path, pathEnd),
    headers: { host, accept, 'user-agent': userAgent, 'x-forwarded-for': forwardedFor },
  }
}

/** Where the characters of a class end that begin at a place. */
function endOf(what: number, bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && ((CLASSES[bytes[at] ?? 0] ?? 0) & what) !== 0) at++
  return at
}

/** Which of the known names stands there; -1 when it is none of them. */
function placeOf(bytes: Buffer, from: number, to: number): number {
  for (const { name, place } of KNOWN[to - from] ?? NONE) if (isNamed(name, bytes, from)) return place
  return -1
}

/** Whether a name stands at a place, in whatever letters: of what is in names, only letters differ by the bit that makes small ones. */
function isNamed(name: string, bytes: Buffer, from: number): boolean {
  for (let index = 0; index < name.length; index++)
    if (((bytes[from + index] ?? 0) | 32) !== name.charCodeAt(index)) return false
  return true
}

/** Whether a value begins and ends with something: of spaces around it, readers make various things. */
function isBare(bytes: Buffer, begin: number, end: number): boolean {
  return begin < end && !isBlank(bytes[begin]) && !isBlank(bytes[end - 1])
}

function isBlank(code: number | undefined): boolean {
  return code === SPACE || code === TAB
}
