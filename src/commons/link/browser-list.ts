import { createHmac, timingSafeEqual } from 'node:crypto'
import type { InstanceKey } from '../../platform/keys/instance-key.ts'

/** Our cookie, and the one of Lstu, which is read and left alone. */
export const LIST_COOKIE = '__Host-links'
export const LSTU_COOKIE = 'url'

/** A cookie has 4096 bytes with its attributes; slugs beyond are forgotten, the oldest first. */
const LONGEST = 3800
const MOST = 500

/**
 * The links that were made with a browser, kept in that browser alone: slugs in a signed cookie that scripts cannot read.
 * It shows a list, and gives no right over any link.
 */
export class BrowserList {
  readonly #key: Buffer

  constructor(key: InstanceKey) {
    this.#key = key.derive('list of links')
  }

  /**
   * The slugs of a browser, the newest first: ours, then those that Lstu left there. Whatever is damaged is ignored.
   *
   * @param ours value of `LIST_COOKIE`
   * @param lstu value of `LSTU_COOKIE`: an array in JSON, percent-encoded
   */
  read(ours: string | undefined, lstu: string | undefined): string[] {
    return [...new Set([...this.#readOurs(ours ?? ''), ...readLstu(lstu ?? '')])].slice(0, MOST)
  }

  #readOurs(cookie: string): string[] {
    const [signature = '', list = ''] = cookie.split('.', 2)
    const expected = this.#sign(list)
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return []
    return list.split('~').filter(Boolean).map(decodeURIComponent)
  }

  /** The cookie's new value. */
  write(slugs: string[]): string {
    let list = ''
    for (const slug of [...new Set(slugs)].slice(0, MOST)) {
      const longer = list + (list && '~') + encodeURIComponent(slug).replaceAll(/[.~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
      if (longer.length > LONGEST) break
      list = longer
    }
    return `${this.#sign(list)}.${list}`
  }

  #sign(list: string): string {
    return createHmac('sha256', this.#key).update(list).digest().subarray(0, 16).toString('base64url')
  }
}

function readLstu(cookie: string): string[] {
  try {
    const list: unknown = JSON.parse(decodeURIComponent(cookie))
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string' && one.length <= 200) : []
  } catch {
    return []
  }
}
