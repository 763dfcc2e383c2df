import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { Report } from '../writing/reports.ts'
import { words } from '../words.ts'

interface Published {
  year: number
  title: string
  number: number
  publishedAt: Temporal.Instant
}

/** Every report: those that are published, and for those who write them what they write. */
export function ReportList({ editions, drafts }: { editions: Published[]; drafts: Omit<Report, 'body'>[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('reports.title')}>
      <h1>{say('reports.title')}</h1>
      {drafts.length > 0 && <Drafts drafts={drafts} />}
      {editions.length === 0 && <p class="lead">{say('reports.none')}</p>}
      <Published editions={editions} />
      <p>
        <a href="/">{say('figures.title')}</a>
      </p>
    </Page>
  )
}

/** The reports that everyone may read, with their files. */
export function Published({ editions }: { editions: Published[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <ul class="entries">
      {editions.map(({ year, title, publishedAt }) => (
        <li>
          <a href={`/reports/${year}`}>{title}</a>
          <span class="soft">
            {say('reports.published', { date: dayOf(publishedAt, reader) })} <a href={`/reports/${year}.pdf`}>PDF</a>, <a href={`/reports/${year}.odt`}>ODT</a>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Drafts({ drafts }: { drafts: Omit<Report, 'body'>[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section>
      <h2>{say('reports.drafts')}</h2>
      <ul class="entries">
        {drafts.map(({ year, title, state }) => (
          <li>
            <a href={`/reports/${year}/edit`}>{title}</a> <span class="soft">{say(`state.${state}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The civil day of a moment, as people say it. */
export function dayOf(
  moment: Temporal.Instant,
  reader: { timeZone: string; date: (day: Temporal.PlainDate, options?: Intl.DateTimeFormatOptions) => string },
): string {
  return reader.date(moment.toZonedDateTimeISO(reader.timeZone).toPlainDate(), { day: 'numeric', month: 'long', year: 'numeric' })
}
