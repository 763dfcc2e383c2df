import { diff3Merge } from 'node-diff3'

/** The merge of two concurrent changes, with both versions where they conflict. */
export interface Merged {
  text: string
  /** Conflicting paragraphs: both versions of each. */
  clashes: { theirs: string; yours: string }[]
}

/** The markers before, between and after two versions of a paragraph; each is a reference that the page explains. */
const MARKS = { theirs: '{{clash 1}}', yours: '{{clash 2}}', end: '{{clash end}}' }

/**
 * Merges two changes of a text, paragraph by paragraph. Conflicting versions of a paragraph are both kept, with
 * markers, for an author to choose.
 */
export function mergeTexts(base: string, theirs: string, yours: string): Merged {
  const clashes: Merged['clashes'] = []
  const paragraphs = diff3Merge(apart(yours), apart(base), apart(theirs)).flatMap(({ ok, conflict }) => {
    if (ok) return ok
    const [mine = [], other = []] = [conflict?.a.filter(Boolean), conflict?.b.filter(Boolean)]
    if (mine.join('\n\n') === other.join('\n\n')) return mine
    clashes.push({ theirs: other.join('\n\n'), yours: mine.join('\n\n') })
    return [MARKS.theirs, ...other, MARKS.yours, ...mine, MARKS.end]
  })
  return { text: `${paragraphs.filter(Boolean).join('\n\n')}\n`, clashes }
}

/**
 * Splits a text into paragraphs and their separators. Separators never change, so neighbouring changes do not
 * conflict.
 */
function apart(text: string): string[] {
  return paragraphsOf(text).flatMap((paragraph) => [paragraph, ''])
}

/** Whether a text still has an unresolved conflict. */
export function hasClash(text: string): boolean {
  return paragraphsOf(text).some((paragraph) => Object.values(MARKS).includes(paragraph))
}

export function paragraphsOf(text: string): string[] {
  return text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n+/).map((paragraph) => paragraph.replace(/^\n+|\s+$/g, '')).filter((paragraph) => paragraph !== '') // prettier-ignore
}
