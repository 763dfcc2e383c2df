import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { parse } from 'tldts'

/** Bytes of an entry's hash that are kept: of a million entries, one address in three hundred million is taken for one of them. */
const PREFIX = 6

/** Entries of the longest list: 12 MB. */
export const LONGEST_LIST = 2_000_000

/**
 * A list of harmful domains and addresses, as the first bytes of the SHA-256 of each entry: small, quickly asked, and
 * not itself a directory of what it warns of.
 */
export class DomainBlockList {
  readonly name: string
  /** Sorted; 48 bits each. */
  readonly #prefixes: Float64Array

  private constructor(name: string, prefixes: Float64Array) {
    this.name = name
    this.#prefixes = prefixes
  }

  /** Makes a list of entries as `readEntry` gives them. */
  static of(name: string, entries: Iterable<string>): DomainBlockList {
    return new DomainBlockList(name, Float64Array.from(new Set(Array.from(entries, prefixOf))).sort())
  }

  /**
   * Reads what `bytes` gave, in pieces of whatever length.
   *
   * @param size how many entries there are
   * @throws Error when there are more or fewer
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

  /** Its entries one after the other, 6 bytes each. */
  get bytes(): Buffer {
    const bytes = Buffer.alloc(this.size * PREFIX)
    this.#prefixes.forEach((prefix, index) => bytes.writeUIntBE(prefix, index * PREFIX, PREFIX))
    return bytes
  }

  /** @param prefix as `prefixOf` gives it */
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

/** Everything under which an address may stand on a list: its host and all names above it, itself, and itself without its query. */
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
 * Reads a line of a list: a domain, an address, a line of a hosts file (`0.0.0.0 evil.example`), or a rule of an ad
 * blocker for a whole domain (`||evil.example^`). An address without a path stands for its host.
 *
 * @returns undefined for blank lines and comments; null for what is none of these, and for a name under which everyone
 *   has sites (`fr`, `github.io`), which would block them all
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
