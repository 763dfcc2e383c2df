import * as Plot from '@observablehq/plot'
import { PAGE_PALETTE, type Palette } from './palette.ts'
import { drawingDocument, finish, textured, type Legend } from './svg.ts'

/** One series: its name, and its bars by date. */
export interface BarGroup {
  label: string
  bars: Bar[]
}

/** One bar: its date, its length, and what is written beside it (`N/C` or `?` where there is no length). */
export interface Bar {
  label: string
  value: number | null
  text: string
  /** Whether the figure began to be counted in another way here: what is above cannot be compared. */
  isBreak?: boolean
}

const WIDTH = 360
const DATES = 84
const VALUES = 78
const HEAD = 30
const ROW = 24
const BAR = 17
const TYPE = { fontSize: 14 }

/**
 * Series at some dates, one below the other, as bars with their values written beside them: no axis is needed to read
 * it, and it stands on a phone as it does on paper. Each series has its own scale; the last date is filled, those before
 * are hatched.
 */
export function drawBars(legend: Legend, groups: BarGroup[], { palette = PAGE_PALETTE }: { palette?: Palette } = {}): string {
  const isNamed = groups.length > 1
  const height = groups.reduce((sum, { bars }) => sum + (isNamed ? HEAD : 0) + bars.length * ROW, 0) + 8
  const room = WIDTH - DATES - VALUES
  let y = 4
  const marks: Plot.Markish[] = []
  for (const [colour, { label, bars }] of groups.entries()) {
    if (isNamed) {
      marks.push(Plot.text([label], { x: 0, y: y + HEAD - 11, text: String, textAnchor: 'start', fill: palette.ink, fontWeight: 600, ...TYPE }))
      y += HEAD
    }
    const longest = Math.max(...bars.map(({ value }) => Math.abs(value ?? 0))) || 1
    for (const [index, bar] of bars.entries()) {
      const middle = y + ROW / 2
      const end = DATES + (room * Math.abs(bar.value ?? 0)) / longest
      const fill = textured(colour % palette.series.length, index === bars.length - 1 ? 0 : 1)
      marks.push(Plot.text([bar.label], { x: 0, y: middle, text: String, textAnchor: 'start', fill: palette.soft, ...TYPE }))
      if (bar.value) marks.push(Plot.rect([0], { x1: DATES, x2: Math.max(end, DATES + 1.5), y1: middle - BAR / 2, y2: middle + BAR / 2, fill }))
      marks.push(Plot.text([bar.text], { x: end + 7, y: middle, text: String, textAnchor: 'start', fill: palette.ink, fontWeight: 600, ...TYPE }))
      if (bar.isBreak) marks.push(Plot.ruleY([y], { x1: 0, x2: WIDTH, stroke: palette.soft, strokeDasharray: '4 3' }))
      y += ROW
    }
    marks.push(Plot.ruleX([DATES], { y1: y - bars.length * ROW, y2: y, stroke: palette.soft }))
  }
  const svg = Plot.plot({
    document: drawingDocument(),
    width: WIDTH,
    height,
    margin: 0,
    style: {},
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks,
  })
  return finish(svg, legend, palette)
}
