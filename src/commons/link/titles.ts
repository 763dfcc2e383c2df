/** Characters of the longest title. */
const LONGEST = 300

/** A title as it is kept: one line without spaces around; null when nothing is left of it. */
export function readTitle(text: string | null | undefined): string | null {
  const line = (text ?? '').replaceAll(/\p{Cc}+/gu, ' ').trim()
  return line.slice(0, LONGEST).toWellFormed() || null
}
