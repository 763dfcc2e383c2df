import type { JSX } from 'preact'
import { drawLine } from '../../../platform/drawings/line.ts'
import { precisionOf, formatDate, toRange } from '../../../platform/figures/dates.ts'
import type { Point, Series } from '../../../platform/figures/figure.ts'
import { describeEvolution, formatValue } from '../../../platform/figures/numbers.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import type { Reader } from '../../../platform/language/reader.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Drawing } from '../../../platform/pages/drawing.tsx'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { REASON } from '../reasons.ts'
import { words } from '../words.ts'
import { Breaks } from './breaks.tsx'
import { Frozen, type FrozenValue } from './frozen.tsx'

interface Props {
  one: Series
  points: Point[]
  /** The days of a daily figure, which its points sum up. */
  days?: Point[]
  /** Its frozen values, the latest snapshot first. */
  frozen: FrozenValue[]
  mayNote: boolean
  mayFreeze: boolean
  /** What was wrong with a value, with a frozen one, or with a change of method. */
}

/** One figure: its definition, its line, every value with its source, and the changes of method. */
export function FigurePage({ one, points, days, frozen, mayNote, mayFreeze }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const label = one.label[reader.language]
  const last = (days ?? points).at(-1)
  return (
    <Page title={label} description={one.definition[reader.language] || label}>
      <p>
        <a href="/chiffres">{say('figures.title')}</a>
      </p>
      <h1>{label}</h1>
      {last && last.value !== null && (
        <dl class="headline">
          <div>
            <dt>{formatDate(last.date, reader)}</dt>
            <dd>{formatValue(last, one.unit, reader)}</dd>
          </div>
        </dl>
      )}
      <dl class="stated">
        <dt>{say('figure.definition')}</dt>
        <dd>{one.definition[reader.language] || say('figure.undefined')}</dd>
        <dt>{say('figure.kind')}</dt>
        <dd>{say(`kind.${one.kind}`)}</dd>
        <dt>{say('figure.name')}</dt>
        <dd>
          <code>{one.id}</code>
        </dd>
        {!one.isDeclared && (
          <>
            <dt>{say('figure.state')}</dt>
            <dd>{say(points.some(({ source }) => source === 'live') ? 'figures.closed' : 'figures.told')}</dd>
          </>
        )}
      </dl>
      <Line one={one} points={days ?? points} />
      <Breaks one={one} mayNote={mayNote} />
      <Values one={one} points={points} caption={say(days ? 'figure.sums' : 'figure.values')} />
      {days && <Values one={one} points={days.slice(-SHOWN_DAYS)} caption={say('figure.days')} />}
      {frozen.length > 0 && <Frozen one={one} frozen={frozen} mayCorrect={mayFreeze} />}
      {mayNote && <RightForm id={one.id} />}
      <p class="noted">
        <a href={`/api/v1/figures/${one.id}/points`}>{say('figure.data')}</a>{' '}
        <a href={`/badges/${one.id}.svg`}>{say('figure.badge')}</a>
      </p>
    </Page>
  )
}

/** Corrects or adds a value, with a reason. */
function RightForm({ id }: { id: string }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section aria-labelledby="right">
      <h2 id="right">{say('figure.right')}</h2>
      <PostForm action={`/chiffres/${id}`} class="lines">
        <Field name="date" label={say('figure.right-date')} maxLength={40} required />
        <Field name="value" label={say('figure.right-value')} maxLength={40} />
        <Field name="reason" label={say('figure.right-reason')} maxLength={REASON.longest} required />
        <button class="button quiet" type="submit">
          {say('figure.right-act')}
        </button>
      </PostForm>
    </section>
  )
}

/** Returns the position of a point on a line: the last day of its period, or today when that is not over. */
function dayOf(date: string): Temporal.PlainDate {
  const until = /,(\d{4}-\d{2}-\d{2})\)$/.exec(toRange(date))?.[1] ?? date
  return Temporal.PlainDate.from(until).subtract({ days: 1 })
}

function Line({ one, points }: { one: Series; points: Point[] }): JSX.Element | null {
  const { reader } = usePage()
  const drawn = points
    .flatMap(({ date, value }) => (value === null ? [] : [{ day: dayOf(date), value, date }]))
    .toSorted((a, b) => Temporal.PlainDate.compare(a.day, b.day))
  if (drawn.length < 2) return null
  const description =
    drawn.length > 24
      ? describeEnds(drawn, one, reader)
      : drawn.map(({ date, value }) => `${formatDate(date, reader)}, ${formatKnown(value, one, reader)}`).join('; ')
  const breaks = one.breaks.map(({ since }) =>
    Temporal.PlainDate.from(/\[(\d{4}-\d{2}-\d{2})/.exec(toRange(since))?.[1] ?? since),
  )
  const dates = new Map(drawn.map(({ day, date }) => [day.toString(), date]))
  const svg = drawLine({ id: 'line', title: one.label[reader.language], description }, drawn, breaks, {
    value: (value) => formatKnown(value, one, reader),
    day: (day) => formatDate(dates.get(day.toString()) ?? day.toString(), reader, 'short'),
  })
  return (
    <div class="line">
      <Drawing svg={svg} />
    </div>
  )
}

function formatKnown(value: number, { unit }: Series, reader: Reader): string {
  return formatValue({ value, state: 'known' }, unit, reader)
}

function describeEnds(drawn: { date: string; value: number }[], one: Series, reader: Reader): string {
  return [drawn[0], drawn.at(-1)]
    .flatMap((point) => (point ? [`${formatDate(point.date, reader)}, ${formatKnown(point.value, one, reader)}`] : []))
    .join('; ')
}

/** Rows shown at first; a line of thirty years has more. */
const SHOWN = 60
const SHOWN_DAYS = 31

function Values({ one, points, caption }: { one: Series; points: Point[]; caption: string }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const latest = points.toReversed().slice(0, SHOWN)
  return (
    <section class="table" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{say('figure.date')}</th>
            <th scope="col">{say('figure.value')}</th>
            <th scope="col">{say('figures.evolution')}</th>
            <th scope="col">{say('figure.source')}</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((point, index) => (
            <tr>
              <th scope="row">{formatDate(point.date, reader)}</th>
              <td>
                {formatValue(point, one.unit, reader) || (
                  <span class="sr-only">{reader.say(platformWords)('figures.unknown')}</span>
                )}
              </td>
              <td>
                {isComparable(latest[index + 1], point, one)
                  ? describeEvolution(latest[index + 1], point, one.unit, reader)
                  : ''}
              </td>
              <td>{say(`source.${point.source}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Whether two points are comparable: they have the same precision, and no sum lacks days. */
function isComparable(before: Point | undefined, point: Point, { isDaily }: Series): boolean {
  if (!before || precisionOf(before.date) !== precisionOf(point.date)) return false
  return !isDaily || (before.state === 'known' && point.state === 'known')
}
