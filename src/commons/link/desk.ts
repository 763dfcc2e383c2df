import type { Addresses } from '../../platform/addresses.ts'
import type { About } from '../../platform/service.ts'
import type { Keys } from './apis/keys.ts'
import type { BrowserList } from './browser-list.ts'
import type { Links } from './links.ts'
import type { Shelf } from './shelf.ts'
import type { Visits } from './visits.ts'

/** What the routes of link stand on. */
export interface Desk {
  links: Links
  visits: Visits
  shelf: Shelf
  browserList: BrowserList
  keys: Keys
  addresses: Addresses
  about: About
  timeZone: string
}
