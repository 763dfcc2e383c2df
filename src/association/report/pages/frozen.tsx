import type { JSX } from 'preact'
import { sayDate } from '../../../platform/figures/dates.ts'
import type { Known, Series } from '../../../platform/figures/figure.ts'
import { sayValue } from '../../../platform/figures/numbers.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { words } from '../words.ts'

/** What a snapshot holds of a figure. */
export interface FrozenValue extends Known {
  snapshot: string
  date: string
}

/** The values of a figure that do not move any more, and for those who may the form that puts one right for a reason. */
export function Frozen({
  one,
  frozen,
  mayCorrect,
  refusal,
}: {
  one: Series
  frozen: FrozenValue[]
  mayCorrect: boolean
  refusal?: Refusal
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
                <td>{sayDate(date, reader)}</td>
                <td>
                  {sayValue(known, one.unit, reader) || (
                    <span class="sr-only">{reader.say(platformWords)('figures.unknown')}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {mayCorrect && <CorrectForm id={one.id} frozen={frozen} {...(refusal && { refusal })} />}
    </>
  )
}

function CorrectForm({ id, frozen, refusal }: { id: string; frozen: FrozenValue[]; refusal?: Refusal }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const told = refusal?.in(reader.language)
  return (
    <details class="options" open={told !== undefined}>
      <summary>{say('frozen.correct')}</summary>
      <PostForm action={`/chiffres/${id}/frozen`} class="lines">
        {told && (
          <p class="error" id="frozen-error" role="alert">
            {told.title} {told.detail}
          </p>
        )}
        <div>
          <label for="snapshot">{say('frozen.snapshot')}</label>
          <select id="snapshot" name="snapshot">
            {frozen.map(({ snapshot }) => (
              <option>{snapshot}</option>
            ))}
          </select>
        </div>
        <div>
          <label for="frozen-value">{say('figure.right-value')}</label>
          <input
            type="text"
            id="frozen-value"
            name="value"
            maxLength={40}
            {...(told && { 'aria-invalid': 'true', 'aria-describedby': 'frozen-error' })}
          />
        </div>
        <div>
          <label for="frozen-reason">{say('figure.right-reason')}</label>
          <input type="text" id="frozen-reason" name="reason" required maxLength={2000} />
        </div>
        <button class="button quiet" type="submit">
          {say('frozen.act')}
        </button>
      </PostForm>
    </details>
  )
}
