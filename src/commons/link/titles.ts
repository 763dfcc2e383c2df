/** Characters of the longest title. */
const LONGEST = 300

/** A title as it is kept; null when nothing is left of it. */
export function readTitle(text: string | null | undefined): string | null {
  return readLine(text ?? '', LONGEST) || null
}

/** A text as one line without spaces around; control characters, of which the database takes not all, become spaces. */
export function readLine(text: string, longest: number): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longest)
    .toWellFormed()
}
