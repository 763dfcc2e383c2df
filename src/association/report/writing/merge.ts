import { diff3Merge } from 'node-diff3'

/** A text that two people changed at once: merged, or with both of what they wrote where it cannot be. */
export interface Merged {
  text: string
  /** Paragraphs that both changed: each as it was written by either. */
  clashes: { theirs: string; yours: string }[]
}

/** What stands before, between and after two versions of one paragraph; each alone, as a reference that the page explains. */
const MARKS = { theirs: '{{clash 1}}', yours: '{{clash 2}}', end: '{{clash end}}' }

/**
 * Merges two changes of one text, paragraph by paragraph. Where both changed the same paragraph both are kept and marked,
 * for somebody to choose.
 */
export function mergeTexts(base: string, theirs: string, yours: string): Merged {
  const clashes: Merged['clashes'] = []
  const paragraphs = diff3Merge(paragraphsOf(yours), paragraphsOf(base), paragraphsOf(theirs)).flatMap(({ ok, conflict }) => {
    if (ok) return ok
    if (!conflict) return []
    if (conflict.a.join('\n\n') === conflict.b.join('\n\n')) return conflict.a
    clashes.push({ theirs: conflict.b.join('\n\n'), yours: conflict.a.join('\n\n') })
    return [MARKS.theirs, ...conflict.b, MARKS.yours, ...conflict.a, MARKS.end]
  })
  return { text: `${paragraphs.join('\n\n')}\n`, clashes }
}

/** Whether somebody still has to choose between two paragraphs of a text. */
export function hasClash(text: string): boolean {
  return paragraphsOf(text).some((paragraph) => Object.values(MARKS).includes(paragraph))
}

export function paragraphsOf(text: string): string[] {
  return text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n+/).map((paragraph) => paragraph.replace(/^\n+|\s+$/g, '')).filter((paragraph) => paragraph !== '') // prettier-ignore
}
