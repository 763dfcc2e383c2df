import type { JSX } from 'preact'
import { arrangedDrawing, arrangedSentences, arrangedTable, datesOf, spokenValue } from '../figures/arranged.ts'
import { formatDate } from '../figures/dates.ts'
import { pointAt, type AllSeries, type FigureDate, type Series } from '../figures/figure.ts'
import type { Arrangement } from '../figures/history.ts'
import { words } from '../language/own-words.ts'
import { usePage } from './context.ts'
import { DataTable } from './document.tsx'
import { Drawing } from './drawing.tsx'

/** An arrangement of series on a page: its drawing, what it shows in words, and its table one click away. */
export function FiguresOf({
  arrangement,
  series,
  isTitled = true,
}: {
  arrangement: Arrangement
  series: AllSeries
  isTitled?: boolean
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const title = arrangement.title[reader.language]
  const drawing = arrangedDrawing(arrangement, series, reader)
  return (
    <div class="figures">
      {isTitled && <h3>{title}</h3>}
      {drawing ? <Drawing svg={drawing.svg} /> : <Counts arrangement={arrangement} series={series} />}
      <div class="told">
        {arrangedSentences(arrangement, series, reader).map((sentence) => (
          <p>{sentence}</p>
        ))}
        <details>
          <summary>
            {say('figures.data')}
            <span class="sr-only"> : {title}</span>
          </summary>
          <DataTable table={arrangedTable(arrangement, series, reader)} />
        </details>
      </div>
    </div>
  )
}

/** Values at one date only: nothing to compare, so nothing to draw. */
function Counts({ arrangement, series }: { arrangement: Arrangement; series: AllSeries }): JSX.Element {
  const [date] = datesOf(arrangement)
  const rows = arrangement.rows.flatMap(({ figure }) => series.get(figure) ?? [])
  return <dl class="headline">{date && rows.map((one) => <Count one={one} date={date} />)}</dl>
}

function Count({ one, date }: { one: Series; date: FigureDate }): JSX.Element {
  const { reader } = usePage()
  return (
    <div>
      <dt>
        {one.label[reader.language]} ({formatDate(date, reader)})
      </dt>
      <dd>{spokenValue(pointAt(one, date), one.unit, reader)}</dd>
    </div>
  )
}
