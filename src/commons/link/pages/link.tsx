import type { JSX } from 'preact'
import { LinkCopy } from '../islands/link-copy.island.tsx'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { Link } from '../links.ts'
import { words } from '../words.ts'
import { partWords } from './part-words.ts'

/** The page of a link (`/venir+`): what it is, where it leads, how often it was visited. Also where the form leads. */
export function LinkPage({ link, isNew }: { link: Link; isNew: boolean }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const short = platform.addresses.of('link', `/${link.slug}`)
  const day = link.createdAt.toZonedDateTimeISO(reader.timeZone).toPlainDate()
  return (
    <Page title={isNew ? say('link.made') : `/${link.slug}`} isPrivate>
      <h1>{isNew ? say('link.made') : say('link.title')}</h1>
      <LinkCopy short={short} url={link.url} words={partWords(reader)} />
      <p>{say('link.visits', { count: link.clicks, since: reader.date(day) })}</p>
      <p>
        <a href="/">{say('home.again')}</a>
      </p>
    </Page>
  )
}
