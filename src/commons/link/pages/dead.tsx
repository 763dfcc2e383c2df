import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'
import { dayOf } from './link.tsx'
import { TargetAddress } from './target.tsx'

/** Leads to what a public archive has kept of an address, if it has anything. */
const ARCHIVE = 'https://web.archive.org/web/2/'

/** Before a link is followed whose page has not answered for long: it may do so for this visitor, or an archive has it. */
export function Dead({ url, since }: { url: string; since: Temporal.Instant }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('dead.title')} isPrivate>
      <h1>{say('dead.title')}</h1>
      <p class="lead">{say('dead.lead', { date: dayOf(since, reader) })}</p>
      <p>
        <TargetAddress url={url} />
      </p>
      <p class="actions">
        <a class="button" href={url} rel="nofollow noopener">
          {say('dead.try')}
        </a>
        <a class="button quiet" href={ARCHIVE + url} rel="nofollow noopener noreferrer">
          {say('dead.archive')}
        </a>
      </p>
    </Page>
  )
}
