import * as Plot from '@observablehq/plot'
import { PAGE_PALETTE, type Palette } from './palette.ts'
import { plotted } from './plot.ts'
import { finish, type Legend } from './svg.ts'

const WIDTH = 640
const HEIGHT = 220

/** A value at a day. */
export interface LinePoint {
  day: Temporal.PlainDate
  value: number
}

/**
 * One series over time as a line, its first, last and highest values written. Where the way of counting changed the
 * line is broken, with a dashed rule.
 *
 * @param breaks first days under a new way of counting
 * @param say how a value is written, and how a day is
 */
export function drawLine(
  legend: Legend,
  points: LinePoint[],
  breaks: Temporal.PlainDate[],
  say: { value: (value: number) => string; day: (day: Temporal.PlainDate) => string },
  { palette = PAGE_PALETTE }: { palette?: Palette } = {},
): string {
  const [first] = points
  const last = points.at(-1)
  const place = (day: Temporal.PlainDate) => (first ? first.day.until(day, { largestUnit: 'days' }).days : 0)
  const drawn = points.map(({ day, value }) => ({
    at: place(day),
    value,
    part: breaks.filter((since) => Temporal.PlainDate.compare(since, day) <= 0).length,
    text: say.value(value),
  }))
  const values = drawn.map(({ value }) => value)
  const highest = Math.max(1, ...values)
  const top = drawn.find(({ value }) => value === Math.max(...values))
  const labelled = [...new Set([drawn[0], top, drawn.at(-1)])].flatMap((one) => (one ? [one] : []))
  const end = Math.max(1, drawn.at(-1)?.at ?? 1)
  const inside = breaks.map(place).filter((at) => at > 0 && at <= end)
  const text = { x: 'x', y: 'y', text: 'text', fontSize: 13, fill: palette.soft } as const
  const svg = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginTop: 30,
    marginBottom: 30,
    marginLeft: 34,
    marginRight: 34,
    x: { type: 'linear', domain: [0, end], axis: null },
    y: { type: 'linear', domain: [Math.min(0, ...values), highest], axis: null },
    marks: [
      Plot.ruleY([0], { stroke: palette.soft }),
      Plot.ruleX(inside, { stroke: palette.soft, strokeDasharray: '4 3' }),
      Plot.line(drawn, {
        x: 'at',
        y: 'value',
        z: 'part',
        stroke: palette.series[0] ?? palette.ink,
        strokeWidth: 2.2,
        strokeLinejoin: 'round',
      }),
      Plot.dot(drawn.length > 40 ? labelled : drawn, {
        x: 'at',
        y: 'value',
        r: 3,
        fill: palette.series[0] ?? palette.ink,
      }),
      Plot.text(labelled, {
        x: 'at',
        y: 'value',
        text: 'text',
        dy: -13,
        fontSize: 14,
        fontWeight: 600,
        fill: palette.ink,
      }),
      Plot.text(first ? [{ x: 0, y: 0, text: say.day(first.day) }] : [], { ...text, dy: 17, textAnchor: 'start' }),
      Plot.text(last && last !== first ? [{ x: end, y: 0, text: say.day(last.day) }] : [], {
        ...text,
        dy: 17,
        textAnchor: 'end',
      }),
    ],
  })
  return finish(svg, legend, palette)
}
