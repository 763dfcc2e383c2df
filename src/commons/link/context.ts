import type { Credentials } from '../../platform/access/credentials.ts'
import type { Addresses } from '../../platform/addresses.ts'
import type { About } from '../../platform/service.ts'
import type { BrowserList } from './browser-list.ts'
import type { Links } from './links.ts'
import type { LinkList } from './link-list.ts'
import type { Redirects } from './redirects.ts'

/** The opened state of the service, which its routes use. */
export interface LinkContext {
  links: Links
  redirects: Redirects
  linkList: LinkList
  browserList: BrowserList
  credentials: Credentials
  addresses: Addresses
  about: About
  timeZone: string
}
