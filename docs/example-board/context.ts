import type { Platform } from '../../src/platform/platform.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Notices } from './notices.ts'

/** What the routes of the board are given. */
export interface BoardContext {
  notices: Notices
  pictures: KeptPictures
  addresses: Platform['addresses']
  offers: Platform['offers']
}
