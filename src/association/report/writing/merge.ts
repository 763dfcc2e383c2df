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
  const paragraphs = diff3Merge(apart(yours), apart(base), apart(theirs)).flatMap(({ ok, conflict }) => {
    if (ok) return ok
    const [mine = [], other = []] = [conflict?.a.filter(Boolean), conflict?.b.filter(Boolean)]
    if (mine.join('\n\n') === other.join('\n\n')) return mine
    clashes.push({ theirs: other.join('\n\n'), yours: mine.join('\n\n') })
    return [MARKS.theirs, ...other, MARKS.yours, ...mine, MARKS.end]
  })
  return { text: `${paragraphs.filter(Boolean).join('\n\n')}\n`, clashes }
}

/** Paragraphs with what lies between them, which nobody changes: so two that are neighbours are no clash. */
function apart(text: string): string[] {
  return paragraphsOf(text).flatMap((paragraph) => [paragraph, ''])
}

/** Whether somebody still has to choose between two paragraphs of a text. */
export function hasClash(text: string): boolean {
  return paragraphsOf(text).some((paragraph) => Object.values(MARKS).includes(paragraph))
}

export function paragraphsOf(text: string): string[] {
  return text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n+/).map((paragraph) => paragraph.replace(/^\n+|\s+$/g, '')).filter((paragraph) => paragraph !== '') // prettier-ignore
}
