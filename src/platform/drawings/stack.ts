import * as Plot from '@observablehq/plot'
import { PAGE_PALETTE, type Palette } from './palette.ts'
import { plotted } from './plot.ts'
import { finish, textured, type Legend } from './svg.ts'

const WIDTH = 360
const HEIGHT = 300
const TYPE = { fontSize: 14 }

/** Width in drawing units that a column takes at most, so that two columns do not look like two walls. */
const BAND = 84

/** Room for the names of parts beside the last column. */
const NAMES = 112

/** One part of a whole over some dates. */
export interface Part {
  label: string
  values: (number | null)[]
}

/** A whole and its parts at some dates: stacked columns, each part named beside the last column instead of in a legend. */
export function drawStack(
  legend: Legend,
  dates: string[],
  parts: Part[],
  say: (value: number) => string,
  { palette = PAGE_PALETTE }: { palette?: Palette } = {},
): string {
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
  const svg = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginTop: 26,
    marginBottom: 28,
    marginLeft: 2,
    marginRight: WIDTH - room,
    x: { type: 'band', domain: dates.map((_, index) => String(index)), axis: null, padding: 0.2 },
    y: { axis: null, domain: [0, highest] },
    marks: [
      ...parts.map((_, layer) =>
        Plot.rect(
          layers.filter((one) => one.layer === layer && one.value > 0),
          { x: 'position', y1: 'from', y2: 'to', fill: textured(layer % palette.series.length, layer), stroke: palette.ground, strokeWidth: 2 },
        ),
      ),
      // A ground of its own, drawn first, keeps each number apart from the texture below it.
      ...[{ stroke: palette.ground, strokeWidth: 5 }, {}].map((halo) =>
        Plot.text(layers.filter(isTall), {
          x: 'position',
          y: 'middle',
          text: ({ value }: { value: number }) => say(value),
          fill: palette.ink,
          ...halo,
          fontWeight: 600,
          ...TYPE,
        }),
      ),
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
  return finish(svg, legend, palette)
}

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
