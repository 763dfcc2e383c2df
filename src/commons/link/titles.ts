import { fitLine } from '../../platform/text/read.ts'

/** The most characters of a title. */
export const TITLE = { longest: 300 }

/** Trims and shortens a title; null when it is empty. */
export function readTitle(text: string | null | undefined): string | null {
  return fitLine(text ?? '', TITLE) || null
}
