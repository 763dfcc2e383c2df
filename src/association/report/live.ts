import type { DrawingBlock, TableBlock } from '../../platform/documents/document.ts'
import type { Insertion } from '../../platform/documents/markdown.ts'
import { departmentName, drawDepartments } from '../../platform/drawings/departments.ts'
import type { Palette } from '../../platform/drawings/palette.ts'
import { arrangedDrawing, arrangedTable } from '../../platform/figures/arranged.ts'
import { breakdownLabel, FEW_PEOPLE } from '../../platform/figures/catalogue.ts'
import { formatDate } from '../../platform/figures/dates.ts'
import { shareAt } from '../../platform/figures/derived.ts'
import { pointAt, type AllSeries, type FigureDate, type Series } from '../../platform/figures/figure.ts'
import type { Arrangement } from '../../platform/figures/history.ts'
import { describeEvolution, formatValue } from '../../platform/figures/numbers.ts'
import { words as platformWords } from '../../platform/language/own-words.ts'
import type { Reader } from '../../platform/language/reader.ts'
import { readReference, type Reference } from './references.ts'
import { words } from './words.ts'

/** The data that references resolve to, and the language of the reader. */
export interface LiveFigures {
  series: AllSeries
  tables: Arrangement[]
  reader: Reader
  palette?: Palette
  /** Prefix of the ids of drawings, unique on the page. */
  place?: string
}

/** Resolves a reference of a report; undefined when its target does not exist. */
export function liveInsertion(text: string, figures: LiveFigures): Insertion | undefined {
  const reference = readReference(text)
  return reference && insertionOf(reference, figures)
}

function insertionOf(reference: Reference, figures: LiveFigures): Insertion | undefined {
  switch (reference.kind) {
    case 'value':
    case 'evolution': {
      const one = figures.series.get(reference.figure)
      return one && { inline: [{ text: describeReference(reference, one, figures) }] }
    }
    case 'table': {
      const table = figures.tables.find(({ id }) => id === reference.id)
      return table && { blocks: [arrangedTable(table, figures.series, figures.reader)] }
    }
    case 'drawing': {
      const table = figures.tables.find(({ id }) => id === reference.id)
      const drawing = table && drawingOf(table, figures)
      return drawing && { blocks: [drawing] }
    }
    case 'clash':
      return { blocks: [{ kind: 'note', text: figures.reader.say(words)(`clash.${reference.part}`) }] }
    case 'map': {
      const map = mapOf(reference, figures)
      return map && { blocks: [map] }
    }
  }
}

/** Draws a table of a report; undefined when it has fewer than two dates to compare. */
export function drawingOf(
  table: Arrangement,
  { series, reader, palette, place }: LiveFigures,
): DrawingBlock | undefined {
  return arrangedDrawing(table, series, reader, { ...(palette && { palette }), ...(place && { place }) })
}

/** Writes a value within a sentence: an unknown value is a word too. */
function describeReference(
  reference: Extract<Reference, { kind: 'value' | 'evolution' }>,
  one: Series,
  { series, reader }: LiveFigures,
): string {
  const unknown = reader.say(platformWords)('figures.unknown')
  if (reference.kind === 'evolution')
    return describeEvolution(pointAt(one, reference.from), pointAt(one, reference.to), one.unit, reader) || unknown
  if (!reference.isShare) return formatValue(pointAt(one, reference.date), one.unit, reader) || unknown
  const share = shareAt(one.id, reference.date, series)
  return share === undefined ? unknown : reader.percent(share)
}

/** A map of the départements at one date, or of the change between two. */
function mapOf(
  { figure, from, to }: Extract<Reference, { kind: 'map' }>,
  { series, reader, palette, place = 'drawing' }: LiveFigures,
): DrawingBlock | undefined {
  const parts = [...series.values()].filter(({ id }) => id.startsWith(`${figure}.`))
  if (parts.length === 0) return undefined
  const say = reader.say(words)
  const values = new Map<string, { value: number; text: string }>()
  let others = 0
  for (const one of parts) {
    const number = one.id.slice(figure.length + 1).toUpperCase()
    const counted = countedAt(one, from, to)
    if (counted === undefined) continue
    if (counted.isFew || !departmentName(number)) others += counted.value
    else
      values.set(number, {
        value: counted.value,
        text: from ? reader.difference(counted.value) : reader.number(counted.value),
      })
  }
  const dates = from
    ? say('map.between', { from: formatDate(from, reader), to: formatDate(to, reader) })
    : formatDate(to, reader)
  const title = `${breakdownLabel(figure)?.[reader.language] ?? figure} (${dates})`
  const labels = [...values].map(([number, { text }]) => `${departmentName(number)}, ${text}`)
  if (others !== 0) labels.push(say('map.others', { count: others, few: FEW_PEOPLE }))
  const description = labels.join(reader.language === 'fr' ? '\u00a0; ' : '; ')
  const id = `${figure.replaceAll('.', '-')}-${to}`
  const svg = drawDepartments({ id: `${place}-map-${id}`, title, description }, values, palette ? { palette } : {})
  const rows = [...values].map(([number, cell]) => ({
    id: `${figure}.${number.toLowerCase()}`,
    label: departmentName(number) ?? number,
    cells: [cell],
  }))
  const rest = { text: from ? reader.difference(others) : reader.number(others), value: others }
  const data: TableBlock = {
    kind: 'table',
    id,
    caption: title,
    labels: say('map.department'),
    head: [dates],
    rows: others === 0 ? rows : [...rows, { id: `${figure}.others`, label: say('map.rest'), cells: [rest] }],
    notes: [],
  }
  return { kind: 'drawing', id, title, description, svg, data, credit: reader.say(platformWords)('figures.map-credit') }
}

function countedAt(
  one: Series,
  from: FigureDate | undefined,
  to: FigureDate,
): { value: number; isFew: boolean } | undefined {
  const last = pointAt(one, to)?.value
  const first = from ? pointAt(one, from)?.value : 0
  if (last == null || first == null) return undefined
  return { value: last - first, isFew: last < FEW_PEOPLE || (from !== undefined && first < FEW_PEOPLE) }
}
