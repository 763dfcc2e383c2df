import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Series } from '../../../platform/figures/figure.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { REASON } from '../reasons.ts'
import { words } from '../words.ts'

/** The changes of method, with the form that notes one, for those with permission. */
export function Breaks({ one, mayNote }: { one: Series; mayNote: boolean }): JSX.Element | null {
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
              <strong>{formatDate(since, reader)}</strong>. {what[reader.language]}
              {mayNote && (
                <PostForm action={`/chiffres/${one.id}/breaks/removals`}>
                  <input type="hidden" name="since" value={since} />
                  <button class="button quiet" type="submit">
                    {say('break.remove', { date: formatDate(since, reader) })}
                  </button>
                </PostForm>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayNote && <BreakForm id={one.id} />}
    </section>
  )
}

function BreakForm({ id }: { id: string }): JSX.Element {
  const say = usePage().reader.say(words)
  const path = `/chiffres/${id}/breaks`
  return (
    <details class="options" open={useRefused(path) !== undefined}>
      <summary>{say('break.note')}</summary>
      <PostForm action={path} class="lines">
        <Field name="since" label={say('break.since')} required maxLength={10} />
        <Field name="fr" lang="fr" label={say('break.french')} required maxLength={REASON.longest} />
        <Field name="en" lang="en" label={say('break.english')} required maxLength={REASON.longest} />
        <button class="button quiet" type="submit">
          {say('break.act')}
        </button>
      </PostForm>
    </details>
  )
}
