import { fitLine } from '../../platform/text/read.ts'

/** How long a title may be. */
export const TITLE = { longest: 300 }

/** A title as it is kept, cut where another software had a longer one; null when nothing is left of it. */
export function readTitle(text: string | null | undefined): string | null {
  return fitLine(text ?? '', TITLE) || null
}
