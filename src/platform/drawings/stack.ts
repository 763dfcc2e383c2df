import { PAGE_PALETTE, type Palette } from './palette.ts'
import { finish, lettering, shape, textured, type Legend } from './svg.ts'

const WIDTH = 360

/** Where the columns stand, and the height that the highest one reaches: its number is above. */
const GROUND = 272
const TOP = 26
const LEFT = 2

/**
 * Width in drawing units that a column takes: at most so much that two columns do not look like two walls, at least so
 * much that their numbers stand apart; what part of it stays free.
 */
const BAND = { most: 84, least: 46 }
const GAP = 0.2

/** Width of a letter, in the widest of the fonts that documents are read with, and height of a line. */
const LETTER = 8.6
const LINE = 16

/** Room for the names of parts beside the last column. */
const NAMES = 112

/** The least part of the highest column that has room for a number. */
const TALL = 0.06

/** One part of a whole over some dates. */
export interface Part {
  label: string
  values: (number | null)[]
}

/**
 * A whole and its parts at some dates: stacked columns, each part named beside the last column instead of in a legend.
 */
export function drawStack(
  legend: Legend,
  dates: string[],
  parts: Part[],
  say: (value: number) => string,
  { palette = PAGE_PALETTE }: { palette?: Palette } = {},
): string {
  const room = Math.max(Math.min(WIDTH - NAMES, 24 + dates.length * BAND.most), LEFT + dates.length * BAND.least)
  const band = (room - LEFT) / (dates.length + GAP)
  const width = band * (1 - GAP)
  const middleOf = (index: number) => LEFT + band * (index + GAP) + width / 2
  const whole = dates.map((_, index) => parts.reduce((sum, { values }) => sum + (values[index] ?? 0), 0))
  const highest = Math.max(...whole) || 1
  const yOf = (value: number) => GROUND - ((GROUND - TOP) * value) / highest
  const base = dates.map(() => 0)
  const blocks = parts.flatMap(({ values }, layer) =>
    values.flatMap((value, index) => {
      if (!value || value < 0) return []
      const from = base[index] ?? 0
      base[index] = from + value
      return [{ layer, index, value, top: yOf(from + value), bottom: yOf(from), middle: yOf(from + value / 2) }]
    }),
  )

  const rects = (layer: number) =>
    blocks
      .filter((block) => block.layer === layer)
      .map(({ index, top, bottom }) =>
        shape('rect', { x: middleOf(index) - width / 2, y: top, width, height: bottom - top }),
      )
  const numbers = blocks
    .filter(({ value }) => value / highest > TALL)
    .map(({ value, index, middle }) => lettering(say(value), middleOf(index), middle))
  const sums = whole.map((value, index) => lettering(value > 0 ? say(value) : '?', middleOf(index), yOf(value) - 10))
  const last = dates.length - 1
  const names = withoutCommonWords(parts.map(({ label }) => label))
  const besides = apart(blocks.filter(({ index }) => index === last)).map(({ layer, y }) =>
    lettering(names[layer] ?? '', middleOf(last) + (0.45 * room) / dates.length, y),
  )
  const isTight = dates.some(({ length }) => length * LETTER > band)
  const under = dates.flatMap((date, index) =>
    (isTight ? date.split(' ') : [date]).map((words, line) =>
      lettering(words, middleOf(index), GROUND + LINE * (line + 1)),
    ),
  )
  const size = { width: Math.max(WIDTH, room + NAMES), height: GROUND + 12 + LINE * (isTight ? 2 : 1) }
  const bold = { fill: palette.ink, 'font-weight': 600 }
  const drawing = shape(
    'svg',
    { viewBox: `0 0 ${size.width} ${size.height}`, ...size, 'font-size': 14, 'text-anchor': 'middle' },
    ...parts.map((_, layer) =>
      shape(
        'g',
        { fill: textured(layer % palette.series.length, layer), stroke: palette.ground, 'stroke-width': 2 },
        ...rects(layer),
      ),
    ),
    // A ground of its own, drawn first, keeps each number apart from the texture below it.
    shape('g', { ...bold, stroke: palette.ground, 'stroke-width': 5, 'stroke-linejoin': 'round' }, ...numbers),
    shape('g', bold, ...numbers, ...sums),
    shape('g', { fill: palette.ink, 'text-anchor': 'start' }, ...besides),
    shape('g', { fill: palette.soft }, ...under),
    shape('line', { x1: LEFT, y1: GROUND, x2: room, y2: GROUND, stroke: palette.soft }),
  )
  return finish(drawing, legend, palette)
}

/** Where the names of parts stand, from below: beside their middle, those of thin ones a line above the one before. */
function apart(blocks: { layer: number; middle: number }[]): { layer: number; y: number }[] {
  let free = GROUND
  return blocks.map(({ layer, middle }) => {
    const y = Math.min(middle, free)
    free = y - LINE
    return { layer, y }
  })
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
