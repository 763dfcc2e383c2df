import * as Plot from '@observablehq/plot'
import { PAGE_PALETTE } from './palette.ts'
import { plotted } from './plot.ts'
import { finish, type Legend } from './svg.ts'

const WIDTH = 640
const HEIGHT = 170

/** One day and how many there were. */
export interface DayCount {
  day: Temporal.PlainDate
  count: number
}

/**
 * How many a day over some weeks or months, as thin columns; days without any are gaps.
 *
 * @param from first day that is drawn, `to` the last one
 * @param say how a day is written under the drawing
 */
export function drawDays(
  legend: Legend,
  days: DayCount[],
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  say: (day: Temporal.PlainDate) => string,
): string {
  const place = (day: Temporal.PlainDate) => from.until(day, { largestUnit: 'days' }).days
  const last = Math.max(1, place(to))
  const drawn = days.map(({ day, count }) => ({ x1: place(day) - 0.4, x2: place(day) + 0.4, count }))
  const highest = Math.max(1, ...days.map(({ count }) => count))
  const svg = plotted({
    width: WIDTH,
    height: HEIGHT,
    marginTop: 24,
    marginBottom: 26,
    marginLeft: 2,
    marginRight: 2,
    x: { type: 'linear', domain: [-0.5, last + 0.5], axis: null },
    y: { axis: null, domain: [0, highest] },
    marks: [
      Plot.rectY(drawn, { x1: 'x1', x2: 'x2', y: 'count', fill: PAGE_PALETTE.series[0] ?? PAGE_PALETTE.ink }),
      Plot.ruleY([0], { stroke: PAGE_PALETTE.soft }),
      Plot.text([{ x: -0.5, y: 0, text: say(from) }], {
        x: 'x',
        y: 'y',
        text: 'text',
        dy: 15,
        textAnchor: 'start',
        fill: PAGE_PALETTE.soft,
        fontSize: 13,
      }),
      Plot.text([{ x: last + 0.5, y: 0, text: say(to) }], {
        x: 'x',
        y: 'y',
        text: 'text',
        dy: 15,
        textAnchor: 'end',
        fill: PAGE_PALETTE.soft,
        fontSize: 13,
      }),
      Plot.text([{ x: -0.5, y: highest, text: String(highest) }], {
        x: 'x',
        y: 'y',
        text: 'text',
        dy: -12,
        textAnchor: 'start',
        fill: PAGE_PALETTE.soft,
        fontSize: 13,
      }),
    ],
  })
  return finish(svg, legend, PAGE_PALETTE)
}
