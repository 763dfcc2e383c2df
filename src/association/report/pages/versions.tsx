import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'
import type { Report } from '../writing/reports.ts'

interface Props {
  report: Report
  versions: { revision: number; title: string; writtenBy: string; writtenAt: Temporal.Instant }[]
  mayWrite: boolean
}

/** All versions of a text; each can be restored as a new one. */
export function VersionsPage({ report, versions, mayWrite }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('versions.title')} isPrivate>
      <p>
        <a href={`/reports/${report.year}/edit`}>{report.title}</a>
      </p>
      <h1>{say('versions.title')}</h1>
      <ol class="entries" reversed>
        {versions.map(({ revision, writtenBy, writtenAt }) => (
          <li>
            {writtenBy}, {reader.moment(writtenAt)}
            {mayWrite && revision !== report.revision && (
              <PostForm action={`/reports/${report.year}/versions`}>
                <input type="hidden" name="revision" value={revision} />
                <button class="button quiet" type="submit">
                  {say('versions.restore')}
                </button>
              </PostForm>
            )}
          </li>
        ))}
      </ol>
    </Page>
  )
}
