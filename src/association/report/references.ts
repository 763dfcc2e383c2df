import { precisionOf } from '../../platform/figures/dates.ts'
import type { FigureDate } from '../../platform/figures/figure.ts'
import { referencesIn } from '../../platform/documents/markdown.ts'

/** The target of a reference `{{…}}` in a report. */
export type Reference =
  /** `pad.pads@2024-03`: the value; `pad.pads@2024-03%`: its share of the whole. */
  | { kind: 'value'; figure: string; date: FigureDate; isShare: boolean }
  /** `pad.pads@2023..2024`: its change. */
  | { kind: 'evolution'; figure: string; from: FigureDate; to: FigureDate }
  /** `table web-php` */
  | { kind: 'table'; id: string }
  /** `drawing web-php` */
  | { kind: 'drawing'; id: string }
  /** `map members.department@2023`, or the difference with `@2022..2023`. */
  | { kind: 'map'; figure: string; from: FigureDate | undefined; to: FigureDate }
  /** `clash 1`: two people changed one paragraph; the first version begins here. */
  | { kind: 'clash'; part: '1' | '2' | 'end' }

const FIGURE = '[a-z]+(?:\\.[a-z0-9]+)+'
const DATE = '\\d{4}(?:-\\d{2}){0,2}'
const VALUE = new RegExp(`^(${FIGURE})@(?:(${DATE})\\.\\.)?(${DATE})(%?)$`)
const MAP = new RegExp(`^map (${FIGURE})@(?:(${DATE})\\.\\.)?(${DATE})$`)
const CLASH = /^clash (1|2|end)$/
const BLOCK = /^(table|drawing) ([a-z][a-z0-9-]*)$/

/** Parses the text between `{{` and `}}`; undefined when it is no reference. */
export function readReference(text: string): Reference | undefined {
  const [, kind, id] = BLOCK.exec(text) ?? []
  if (kind && id) return kind === 'table' ? { kind, id } : { kind: 'drawing', id }
  const clash = CLASH.exec(text)?.[1]
  if (clash === '1' || clash === '2' || clash === 'end') return { kind: 'clash', part: clash }
  const [, map, first, last] = MAP.exec(text) ?? []
  if (map && last) return areDates(first, last) ? { kind: 'map', figure: map, from: first, to: last } : undefined
  const [, figure, from, to, share] = VALUE.exec(text) ?? []
  if (!figure || !to || !areDates(from, to)) return undefined
  return from ? { kind: 'evolution', figure, from, to } : { kind: 'value', figure, date: to, isShare: share === '%' }
}

function areDates(...dates: (FigureDate | undefined)[]): boolean {
  return dates.every((date) => date === undefined || precisionOf(date) !== undefined)
}

/** Returns the valid references of a text. */
export function referencesOf(text: string): Reference[] {
  return referencesIn(text).flatMap((one) => readReference(one) ?? [])
}

const LIVE = /\{\{[^}]*\}\}/g

/** Moves the dates of all references by a number of years; the text stays the same. */
export function moveReferences(text: string, years: number): string {
  return text.replaceAll(LIVE, (reference) =>
    reference.replaceAll(/(@|\.\.)(\d{4})/g, (_, before: string, year: string) => `${before}${Number(year) + years}`),
  )
}

/** Words that mean a number. */
const NUMBER_WORDS =
  /(?<!\p{L})(moitié|tiers|quarts?|double|triple|dizaines?|vingtaine|trentaine|centaines?|milliers?|millions?|half|third|quarter|twice|dozens?|hundreds?|thousands?)(?!\p{L})/iu

/**
 * Returns the sentences with a typed number, or a word for one: they do not follow the data and must be reviewed each
 * year. Numbers in references, addresses and list markers do not count.
 */
export function typedNumbers(text: string): string[] {
  return sentencesOf(text).filter((sentence) => {
    const bare = bareOf(sentence)
    return /\d/.test(bare) || NUMBER_WORDS.test(bare)
  })
}

/** Returns the sentences of a text without its titles and list numbers. */
export function sentencesOf(text: string): string[] {
  const paragraphs = text
    .split(/\n\s*\n/)
    .flatMap((paragraph) =>
      paragraph.trimStart().startsWith('#') ? [] : paragraph.split(/\n(?=\s*(?:[-*]|\d+[.)])\s)/),
    )
  const sentences = paragraphs.flatMap((paragraph) =>
    paragraph
      .replace(/^\s*(?:[-*]|\d+[.)])\s/, '')
      .replaceAll(/\s+/g, ' ')
      .split(/(?<=[.!?…])\s+(?=[\p{Lu}«"[*{])/u),
  )
  return sentences.map((sentence) => sentence.trim()).filter(Boolean)
}

/** Returns a sentence without its references and addresses. */
export function bareOf(sentence: string): string {
  return sentence.replaceAll(LIVE, '').replaceAll(/\]\([^)]*\)|https?:\/\/\S+/g, '')
}
