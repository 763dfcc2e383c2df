import * as Plot from '@observablehq/plot'
import { drawingDocument, finish, PAGE_PALETTE, type Legend, type Palette } from './svg.ts'

/** One column: its head, its height, and what is written on it (`N/C` or `?` where there is no height). */
export interface Column {
  label: string
  value: number | null
  text: string
}

const WIDTH = 360
const HEIGHT = 190
const TYPE = { fontSize: 14 }

/** Width in drawing units that a column takes at most, so that two columns do not look like two walls. */
const BAND = 84

/** One series at some dates, as columns with their values written on them: no axis is needed to read it. */
export function drawColumns(legend: Legend, columns: Column[], options: { colour?: number; palette?: Palette } = {}): string {
  const palette = options.palette ?? PAGE_PALETTE
  const colour = palette.series[options.colour ?? 0] ?? palette.ink
  const drawn = columns.map((column, position) => ({ ...column, position: String(position), height: column.value ?? 0 }))
  const width = Math.min(WIDTH, 24 + columns.length * BAND)
  const svg = Plot.plot({
    document: drawingDocument(),
    width: WIDTH,
    height: HEIGHT,
    marginTop: 26,
    marginBottom: 28,
    marginLeft: 2,
    marginRight: WIDTH - width,
    style: {},
    x: { type: 'band', domain: drawn.map(({ position }) => position), axis: null, padding: 0.28 },
    y: { axis: null, domain: [0, Math.max(...drawn.map(({ height }) => height)) || 1] },
    marks: [
      Plot.barY(drawn, { x: 'position', y: 'height', fill: colour, rx: 2 }),
      Plot.text(drawn, { x: 'position', y: 'height', text: 'text', dy: -10, fill: palette.ink, fontWeight: 600, ...TYPE }),
      Plot.text(drawn, { x: 'position', y: 0, text: 'label', dy: 16, fill: palette.soft, ...TYPE }),
      Plot.ruleY([0], { stroke: palette.soft }),
    ],
  })
  return finish(svg, legend)
}

/** Room for the names of parts beside the last column. */
const NAMES = 112

/** Names without the words that all of them begin with: the title says those already. */
function withoutCommonWords(names: string[]): string[] {
  const words = names.map((name) => name.split(' '))
  const shortest = Math.min(...words.map(({ length }) => length))
  let common = 0
  while (common < shortest - 1 && new Set(words.map((list) => list[common])).size === 1) common++
  // « PHP 5.6 » and not « 5.6 ».
  if (words.some((list) => /^\d/.test(list[common] ?? ''))) common = Math.max(0, common - 1)
  return words.map((list) => list.slice(common).join(' '))
}

/** One part of a whole over some dates. */
export interface Part {
  label: string
  values: (number | null)[]
}

/** A whole and its parts at some dates: stacked columns, each part named beside the last column instead of in a legend. */
export function drawStack(legend: Legend, dates: string[], parts: Part[], say: (value: number) => string, options: { palette?: Palette } = {}): string {
  const palette = options.palette ?? PAGE_PALETTE
  const whole = dates.map((_, index) => parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  const highest = Math.max(...whole) || 1
  let base: number[] = dates.map(() => 0)
  const shortNames = withoutCommonWords(parts.map(({ label }) => label))
  const layers = parts.flatMap(({ values }, layer) => {
    const from = base
    base = base.map((bottom, index) => bottom + (values[index] ?? 0))
    const to = base
    return values.map((value, index) => ({
      name: shortNames[layer],
      layer,
      index,
      position: String(index),
      value: value ?? 0,
      from: from[index] ?? 0,
      to: to[index] ?? 0,
      middle: ((from[index] ?? 0) + (to[index] ?? 0)) / 2,
    }))
  })
  const room = Math.min(WIDTH - NAMES, 24 + dates.length * BAND)
  const isTall = ({ value }: { value: number }) => value / highest > 0.06
  const svg = Plot.plot({
    document: drawingDocument(),
    width: WIDTH,
    height: 300,
    marginTop: 26,
    marginBottom: 28,
    marginLeft: 2,
    marginRight: WIDTH - room,
    style: {},
    x: { type: 'band', domain: dates.map((_, index) => String(index)), axis: null, padding: 0.2 },
    y: { axis: null, domain: [0, highest] },
    marks: [
      Plot.rect(
        layers.filter(({ value }) => value > 0),
        {
          x: 'position',
          y1: 'from',
          y2: 'to',
          fill: ({ layer }: { layer: number }) => palette.series[layer % palette.series.length],
          stroke: palette.ground,
          strokeWidth: 2,
        },
      ),
      Plot.text(layers.filter(isTall), {
        x: 'position',
        y: 'middle',
        text: ({ value }: { value: number }) => say(value),
        fill: palette.ground,
        fontWeight: 600,
        ...TYPE,
      }),
      Plot.text(
        layers.filter(({ index, value }) => index === dates.length - 1 && value > 0),
        { x: 'position', y: 'middle', text: 'name', dx: (0.45 * room) / dates.length, textAnchor: 'start', fill: palette.ink, ...TYPE },
      ),
      Plot.text(
        whole.map((value, index) => ({ value, position: String(index) })),
        {
          x: 'position',
          y: 'value',
          text: ({ value }: { value: number }) => (value > 0 ? say(value) : '?'),
          dy: -10,
          fill: palette.ink,
          fontWeight: 600,
          ...TYPE,
        },
      ),
      Plot.text(
        dates.map((label, index) => ({ label, position: String(index) })),
        { x: 'position', y: 0, text: 'label', dy: 16, fill: palette.soft, ...TYPE },
      ),
      Plot.ruleY([0], { stroke: palette.soft }),
    ],
  })
  return finish(svg, legend)
}
