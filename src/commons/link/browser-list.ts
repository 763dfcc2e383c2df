import { createHmac, timingSafeEqual } from 'node:crypto'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'

/** Our cookie, and that of Lstu, which is only read. */
export const LIST_COOKIE = '__Host-links'
export const LSTU_COOKIE = 'url'

/** A cookie has at most 4096 bytes with its attributes; the oldest slugs beyond are dropped. */
const LONGEST = 3800
const MOST = 500

/** A link in the list of a browser. */
export interface BrowserEntry {
  slug: string
  /** Whether it was made with this browser. Any slug can be in an added file or in Lstu's cookie. */
  isOwn: boolean
}

/** Prefix of a slug that came from elsewhere. */
const TAKEN = '!'

/**
 * The links of a browser, stored in that browser alone: slugs in a signed cookie that scripts cannot read. The list
 * gives no right to change a link.
 */
export class BrowserList {
  readonly #key: Buffer

  constructor(key: InstanceKey) {
    this.#key = key.derive('list of links')
  }

  /**
   * Reads the links of a browser, the newest first: ours, then those of Lstu. Damaged entries are ignored.
   *
   * @param ours value of `LIST_COOKIE`
   * @param lstu value of `LSTU_COOKIE`: an array in JSON, percent-encoded
   */
  read(ours: string | undefined, lstu: string | undefined): BrowserEntry[] {
    return eachOnce([...this.#readOurs(ours ?? ''), ...readLstu(lstu ?? '')])
  }

  #readOurs(cookie: string): BrowserEntry[] {
    const [signature = '', list = ''] = cookie.split('.', 2)
    const expected = this.#sign(list)
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected)))
      return []
    return list
      .split('~')
      .filter(Boolean)
      .map((entry) => ({ slug: decodeURIComponent(entry.replace(TAKEN, '')), isOwn: !entry.startsWith(TAKEN) }))
  }

  /** Returns the new value of the cookie. */
  write(links: BrowserEntry[]): string {
    let list = ''
    for (const { slug, isOwn } of eachOnce(links)) {
      const plain = encodeURIComponent(slug).replaceAll(/[.~!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
      const longer = list + (list && '~') + (isOwn ? '' : TAKEN) + plain
      if (longer.length > LONGEST) break
      list = longer
    }
    return `${this.#sign(list)}.${list}`
  }

  #sign(list: string): string {
    return createHmac('sha256', this.#key).update(list).digest().subarray(0, 16).toString('base64url')
  }
}

function readLstu(cookie: string): BrowserEntry[] {
  try {
    const list: unknown = JSON.parse(decodeURIComponent(cookie))
    return Array.isArray(list)
      ? list
          .filter((one): one is string => typeof one === 'string' && one.length <= 200)
          .map((slug) => ({ slug, isOwn: false }))
      : []
  } catch {
    return []
  }
}

/** Removes duplicates: the first position stays, and a link is its own when any entry says so. */
function eachOnce(links: BrowserEntry[]): BrowserEntry[] {
  const own = new Set(links.filter(({ isOwn }) => isOwn).map(({ slug }) => slug))
  return [...new Set(links.map(({ slug }) => slug))].slice(0, MOST).map((slug) => ({ slug, isOwn: own.has(slug) }))
}
