import type { JSX } from 'preact'
import { drawColumns, drawStack } from '../drawings/columns.ts'
import { LAWS } from '../figures/catalogue.ts'
import { lawGaps, type Gap } from '../figures/coherence.ts'
import { sayDate } from '../figures/dates.ts'
import type { FigureDate, Point, Series } from '../figures/figure.ts'
import type { Arrangement, Column } from '../figures/history.ts'
import { round, sayEvolution, sayValue, setPrinted } from '../figures/numbers.ts'
import { words } from '../language/own-words.ts'
import type { Reader } from '../language/reader.ts'
import { usePage } from './context.ts'

type AllSeries = ReadonlyMap<string, Series>

/** An arrangement of series on a page: its drawings, what they show in words, and its table one click away. */
export function FiguresOf({ arrangement, series, isTitled = true }: { arrangement: Arrangement; series: AllSeries; isTitled?: boolean }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const title = arrangement.title[reader.language]
  return (
    <div class="figures">
      {isTitled && <h3>{title}</h3>}
      <Drawings arrangement={arrangement} series={series} />
      <div class="told">
        {sentences(arrangement, series, reader).map((sentence) => (
          <p>{sentence}</p>
        ))}
        <details>
          <summary>
            {say('figures.data')}
            <span class="sr-only"> : {title}</span>
          </summary>
          <DataTable arrangement={arrangement} series={series} />
        </details>
      </div>
    </div>
  )
}

function Drawings({ arrangement, series }: { arrangement: Arrangement; series: AllSeries }): JSX.Element {
  const { reader } = usePage()
  const dates = arrangement.columns.flatMap((column) => (column.kind === 'date' ? [column.date] : []))
  if (isWhole(arrangement)) {
    return <div class="whole" dangerouslySetInnerHTML={{ __html: drawWhole(arrangement, series, dates, reader) }} />
  }
  const rows = arrangement.rows.flatMap(({ figure }) => series.get(figure) ?? [])
  const [only] = dates
  if (dates.length === 1 && only) return <Counts series={rows} date={only} />
  return (
    <div class="drawings">
      {rows.map((one, index) => (
        <figure>
          <figcaption>{one.label[reader.language]}</figcaption>
          <div dangerouslySetInnerHTML={{ __html: drawOne(arrangement.id, one, dates, index, reader) }} />
        </figure>
      ))}
    </div>
  )
}

/** Values at one date only: nothing to compare, so nothing to draw. */
function Counts({ series, date }: { series: Series[]; date: FigureDate }): JSX.Element {
  const { reader } = usePage()
  return (
    <dl class="headline">
      {series.map((one) => (
        <div>
          <dt>
            {one.label[reader.language]} ({sayDate(date, reader)})
          </dt>
          <dd>{spokenValue(pointAt(one, date), one.unit, reader)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Whether the rows are exactly the parts of one whole, by the laws. */
function isWhole({ rows }: Arrangement): boolean {
  const figures = new Set(rows.map(({ figure }) => figure))
  return LAWS.some((law) => law.rule === 'sum' && law.parts.length === figures.size && law.parts.every((part) => figures.has(part)))
}

function pointAt(series: Series | undefined, date: FigureDate): Point | undefined {
  return series?.points.find((point) => point.date === date)
}

/** A value where there is room for a few letters only. */
function shortValue(point: Point | undefined, unit: string, reader: Reader): string {
  return sayValue(point, unit, reader) || '?'
}

/** A value as it is read aloud: never silence where nothing is known. */
function spokenValue(point: Point | undefined, unit: string, reader: Reader): string {
  if (point?.state === 'not-communicated') return reader.say(words)('figures.not-communicated')
  return sayValue(point, unit, reader) || reader.say(words)('figures.unknown')
}

function drawOne(table: string, one: Series, dates: FigureDate[], colour: number, reader: Reader): string {
  const description = dates.map((date) => `${sayDate(date, reader)} : ${spokenValue(pointAt(one, date), one.unit, reader)}`).join(' ; ')
  const legend = { id: `drawing-${table}-${one.id.replaceAll('.', '-')}`, title: one.label[reader.language], description }
  const columns = dates.map((date) => ({
    label: sayDate(date, reader, 'short'),
    value: pointAt(one, date)?.value ?? null,
    text: shortValue(pointAt(one, date), one.unit, reader),
  }))
  return drawColumns(legend, columns, { colour: colour % 4 })
}

function drawWhole(arrangement: Arrangement, series: AllSeries, dates: FigureDate[], reader: Reader): string {
  const parts = arrangement.rows.flatMap(({ figure }) => series.get(figure) ?? [])
  const description = parts
    .map(
      (part) =>
        `${part.label[reader.language]} : ${dates.map((date) => `${sayDate(date, reader)} ${spokenValue(pointAt(part, date), part.unit, reader)}`).join(', ')}`,
    )
    .join(' ; ')
  const legend = { id: `drawing-${arrangement.id}`, title: arrangement.title[reader.language], description }
  return drawStack(
    legend,
    dates.map((date) => sayDate(date, reader, 'short')),
    parts.map((part) => ({ label: part.label[reader.language], values: dates.map((date) => pointAt(part, date)?.value ?? null) })),
    (value) => reader.number(value),
  )
}

/** What the drawings show, in a sentence a series: the latest value, and how it changed. */
function sentences({ rows, columns }: Arrangement, series: AllSeries, reader: Reader): string[] {
  const say = reader.say(words)
  const dates = columns.flatMap((column) => (column.kind === 'date' ? [column.date] : []))
  return rows.flatMap(({ figure }) => {
    const one = series.get(figure)
    const known = dates.flatMap((date) => {
      const point = pointAt(one, date)
      return point && point.value !== null ? [point] : []
    })
    const last = known.at(-1)
    if (!one || !last) return []
    const before = known.at(-2)
    const common = { label: one.label[reader.language], value: sayValue(last, one.unit, reader), date: sayDate(last.date, reader) }
    if (!before) return [say('figures.alone', common)]
    const since = { ...common, before: sayDate(before.date, reader) }
    return [
      before.value === last.value ? say('figures.same', since) : say('figures.since', { ...since, difference: sayEvolution(before, last, one.unit, reader) }),
    ]
  })
}

/** The table of an arrangement, as specs/report.md 3.1 lays it down for people and for checks. */
function DataTable({ arrangement, series }: { arrangement: Arrangement; series: AllSeries }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const gaps = lawGaps(series)
  const notes: Gap[] = []
  return (
    <>
      <section class="table" tabIndex={0} aria-label={say('figures.data-of', { title: arrangement.title[reader.language] })}>
        <table data-table={arrangement.id}>
          <caption>{arrangement.title[reader.language]}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="sr-only">{say('figures.what')}</span>
              </th>
              {arrangement.columns.map((column) => (
                <th scope="col">{heading(column, reader)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {arrangement.rows.map((row) => (
              <tr data-series={row.figure}>
                <th scope="row">{series.get(row.figure)?.label[reader.language] ?? row.label}</th>
                {arrangement.columns.map((column, index) => {
                  const gap = column.kind === 'date' && gaps.find(({ where }) => where === `${row.figure} ${column.date}`)
                  const mark = gap ? notes.push(gap) : 0
                  return (
                    <td>
                      <Cell text={cellText(row, column, index, series, reader)} />
                      {mark > 0 && <a class="note-mark" href={`#note-${arrangement.id}-${mark}`} aria-label={say('figures.note', { mark })} data-mark={mark} />}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {notes.map((gap, index) => (
        <p class="noted" id={`note-${arrangement.id}-${index + 1}`}>
          {index + 1}. {say(`gaps.${gap.what}`)}.{' '}
          {say('figures.computed', { printed: gap.printed, computed: reader.language === 'fr' ? gap.computed.replaceAll('.', ',') : gap.computed })}
        </p>
      ))}
    </>
  )
}

function heading(column: Column, reader: Reader): string {
  if (reader.language === 'fr') return column.heading
  return column.kind === 'date' ? sayDate(column.date, reader) : reader.say(words)('figures.evolution')
}

function Cell({ text }: { text: string }): JSX.Element {
  return text === '' ? <span class="sr-only">{usePage().reader.say(words)('figures.unknown')}</span> : <>{text}</>
}

/** A cell as the report printed it; in English, and where nothing was printed, as its numbers say. */
function cellText(row: Arrangement['rows'][number], column: Column, index: number, series: AllSeries, reader: Reader): string {
  const printed = row.printed[index]
  if (reader.language === 'fr' && printed !== undefined) return setPrinted(printed)
  const one = series.get(row.figure)
  const unit = one?.unit ?? 'count'
  if (column.kind === 'evolution') return sayEvolution(pointAt(one, column.from), pointAt(one, column.to), unit, reader)
  const point = pointAt(one, column.date)
  const share = printed?.includes('%') ? shareAt(row.figure, column.date, series) : undefined
  return sayValue(point, unit, reader) + (share === undefined ? '' : ` (${reader.percent(share)})`)
}

/** What part of its whole a series is at a date, in percent. */
function shareAt(figure: string, date: FigureDate, series: AllSeries): number | undefined {
  const law = LAWS.find((one) => one.rule === 'sum' && one.parts.includes(figure))
  const whole = law?.rule === 'sum' ? pointAt(series.get(law.total), date)?.value : undefined
  const part = pointAt(series.get(figure), date)?.value
  return whole && part != null ? round((100 * part) / whole, 2) : undefined
}
