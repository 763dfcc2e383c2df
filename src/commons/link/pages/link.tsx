import type { JSX } from 'preact'
import type { Reader } from '../../../platform/language/reader.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { LinkCopy } from '../islands/link-copy.island.tsx'
import type { SeenLink } from '../link.ts'
import { words } from '../words.ts'
import { resultWords } from './part-words.ts'

/** The page of a link (`/venir+`), for everyone: where it leads before one goes there, its age, whether the page answers. */
export function LinkPage({ link }: { link: SeenLink }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const short = platform.addresses.of('link', `/${encodeURIComponent(link.slug)}`)
  return (
    <Page title={`/${link.slug}`} isPrivate>
      <h1>{link.title ?? say('link.title')}</h1>
      <LinkCopy short={short} url={link.url ?? ''} isHeld={false} isYoung={false} isOwnPage words={resultWords(reader)} />
      <p>
        {link.clicks !== null && `${say('link.visits', { count: link.clicks })} `}
        {say('link.since', { date: dayOf(link.createdAt, reader) })} {sayHealth(link, reader)}
      </p>
      {isFading(link, platform.today()) && <p class="state-wait">{say('link.fading')}</p>}
      <p>
        <a href={platform.addresses.portal(`/signaler?url=${encodeURIComponent(short)}`)}>{say('link.report')}</a>
      </p>
      <p>
        <a href="/">{say('home.again')}</a>
      </p>
    </Page>
  )
}

/** How the page behind a link did when it was last looked at, in words rather than as a verdict. */
export function sayHealth({ health, healthAt, failingSince }: Pick<SeenLink, 'health' | 'healthAt' | 'failingSince'>, reader: Reader): string {
  const at = health === 'dead' ? (failingSince ?? healthAt) : healthAt
  return reader.say(words)(`health.${health}`, { date: at ? dayOf(at, reader) : '' })
}

export function dayOf(moment: Temporal.Instant, reader: Reader): string {
  return reader.date(moment.toZonedDateTimeISO(reader.timeZone).toPlainDate(), { day: 'numeric', month: 'long', year: 'numeric' })
}

/** Whether a stranger's link is in its last month: a year without a visit ends it. */
function isFading({ owner, importedAt, lastClickOn, createdAt }: SeenLink, today: Temporal.PlainDate): boolean {
  if (owner !== null || importedAt !== null) return false
  const last = lastClickOn ?? createdAt.toZonedDateTimeISO('UTC').toPlainDate()
  return Temporal.PlainDate.compare(last.add({ months: 11 }), today) < 0
}
