import type { Cell, DrawingBlock, TableBlock } from '../documents/document.ts'
import { drawBars } from '../drawings/bars.ts'
import { drawStack } from '../drawings/stack.ts'
import type { Palette } from '../drawings/palette.ts'
import { words } from '../language/own-words.ts'
import type { Reader } from '../language/reader.ts'
import { LAWS } from './catalogue.ts'
import { formatDate } from './dates.ts'
import { shareAt } from './derived.ts'
import { pointAt, type AllSeries, type FigureDate, type Point, type Series } from './figure.ts'
import { describeComputed, describeGap, type Gap } from './gap.ts'
import type { ArrangedRow, Arrangement, Column } from './history.ts'
import { lawGaps } from './laws.ts'
import { describeEvolution, formatValue, setPrinted } from './numbers.ts'

/** The dates that an arrangement shows, in its order. */
export function datesOf({ columns }: Pick<Arrangement, 'columns'>): FigureDate[] {
  return columns.flatMap((column) => (column.kind === 'date' ? [column.date] : []))
}

/** The table of an arrangement, laid out the same way for people and for checks. */
export function arrangedTable(arrangement: Arrangement, series: AllSeries, reader: Reader): TableBlock {
  const say = reader.say(words)
  const gaps = lawGaps(series)
  const notes: string[] = []
  const rows = arrangement.rows.map((row) => ({
    id: row.figure,
    label: series.get(row.figure)?.label[reader.language] ?? row.label,
    cells: arrangement.columns.map((column, index): Cell => {
      const cell = { text: cellText(row, column, index, series, reader), value: cellValue(row, column, series) }
      const gap =
        column.kind === 'date' ? gaps.find(({ where }) => where === `${row.figure} ${column.date}`) : undefined
      return gap ? { ...cell, mark: notes.push(describeNote(gap, reader)) } : cell
    }),
  }))
  return {
    kind: 'table',
    id: arrangement.id,
    caption: arrangement.title[reader.language],
    head: arrangement.columns.map((column) => heading(column, reader)),
    labels: say('figures.what'),
    rows,
    notes,
  }
}

/** What is wrong with a printed figure, with what computing gives. */
function describeNote(gap: Gap, reader: Reader): string {
  return `${describeGap(gap, reader)}. ${reader.say(words)('figures.computed', { printed: gap.printed, computed: describeComputed(gap.computed, reader) })}`
}

function heading(column: Column, reader: Reader): string {
  if (reader.language === 'fr') return column.heading
  return column.kind === 'date' ? formatDate(column.date, reader) : reader.say(words)('figures.evolution')
}

/** A cell as the report printed it; in English, and where nothing was printed, as its numbers say. */
function cellText(
  { figure, printed, hasShare }: ArrangedRow,
  column: Column,
  index: number,
  series: AllSeries,
  reader: Reader,
): string {
  const there = printed[index]
  if (reader.language === 'fr' && there !== undefined) return setPrinted(there)
  const one = series.get(figure)
  const unit = one?.unit ?? 'count'
  if (column.kind === 'evolution')
    return describeEvolution(pointAt(one, column.from), pointAt(one, column.to), unit, reader)
  const share = hasShare ? shareAt(figure, column.date, series) : undefined
  return (
    formatValue(pointAt(one, column.date), unit, reader) + (share === undefined ? '' : ` (${reader.percent(share)})`)
  )
}

function cellValue({ figure }: ArrangedRow, column: Column, series: AllSeries): number | null {
  const one = series.get(figure)
  if (column.kind === 'date') return pointAt(one, column.date)?.value ?? null
  const [from, to] = [pointAt(one, column.from)?.value, pointAt(one, column.to)?.value]
  return from == null || to == null ? null : to - from
}

/**
 * The drawing of an arrangement: a whole and its parts as a stack, other series as bars.
 *
 * @param place what sets its ids apart from those of the same drawing elsewhere on the page
 * @returns undefined where there is nothing to compare: fewer than two dates
 */
export function arrangedDrawing(
  arrangement: Arrangement,
  series: AllSeries,
  reader: Reader,
  { palette, place = 'drawing' }: { palette?: Palette; place?: string } = {},
): DrawingBlock | undefined {
  const dates = datesOf(arrangement)
  const rows = arrangement.rows.flatMap(({ figure }) => series.get(figure) ?? [])
  if (dates.length < 2 || rows.length === 0) return undefined
  const title = arrangement.title[reader.language]
  const spoken = dates.map((date) => ({ date, said: formatDate(date, reader) }))
  const short = dates.map((date) => formatDate(date, reader, 'short'))
  const description = rows.map((one) => describe(one, spoken, reader)).join('. ')
  const legend = { id: `${place}-${arrangement.id}`, title, description }
  const options = palette ? { palette } : {}
  const svg = isWhole(arrangement)
    ? drawStack(
        legend,
        short,
        rows.map((one) => ({
          label: one.label[reader.language],
          values: dates.map((date) => pointAt(one, date)?.value ?? null),
        })),
        (value) => reader.number(value),
        options,
      )
    : drawBars(
        legend,
        rows.map((one) => ({
          label: one.label[reader.language],
          bars: dates.map((date, index) => ({
            label: short[index] ?? '',
            ...barAt(one, date, dates[index - 1], reader),
          })),
        })),
        options,
      )
  return { kind: 'drawing', id: arrangement.id, title, description, svg }
}

function barAt(one: Series, date: FigureDate, before: FigureDate | undefined, reader: Reader) {
  const point = pointAt(one, date)
  return {
    value: point?.value ?? null,
    text: formatValue(point, one.unit, reader) || '?',
    isBreak: before !== undefined && one.breaks.some(({ since }) => before < since && since <= date),
  }
}

function describe(one: Series, dates: { date: FigureDate; said: string }[], reader: Reader): string {
  const colon = reader.language === 'fr' ? '\u00a0:' : ':'
  const values = dates.map(({ date, said }) => `${said}, ${spokenValue(pointAt(one, date), one.unit, reader)}`)
  return `${one.label[reader.language]}${colon} ${values.join('\u00a0; ')}`
}

/** A value as it is read aloud: never silence where nothing is known. */
export function spokenValue(point: Point | undefined, unit: string, reader: Reader): string {
  if (point?.state === 'not-communicated') return reader.say(words)('figures.not-communicated')
  return formatValue(point, unit, reader) || reader.say(words)('figures.unknown')
}

/** Whether the rows are exactly the parts of one whole, by the laws. */
function isWhole({ rows }: Arrangement): boolean {
  const figures = new Set(rows.map(({ figure }) => figure))
  return LAWS.some(
    (law) => law.rule === 'sum' && law.parts.length === figures.size && law.parts.every((part) => figures.has(part)),
  )
}

/** What an arrangement shows, in a sentence a series: the latest value, and how it changed. */
export function arrangedSentences(arrangement: Arrangement, series: AllSeries, reader: Reader): string[] {
  const say = reader.say(words)
  const dates = datesOf(arrangement)
  return arrangement.rows.flatMap(({ figure }) => {
    const one = series.get(figure)
    const known = dates.flatMap((date) => {
      const point = pointAt(one, date)
      return point && point.value !== null ? [point] : []
    })
    const last = known.at(-1)
    if (!one || !last) return []
    const before = known.at(-2)
    const common = {
      label: one.label[reader.language],
      value: formatValue(last, one.unit, reader),
      date: formatDate(last.date, reader),
    }
    if (!before) return [say('figures.alone', common)]
    const since = { ...common, before: formatDate(before.date, reader) }
    return [
      before.value === last.value
        ? say('figures.same', since)
        : say('figures.since', { ...since, difference: describeEvolution(before, last, one.unit, reader) }),
    ]
  })
}
