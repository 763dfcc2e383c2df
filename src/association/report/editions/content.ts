import { readMarkdown } from '../../../platform/documents/markdown.ts'
import type { Block, Document } from '../../../platform/documents/document.ts'
import type { Palette } from '../../../platform/drawings/palette.ts'
import { FEW_PEOPLE } from '../../../platform/figures/catalogue.ts'
import type { AllSeries, Point, Series } from '../../../platform/figures/figure.ts'
import { arrangedTable } from '../../../platform/figures/arranged.ts'
import { precisionOf, formatDate } from '../../../platform/figures/dates.ts'
import { describeGap, type Gap } from '../../../platform/figures/gap.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import type { Language } from '../../../platform/language/languages.ts'
import { Reader } from '../../../platform/language/reader.ts'
import { liveInsertion, type LiveFigures } from '../live.ts'
import { referencesOf } from '../references.ts'
import { words } from '../words.ts'

/** An accepted gap, with its printed reason. */
export interface AcceptedGap {
  where: string
  what: Gap['what']
  reason: string
}

/** A complete report with every figure in it: the content of an edition, which never changes. */
export interface Content {
  format: 'bagad-report/1'
  year: number
  language: Language
  title: string
  author: string
  /** Markdown with its references. */
  body: string
  tables: Arrangement[]
  series: Series[]
  accepted: AcceptedGap[]
}

/** Assembles a report from its text, its tables and today's figures; only the figures that it shows. */
export function contentOf(report: Omit<Content, 'format' | 'series'>, all: AllSeries): Content {
  const references = referencesOf(report.body)
  const named = new Set([
    ...report.tables.flatMap(({ rows }) => rows.map(({ figure }) => figure)),
    ...references.flatMap((one) => ('figure' in one ? [one.figure] : [])),
  ])
  const maps = references.flatMap((one) => (one.kind === 'map' ? [`${one.figure}.`] : []))
  const law = wholesAndParts(named, all)
  const shown = [...all.values()].filter(
    ({ id }) => named.has(id) || law.has(id) || maps.some((beginning) => id.startsWith(beginning)),
  )
  return { format: 'bagad-report/1', ...report, series: shown.map(withoutFew).map(withoutDays) }
}

/** Adds the figures that shares and remarks are computed from. */
function wholesAndParts(named: Set<string>, all: AllSeries): Set<string> {
  const services = new Set([...named].map((id) => id.split('.')[0]))
  return new Set(
    [...all.values()]
      .filter(({ id, isPublic, isDaily }) => isPublic && !isDaily && services.has(id.split('.')[0]))
      .map(({ id }) => id),
  )
}

function withoutFew(one: Series): Series {
  if (one.isPublic) return one
  return {
    ...one,
    points: one.points.map((point): Point =>
      point.value !== null && point.value < FEW_PEOPLE ? { ...point, value: null, state: 'not-communicated' } : point,
    ),
  }
}

/** Drops daily values: a report has years and months only. */
function withoutDays(one: Series): Series {
  return { ...one, points: one.points.filter(({ date }) => date.length < 10) }
}

/** The layout of a document. */
export interface Layout {
  timeZone: string
  palette?: Palette
  /** Prefix of the ids of its drawings, unique on the page. */
  place?: string
  /** A notice at the top. */
  notice?: string
  subtitle?: string
}

/** Returns the figures of a report for its references. */
export function figuresOf(content: Content, { timeZone, palette, place }: Layout): LiveFigures {
  return {
    series: new Map(content.series.map((one) => [one.id, one])),
    tables: content.tables,
    reader: new Reader(content.language, timeZone),
    ...(palette && { palette }),
    ...(place && { place }),
  }
}

/** Returns the report as a document, in its own language. */
export function documentOf(content: Content, look: Layout): Document {
  const figures = figuresOf(content, look)
  const { language, title, author, body } = content
  const blocks = readMarkdown(body, { language, live: (reference) => liveInsertion(reference, figures) })
  return {
    language,
    title,
    author,
    ...(look.subtitle && { subtitle: look.subtitle }),
    ...(look.notice && { notice: look.notice }),
    blocks: [...apart(blocks, figures), ...reasons(content, figures.reader)],
  }
}

/**
 * Distinguishes repeated blocks: a repeated table or drawing gets other ids, and a drawing directly below its table
 * repeats neither its title nor its figures.
 */
function apart(blocks: Block[], { tables, series, reader }: LiveFigures): Block[] {
  const seen = new Map<string, number>()
  return blocks.map((block, index) => {
    if (block.kind !== 'table' && block.kind !== 'drawing') return block
    const above = blocks[index - 1]
    const key = `${block.kind} ${block.id}`
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    const id = times === 1 ? block.id : `${block.id}-${times}`
    if (block.kind === 'table') return { ...block, id }
    const svg = times === 1 ? block.svg : block.svg.replaceAll(`-${block.id}-`, `-${id}-`)
    if (above?.kind === 'table' && above.id === block.id) return { ...block, svg, isTitledAbove: true }
    const table = tables.find((one) => one.id === block.id)
    const data = block.data ?? (table && arrangedTable(table, series, reader))
    return { ...block, svg, ...(data && { data: { ...data, id: `${id}-data` } }) }
  })
}

/** The reasons of accepted gaps, at the end of the report. */
function reasons({ accepted, series, tables }: Content, reader: Reader): Block[] {
  if (accepted.length === 0) return []
  const say = reader.say(words)
  return [
    { kind: 'heading', level: 2, text: [{ text: say('document.remarks') }], id: 'remarques-chiffres' },
    {
      kind: 'list',
      isOrdered: false,
      items: accepted.map(({ where, what, reason }) => [
        {
          kind: 'paragraph',
          text: [
            { text: placeInWords(where, { series, tables }, reader), isStrong: true },
            { text: `. ${describeGap({ where, what, printed: '', computed: '' }, reader)}. ${reason}` },
          ],
        },
      ]),
    },
  ]
}

/**
 * Writes `members.total 2023` for readers: « Nombre d'adhérent·e·s, 2023 »; a table by its title; unknown places stay
 * as they are.
 */
export function placeInWords(
  where: string,
  { series, tables }: Pick<Content, 'series' | 'tables'>,
  reader: Reader,
): string {
  const parts = where.split(' ')
  const count = parts.findIndex((word) => /^\d/.test(word))
  const names = (count === -1 ? parts : parts.slice(0, count)).map((id) => {
    const title = series.find((one) => one.id === id)?.label ?? tables.find((table) => table.id === id)?.title
    return id === 'tables' ? reader.say(words)('gaps.tables') : (title?.[reader.language] ?? id)
  })
  const dates = count === -1 ? '' : parts.slice(count).join(' ')
  const said = dates.replaceAll(/\d{4}(-\d{2}){0,2}/g, (date) => (precisionOf(date) ? formatDate(date, reader) : date))
  return [...names, said].filter(Boolean).join(', ')
}
