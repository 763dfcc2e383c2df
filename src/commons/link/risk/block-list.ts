import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { parse } from 'tldts'

/** Bytes of each entry's hash: with a million entries, one address in three hundred million is a false positive. */
const PREFIX = 6

/** The most entries of a list: 12 MB. */
export const LONGEST_LIST = 2_000_000

/**
 * A block list of harmful domains and addresses, stored as the first bytes of the SHA-256 of each entry: it is small,
 * fast, and no directory of harmful sites.
 */
export class DomainBlockList {
  readonly name: string
  /** Sorted; 48 bits each. */
  readonly #prefixes: Float64Array

  private constructor(name: string, prefixes: Float64Array) {
    this.name = name
    this.#prefixes = prefixes
  }

  /** Creates a list from entries of `readEntry`. */
  static of(name: string, entries: Iterable<string>): DomainBlockList {
    return new DomainBlockList(name, Float64Array.from(new Set(Array.from(entries, prefixOf))).sort())
  }

  /**
   * Reads the output of `bytes`, in pieces of any length.
   *
   * @param size the number of entries
   * @throws Error when the number differs
   */
  static async read(name: string, pieces: AsyncIterable<Buffer>, size: number): Promise<DomainBlockList> {
    const prefixes = new Float64Array(size)
    let read = 0
    let rest: Buffer = Buffer.alloc(0)
    for await (const piece of pieces) {
      const bytes = Buffer.concat([rest, piece])
      const whole = bytes.length - (bytes.length % PREFIX)
      for (let at = 0; at < whole; at += PREFIX) prefixes[read++] = bytes.readUIntBE(at, PREFIX)
      rest = bytes.subarray(whole)
    }
    if (read !== size || rest.length > 0)
      throw new Error(
        `the list ${name} has ${size} entries, and ${read * PREFIX + rest.length} bytes of them are there`,
      )
    return new DomainBlockList(name, prefixes)
  }

  get size(): number {
    return this.#prefixes.length
  }

  /** The entries in order, 6 bytes each. */
  get bytes(): Buffer {
    const bytes = Buffer.alloc(this.size * PREFIX)
    this.#prefixes.forEach((prefix, index) => bytes.writeUIntBE(prefix, index * PREFIX, PREFIX))
    return bytes
  }

  /** @param prefix of `prefixOf` */
  has(prefix: number): boolean {
    let from = 0
    let to = this.#prefixes.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#prefixes[middle] ?? 0) < prefix) from = middle + 1
      else to = middle
    }
    return this.#prefixes[from] === prefix
  }
}

export function prefixOf(entry: string): number {
  return hash('sha256', entry, 'buffer').readUIntBE(0, PREFIX)
}

/**
 * Returns the possible entries of an address: its host and all parent domains, itself, and itself without its query.
 */
export function entriesOf({ hostname, pathname, search }: URL): string[] {
  const entries: string[] = []
  for (let name = hostname.replace(/\.$/, ''); name.includes('.'); name = name.slice(name.indexOf('.') + 1))
    entries.push(name)
  const address = hostname + pathname
  if (pathname !== '/') entries.push(address)
  if (search) entries.push(address + search)
  return entries
}

/**
 * Parses a line of a list: a domain, an address, a line of a hosts file (`0.0.0.0 evil.example`), or an ad blocker's
 * rule for a whole domain (`
 *
 * evil.example^`). An address without a path means its host.
 *
 * @returns undefined for blank lines and comments; null for an invalid line, and for a public suffix (`fr`,
 *   `github.io`), which would block all of its sites
 */
export function readEntry(line: string): string | undefined | null {
  const text = line.replace(/\s+#.*$/, '').trim()
  if (text === '' || /^[#!;[]/.test(text)) return undefined
  const name = /^(?:(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+|\|\|)?([^\s/^:|]+)\^?$/.exec(text)?.[1]
  if (name !== undefined) return readName(name)
  const url = /^https?:\/\//i.test(text)
    ? URL.parse(text)
    : /^[^\s/:]+\.[^\s/:]+\/\S*$/.test(text)
      ? URL.parse(`http://${text}`)
      : null
  if (!url) return null
  return url.pathname === '/' && !url.search ? readName(url.hostname) : url.hostname + url.pathname + url.search
}

function readName(name: string): string | null {
  const { domain, isIp, hostname } = parse(domainToASCII(name.replace(/^\*?\./, '')), { allowPrivateDomains: true })
  return hostname && (domain || isIp) ? hostname : null
}
