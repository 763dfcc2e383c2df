import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { StatusRow } from '../status.ts'
import { words } from '../words.ts'

export function StatusPage({ rows }: { rows: StatusRow[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const isWell = rows.every((row) => row.isWell)
  return (
    <Page title={say('status.title')} isPrivate>
      <h1>{say('status.title')}</h1>
      <p class="lead">{say(isWell ? 'status.well' : 'status.unwell')}</p>
      <dl class="stated">
        {rows.map((row) => (
          <>
            <dt>{row.label[reader.language]}</dt>
            <dd class={row.isWell ? 'state-good' : 'state-bad'}>{say(row.isWell ? 'status.works' : 'status.fails')}</dd>
          </>
        ))}
      </dl>
      <p class="noted">{say('status.seen', { moment: reader.moment(Temporal.Now.instant()) })}</p>
    </Page>
  )
}
