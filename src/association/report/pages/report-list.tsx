import type { JSX } from 'preact'
import type { Reader } from '../../../platform/language/reader.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Report } from '../writing/reports.ts'
import { words } from '../words.ts'

interface Published {
  year: number
  title: string
  number: number
  publishedAt: Temporal.Instant
}

/**
 * All published reports, and the drafts for their authors.
 *
 * @param next the year of the next report, for those who may begin it
 */
export function ReportList({
  editions,
  drafts,
  next,
}: {
  editions: Published[]
  drafts: Omit<Report, 'body'>[]
  next?: number
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('reports.title')}>
      <h1>{say('reports.title')}</h1>
      {drafts.length > 0 && <Drafts drafts={drafts} />}
      {editions.length === 0 && <p class="lead">{say('reports.none')}</p>}
      <Published editions={editions} />
      {next !== undefined && <Begin year={next} />}
      <p>
        <a href="/">{say('figures.title')}</a>
      </p>
    </Page>
  )
}

/** The form that begins the report of another year. */
function Begin({ year }: { year: number }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <section aria-labelledby="begin">
      <h2 id="begin">{say('reports.begin')}</h2>
      <p>{say('reports.begin-how')}</p>
      <PostForm action="/reports" class="lines">
        <div>
          <label for="year">{say('reports.year')}</label>
          <input
            type="text"
            inputMode="numeric"
            id="year"
            name="year"
            value={year}
            required
            pattern="[0-9]{4}"
            maxLength={4}
          />
        </div>
        <button class="button" type="submit">
          {say('reports.begin-act')}
        </button>
      </PostForm>
    </section>
  )
}

/** The published reports with their files. */
export function Published({ editions }: { editions: Published[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <ul class="entries">
      {editions.map(({ year, title, publishedAt }) => (
        <li>
          <a href={`/reports/${year}`}>{title}</a>
          <span class="soft">
            {say('reports.published', { date: dayOf(publishedAt, reader) })} <a href={`/reports/${year}.pdf`}>PDF</a>,{' '}
            <a href={`/reports/${year}.odt`}>ODT</a>
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

/** Writes the calendar day of a moment. */
export function dayOf(moment: Temporal.Instant, reader: Reader): string {
  return reader.date(moment.toZonedDateTimeISO(reader.timeZone).toPlainDate(), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
}
