import type { JSX } from 'preact'

const WIDTH = 120
const HEIGHT = 28

/** A run of values as a small line beside a word, with what it shows said to those who do not see it. */
export function Sparkline({ values, label }: { values: number[]; label: string }): JSX.Element {
  const highest = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / highest) * (HEIGHT - 4)).toFixed(1)}`,
  )
  return (
    <>
      <span class="sr-only">{label}</span>
      <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
        <polyline points={points.join(' ')} />
      </svg>
    </>
  )
}
