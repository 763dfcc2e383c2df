import { PAGE_PALETTE, type Palette } from './palette.ts'
import { finish, lettering, shape, textured, type Legend, type Shape } from './svg.ts'

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

/**
 * Series at some dates, one below the other, as bars with their values written beside them: no axis is needed to read
 * it, and it stands on a phone as it does on paper. Each series has its own scale; the last date is filled, those
 * before are hatched.
 */
export function drawBars(
  legend: Legend,
  groups: BarGroup[],
  { palette = PAGE_PALETTE }: { palette?: Palette } = {},
): string {
  const isNamed = groups.length > 1
  const height = groups.reduce((sum, { bars }) => sum + (isNamed ? HEAD : 0) + bars.length * ROW, 0) + 8
  const name = { fill: palette.ink, 'font-weight': 600 }
  const shapes: Shape[] = []
  const draw = (...args: Parameters<typeof shape>) => shapes.push(shape(...args))
  const write = (...args: Parameters<typeof lettering>) => shapes.push(lettering(...args))

  const room = WIDTH - DATES - VALUES
  let y = 4
  for (const [colour, { label, bars }] of groups.entries()) {
    if (isNamed) {
      write(label, 0, y + HEAD - 11, name)
      y += HEAD
    }
    const longest = Math.max(...bars.map(({ value }) => Math.abs(value ?? 0))) || 1
    for (const [index, bar] of bars.entries()) {
      const middle = y + ROW / 2
      const length = (room * Math.abs(bar.value ?? 0)) / longest
      const fill = textured(colour % palette.series.length, index === bars.length - 1 ? 0 : 1)
      write(bar.label, 0, middle, { fill: palette.soft })
      if (bar.value) draw('rect', { x: DATES, y: middle - BAR / 2, width: Math.max(length, 1.5), height: BAR, fill })
      write(bar.text, DATES + length + 7, middle, name)
      if (bar.isBreak) draw('line', { x1: 0, y1: y, x2: WIDTH, y2: y, stroke: palette.soft, 'stroke-dasharray': '4 3' })
      y += ROW
    }
    draw('line', { x1: DATES, y1: y - bars.length * ROW, x2: DATES, y2: y, stroke: palette.soft })
  }
  return finish(
    shape('svg', { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, 'font-size': 14 }, ...shapes),
    legend,
    palette,
  )
}
