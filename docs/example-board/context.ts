import type { Addresses } from '../../src/platform/addresses.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Platform } from '../../src/platform/platform.ts'
import type { Answers } from './answers.ts'
import type { Notices } from './notices.ts'

/** What the routes of the board stand on. */
export interface BoardContext {
  notices: Notices
  answers: Answers
  pictures: KeptPictures
  addresses: Addresses
  /** What other services do for this one, where they are there. */
  offers: Platform['offers']
}
