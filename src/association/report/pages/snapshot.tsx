import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Point, Series } from '../../../platform/figures/figure.ts'
import { describeFactor, formatValue } from '../../../platform/figures/numbers.ts'
import type { OddValue } from '../../../platform/figures/odd-values.ts'
import type { Snapshot } from '../../../platform/figures/snapshots.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'
import { formatMonth } from './figures-home.tsx'

/** A figure as a snapshot would freeze it, beside its previous value. */
export interface Reviewed {
  one: Series
  value: number | null
  before?: Point
  odd?: OddValue
}

interface Props {
  reviewed: Reviewed[]
  /** How many values would be frozen: these figures, and the days of the daily ones. */
  count: number
  today: Temporal.PlainDate
  last: Snapshot | undefined
}

/** The button that freezes all figures, below the values to review first. */
export function SnapshotPage({ reviewed, count, today, last }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const odd = reviewed.filter((one) => one.odd)
  const unknown = reviewed.filter(({ value }) => value === null)
  const month = formatMonth(today, reader)
  return (
    <Page title={say('snapshot.title')} isPrivate>
      <h1>{say('snapshot.act', { month })}</h1>
      <p class="lead">{say('snapshot.lead', { count })}</p>
      {last && <p>{say('snapshot.last', { name: last.name, count: last.figures })}</p>}
      {odd.length > 0 && <Odd odd={odd} />}
      {unknown.length > 0 && <Unknown unknown={unknown} />}
      {odd.length + unknown.length === 0 && <p class="state-good">{say('snapshot.well')}</p>}
      <PostForm action="/instantane">
        <Field
          name="name"
          label={say('snapshot.name')}
          value={month}
          required
          maxLength={100}
          act={
            <button class="button" type="submit">
              {say('snapshot.freeze')}
            </button>
          }
        />
      </PostForm>
    </Page>
  )
}

function Odd({ odd }: { odd: Reviewed[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section aria-labelledby="odd">
      <h2 id="odd">{say('snapshot.odd')}</h2>
      <ul>
        {odd.map(({ one, value, before, odd: found }) => (
          <li>
            <strong>{one.label[reader.language]}</strong> : {formatValue({ value, state: 'known' }, one.unit, reader)}
            {before?.value != null && value !== null && (
              <>
                {' '}
                ({formatDate(before.date, reader)} : {formatValue(before, one.unit, reader)}
                {found?.what === 'far' && `, ${describeFactor(before.value, value, reader)}`}). {say('snapshot.sure')}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Unknown({ unknown }: { unknown: Reviewed[] }): JSX.Element {
  const { reader } = usePage()
  return (
    <section aria-labelledby="unknown">
      <h2 id="unknown">{reader.say(words)('snapshot.unknown')}</h2>
      <ul>
        {unknown.map(({ one }) => (
          <li>{one.label[reader.language]}</li>
        ))}
      </ul>
    </section>
  )
}
