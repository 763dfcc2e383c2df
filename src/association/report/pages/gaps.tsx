import type { JSX } from 'preact'
import type { AllSeries } from '../../../platform/figures/figure.ts'
import { isGrave, sayComputed, sayGap } from '../../../platform/figures/gap.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { placeInWords } from '../editions/content.ts'
import { words } from '../words.ts'
import type { JudgedGap, Report } from '../writing/reports.ts'

interface Props {
  report: Report
  gaps: JudgedGap[]
  series: AllSeries
  mayAccept: boolean
}

/** « Points à vérifier »: each gap with what computing gives, and three ways on: put right, explain, let it stay. */
export function GapsPage({ report, gaps, series, mayAccept }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('gaps.title')} isPrivate>
      <p>
        <a href={`/reports/${report.year}/edit`}>{report.title}</a>
      </p>
      <h1>{say('gaps.title')}</h1>
      <p class="lead">{gaps.length === 0 ? say('gaps.none') : say('gaps.lead')}</p>
      <ul class="gaps">
        {gaps.map((gap) => (
          <GapLine gap={gap} year={report.year} series={series} mayAccept={mayAccept} />
        ))}
      </ul>
    </Page>
  )
}

function GapLine({ gap, year, series, mayAccept }: { gap: JudgedGap; year: number } & Pick<Props, 'series' | 'mayAccept'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const state = gap.reason !== undefined ? 'state-good' : isGrave(gap) ? 'state-bad' : 'state-wait'
  const id = `${gap.what}-${gap.where}`.replaceAll(/[^\w-]+/g, '-')
  const figure = gap.where.split(' ')[0] ?? ''
  return (
    <li>
      <h2 class={state}>{placeInWords(gap.where, [...series.values()], reader)}</h2>
      <p>
        {sayGap(gap, reader)}.{gap.printed && ` ${say('gaps.printed', { printed: gap.printed })}`}
        {gap.computed && ` ${say('gaps.computed', { computed: sayComputed(gap.computed, reader) })}`}
      </p>
      {gap.reason !== undefined && <p class="noted">{say('gaps.reason', { reason: gap.reason })}</p>}
      {series.has(figure) && (
        <p>
          <a href={`/chiffres/${figure}`}>{say('gaps.look')}</a>
        </p>
      )}
      {mayAccept && (
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
      )}
    </li>
  )
}
