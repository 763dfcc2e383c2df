import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Known, Series } from '../../../platform/figures/figure.ts'
import { formatValue } from '../../../platform/figures/numbers.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { REASON } from '../reasons.ts'
import { words } from '../words.ts'

/** The value of a figure in a snapshot. */
export interface FrozenValue extends Known {
  snapshot: string
  date: string
}

/** The frozen values of a figure, with the form that corrects one with a reason, for those with permission. */
export function Frozen({
  one,
  frozen,
  mayCorrect,
}: {
  one: Series
  frozen: FrozenValue[]
  mayCorrect: boolean
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <>
      <section class="table" tabIndex={0} aria-label={say('frozen.title')}>
        <table>
          <caption>{say('frozen.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('frozen.snapshot')}</th>
              <th scope="col">{say('figure.date')}</th>
              <th scope="col">{say('figure.value')}</th>
            </tr>
          </thead>
          <tbody>
            {frozen.map(({ snapshot, date, ...known }) => (
              <tr>
                <th scope="row">{snapshot}</th>
                <td>{formatDate(date, reader)}</td>
                <td>
                  {formatValue(known, one.unit, reader) || (
                    <span class="sr-only">{reader.say(platformWords)('figures.unknown')}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {mayCorrect && <CorrectForm id={one.id} frozen={frozen} />}
    </>
  )
}

function CorrectForm({ id, frozen }: { id: string; frozen: FrozenValue[] }): JSX.Element {
  const say = usePage().reader.say(words)
  const path = `/chiffres/${id}/frozen`
  return (
    <details class="options" open={useRefused(path) !== undefined}>
      <summary>{say('frozen.correct')}</summary>
      <PostForm action={path} class="lines" prefix="frozen">
        <Select
          name="snapshot"
          label={say('frozen.snapshot')}
          options={frozen.map(({ snapshot }) => [snapshot, snapshot])}
        />
        <Field name="value" label={say('figure.right-value')} maxLength={40} />
        <Field name="reason" label={say('figure.right-reason')} required maxLength={REASON.longest} />
        <button class="button quiet" type="submit">
          {say('frozen.act')}
        </button>
      </PostForm>
    </details>
  )
}
