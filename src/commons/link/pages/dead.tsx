import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'
import { dayOf } from './link.tsx'
import { TargetAddress } from './target.tsx'

/** Redirects to the latest copy of an address in the Internet Archive, if there is one. */
const ARCHIVE = 'https://web.archive.org/web/2/'

/**
 * The page before a link whose target has not answered for long: it may answer this visitor, or have an archived copy.
 */
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
