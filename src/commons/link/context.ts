import type { Addresses } from '../../platform/addresses.ts'
import type { About } from '../../platform/service.ts'
import type { Keys } from './apis/keys.ts'
import type { BrowserList } from './browser-list.ts'
import type { Links } from './links.ts'
import type { LinkList } from './link-list.ts'
import type { Redirects } from './redirects.ts'

/** What the routes of link stand on. */
export interface LinkContext {
  links: Links
  redirects: Redirects
  linkList: LinkList
  browserList: BrowserList
  keys: Keys
  addresses: Addresses
  about: About
  timeZone: string
}
