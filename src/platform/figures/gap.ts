import { words } from '../language/own-words.ts'
import type { Reader } from '../language/reader.ts'

/** Every kind of gap; the words stand in `locales`. */
export const GAP_KINDS = [
  'floor', 'quotient', 'stock', 'sum', 'share', 'decimals', 'evolution', 'cell', 'labels', 'unknown', 'not-communicated', 'far', 'negative',
  'over-100', 'time-bases', 'evolution-heads', 'no-evolution', 'signs', 'schedule', 'window', 'claim', 'no-figure', 'remark',
] as const // prettier-ignore

/** What kind of gap it is. */
export type GapKind = (typeof GAP_KINDS)[number]

export function isGapKind(text: string): text is GapKind {
  return GAP_KINDS.some((kind) => kind === text)
}

/** A place where a report does not agree with itself: what it prints, and what its own figures give. */
export interface Gap {
  /** Series and date, or the table: `mail.mean 2022`, `web-php`. */
  where: string
  what: GapKind
  printed: string
  computed: string
  /** How many are left unexplained, where things are counted. */
  excess?: number
}

/** What must be looked at before a report is published; the others only say how it is printed. */
const GRAVE: readonly GapKind[] = [
  'floor',
  'quotient',
  'stock',
  'sum',
  'share',
  'evolution',
  'cell',
  'far',
  'negative',
  'over-100',
]

export function isGrave({ what }: Gap): boolean {
  return GRAVE.includes(what)
}

/** A gap in a sentence: « Le total ne s’explique pas par les arrivées et les départs : 10 inexpliqué·e·s. » */
export function describeGap({ what, excess }: Gap, reader: Reader): string {
  const say = reader.say(words)
  const kind = say(`gaps.${what}`)
  return excess === undefined
    ? kind
    : `${kind}${reader.language === 'fr' ? '\u00a0' : ''}: ${say('figures.unexplained', { count: Math.abs(excess) })}`
}

/** What computing gives, as the reader writes numbers: `353 + 69 − 25 = 397`, `0,4455`. */
export function describeComputed(computed: string, { language }: Reader): string {
  const withMinus = computed.replaceAll(' - ', ' \u2212 ').replace(/^-/, '\u2212')
  return language === 'fr' ? withMinus.replaceAll('.', ',') : withMinus
}
