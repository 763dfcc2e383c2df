import type { JSX } from 'preact'
import { sayDate } from '../../../platform/figures/dates.ts'
import type { Series } from '../../../platform/figures/figure.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { words } from '../words.ts'

/** Where the way of counting changed, and for those who may the form that says so. */
export function Breaks({
  one,
  mayNote,
  refusal,
}: {
  one: Series
  mayNote: boolean
  refusal?: Refusal
}): JSX.Element | null {
  const { reader } = usePage()
  const say = reader.say(words)
  if (one.breaks.length === 0 && !mayNote) return null
  return (
    <section aria-labelledby="breaks">
      <h2 id="breaks">{say('figure.breaks')}</h2>
      <p>{one.breaks.length === 0 ? say('break.none') : say('break.meaning')}</p>
      {one.breaks.length > 0 && (
        <ul class="breaks">
          {one.breaks.map(({ since, what }) => (
            <li>
              <strong>{sayDate(since, reader)}</strong>. {what[reader.language]}
              {mayNote && (
                <PostForm action={`/chiffres/${one.id}/breaks/removals`}>
                  <input type="hidden" name="since" value={since} />
                  <button class="button quiet" type="submit">
                    {say('break.remove', { date: sayDate(since, reader) })}
                  </button>
                </PostForm>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayNote && <BreakForm id={one.id} {...(refusal && { refusal })} />}
    </section>
  )
}

function BreakForm({ id, refusal }: { id: string; refusal?: Refusal }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const told = refusal?.in(reader.language)
  return (
    <details class="options" open={told !== undefined}>
      <summary>{say('break.note')}</summary>
      <PostForm action={`/chiffres/${id}/breaks`} class="lines">
        {told && (
          <p class="error" id="since-error" role="alert">
            {told.title} {told.detail}
          </p>
        )}
        <div>
          <label for="since">{say('break.since')}</label>
          <input
            type="text"
            id="since"
            name="since"
            required
            maxLength={10}
            {...(told && { 'aria-invalid': 'true', 'aria-describedby': 'since-error' })}
          />
        </div>
        <div>
          <label for="fr">{say('break.french')}</label>
          <input type="text" id="fr" name="fr" lang="fr" required maxLength={2000} />
        </div>
        <div>
          <label for="en">{say('break.english')}</label>
          <input type="text" id="en" name="en" lang="en" required maxLength={2000} />
        </div>
        <button class="button quiet" type="submit">
          {say('break.act')}
        </button>
      </PostForm>
    </details>
  )
}
