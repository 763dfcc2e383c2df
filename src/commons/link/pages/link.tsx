import type { JSX } from 'preact'
import { getDomain } from 'tldts'
import type { Reader } from '../../../platform/language/reader.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { ReportLink } from '../../../platform/pages/report-link.tsx'
import { LinkCopy } from '../islands/link-copy.island.tsx'
import { endWithoutVisit, type PublicLink } from '../link.ts'
import { words } from '../words.ts'
import { resultWords } from './part-words.ts'

/** Days before its expiry for which an unvisited link shows a notice. */
const NOTICE = 30

/** The public page of a link (`/venir+`): its target, its age, and whether the page answers. */
export function LinkPage({ link }: { link: PublicLink }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const short = platform.addresses.of('link', `/${encodeURIComponent(link.slug)}`)
  const domain = getDomain(link.url ?? '')
  return (
    <Page title={`/${link.slug}`} isPrivate>
      <h1>{link.title ?? say('link.title')}</h1>
      <LinkCopy
        short={short}
        url={link.url ?? ''}
        {...(domain && { domain })}
        isHeld={false}
        isHeldBack={false}
        isYoung={false}
        isOwnPage
        words={resultWords(reader)}
      />
      <p>
        {link.clicks !== null && `${say('link.visits', { count: link.clicks })} `}
        {say('link.since', { date: dayOf(link.createdAt, reader) })} {describeHealth(link, reader)}
      </p>
      <Fading link={link} />
      <p>
        <ReportLink url={short} />
      </p>
      <p>
        <a href="/">{say('home.again')}</a>
      </p>
    </Page>
  )
}

/** Says in words the result of the last health check. */
export function describeHealth(
  { health, healthAt, failingSince }: Pick<PublicLink, 'health' | 'healthAt' | 'failingSince'>,
  reader: Reader,
): string {
  const at = health === 'dead' ? (failingSince ?? healthAt) : healthAt
  return reader.say(words)(`health.${health}`, { date: at ? dayOf(at, reader) : '' })
}

export function dayOf(moment: Temporal.Instant, reader: Reader): string {
  return reader.date(moment.toZonedDateTimeISO(reader.timeZone).toPlainDate(), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
}

/** The notice of an anonymous link in its last thirty days: a year without a visit ends it. */
export function Fading({
  link: { state, owner, importedAt, lastClickOn, createdAt },
}: {
  link: PublicLink
}): JSX.Element | null {
  const { reader, platform } = usePage()
  if (state !== 'active' || owner !== null || importedAt !== null) return null
  const end = endWithoutVisit(lastClickOn ?? createdAt.toZonedDateTimeISO(reader.timeZone).toPlainDate())
  if (Temporal.PlainDate.compare(end.subtract({ days: NOTICE }), platform.today()) > 0) return null
  return (
    <p class="state-wait">
      {reader.say(words)('link.fading', { date: reader.date(end, { day: 'numeric', month: 'long', year: 'numeric' }) })}
    </p>
  )
}
