import type { JSX } from 'preact'
import { isGrave, describeComputed, describeGap } from '../../../platform/figures/gap.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { placeInWords, type Content } from '../editions/content.ts'
import { words } from '../words.ts'
import type { JudgedGap } from '../writing/reports.ts'

interface Props {
  content: Content
  gaps: JudgedGap[]
  may: { explain: boolean; correct: boolean }
}

/** « Points à vérifier »: gaps that block the publication, then those to know of, then the explained ones. */
export function GapsPage({ content, gaps, may }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const parts = Object.groupBy(gaps, (gap) =>
    gap.reason !== undefined ? 'explained' : isGrave(gap) ? 'grave' : 'known',
  )
  return (
    <Page title={say('gaps.title')} isPrivate>
      <p>
        <a href={`/reports/${content.year}/edit`}>{content.title}</a>
      </p>
      <h1>{say('gaps.title')}</h1>
      <p class="lead">{gaps.length === 0 ? say('gaps.none') : say('gaps.lead')}</p>
      {(['grave', 'known', 'explained'] as const).map(
        (part) =>
          parts[part] && (
            <section aria-labelledby={part}>
              <h2 id={part}>{say(`gaps.${part}`, { count: parts[part].length })}</h2>
              <ul class="gaps">
                {parts[part].map((gap) => (
                  <GapLine gap={gap} content={content} may={may} />
                ))}
              </ul>
            </section>
          ),
      )}
    </Page>
  )
}

/** A gap with its computed value, and three actions: correct, explain, accept. */
function GapLine({ gap, content, may }: { gap: JudgedGap } & Pick<Props, 'content' | 'may'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const isOpen = gap.reason === undefined && isGrave(gap)
  const state = gap.reason !== undefined ? 'state-good' : isOpen ? 'state-bad' : 'state-wait'
  const figure = content.series.find(({ id, isPublic }) => isPublic && id === gap.where.split(' ')[0])?.id
  return (
    <li>
      <h3 class={state}>{placeInWords(gap.where, content, reader)}</h3>
      <p>
        {describeGap(gap, reader)}.{gap.printed && ` ${say('gaps.printed', { printed: gap.printed })}`}
        {gap.computed && ` ${say('gaps.computed', { computed: describeComputed(gap.computed, reader) })}`}
        {figure && (
          <>
            {' '}
            <a href={may.correct ? `/chiffres/${figure}#right` : `/chiffres/${figure}`}>
              {say(!may.correct ? 'gaps.look' : gap.what === 'unknown' ? 'gaps.give' : 'gaps.correct')}
            </a>
          </>
        )}
      </p>
      {gap.reason !== undefined && <p class="noted">{say('gaps.reason', { reason: gap.reason })}</p>}
      {may.explain && (
        <details open={isOpen}>
          <summary>{say(gap.reason === undefined ? 'gaps.explain' : 'gaps.explain-otherwise')}</summary>
          <Reason gap={gap} year={content.year} />
        </details>
      )}
    </li>
  )
}

function Reason({ gap, year }: { gap: JudgedGap; year: number }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const id = `${gap.what}-${gap.where}`.replaceAll(/[^\w-]+/g, '-')
  return (
    <PostForm action={`/reports/${year}/gaps`} class="lines">
      <input type="hidden" name="where" value={gap.where} />
      <input type="hidden" name="what" value={gap.what} />
      <div>
        <label for={id}>{say('gaps.why')}</label>
        <input type="text" id={id} name="reason" value={gap.reason} required maxLength={2000} />
      </div>
      <button class="button quiet" type="submit">
        {say('gaps.accept')}
      </button>
    </PostForm>
  )
}
