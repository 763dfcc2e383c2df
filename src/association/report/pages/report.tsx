import type { JSX } from 'preact'
import { plainText, type Block, type Document } from '../../../platform/documents/document.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Blocks } from '../../../platform/pages/document.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Content } from '../editions/content.ts'
import type { Edition, Erratum } from '../editions/editions.ts'
import { words } from '../words.ts'
import { dayOf } from './report-list.tsx'

/** The permissions of a reader of a published report. */
export interface ReportDesk {
  mayWrite?: boolean
  mayCorrect?: boolean
}

interface Props {
  document: Document
  content: Content
  /** Absent for a draft. */
  edition?: Edition
  errata: Erratum[]
  context: ReportDesk
}

/** A report on one page: its metadata, contents and text with figures, and how to verify it. */
export function ReportPage({ document, content, edition, errata, context }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const { year } = content
  return (
    <Page title={document.title} width="wide" isPrivate={!edition}>
      <h1 lang={document.language}>{document.title}</h1>
      {edition ? <Facts edition={edition} year={year} /> : <Draft year={year} />}
      {errata.length > 0 && <Errata errata={errata} />}
      <Parts blocks={document.blocks} />
      <article class="report" lang={document.language}>
        <Blocks
          blocks={document.blocks}
          after={(block) =>
            block.kind === 'table' && content.tables.some(({ id }) => id === block.id) ? (
              <TableFiles year={year} id={block.id} />
            ) : null
          }
        />
      </article>
      {edition && <Checked edition={edition} year={year} />}
      <p class="noted">{say('document.licence')}</p>
      {edition && (context.mayWrite || context.mayCorrect) && <Team year={year} context={context} />}
    </Page>
  )
}

function Facts({ edition, year }: { edition: Edition; year: number }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <p class="actions">
      <a class="button" href={`/reports/${year}.pdf`}>
        {say('document.pdf')}
      </a>
      <a class="button quiet" href={`/reports/${year}.odt`}>
        {say('document.odt')}
      </a>
      <a class="button quiet" href={`/reports/${year}.json`}>
        {say('document.data')}
      </a>
      <span class="soft">
        {say('document.edition', { number: edition.number, date: dayOf(edition.publishedAt, reader) })}
      </span>
    </p>
  )
}

function Draft({ year }: { year: number }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <p class="state-wait">
      {say('document.draft')} <a href={`/reports/${year}/edit`}>{say('edit.title')}</a>{' '}
      <a href={`/reports/${year}.pdf`}>PDF</a>
    </p>
  )
}

function Errata({ errata }: { errata: Erratum[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="errata" aria-labelledby="errata">
      <h2 id="errata">{say('document.errata')}</h2>
      <ul>
        {errata.map(({ text, writtenAt, edition }) => (
          <li>
            {text}{' '}
            <span class="soft">({say('document.erratum', { date: dayOf(writtenAt, reader), number: edition })})</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Parts({ blocks }: { blocks: Block[] }): JSX.Element | null {
  const say = usePage().reader.say(words)
  const parts = blocks.flatMap((block) => (block.kind === 'heading' && block.level === 2 ? [block] : []))
  if (parts.length < 3) return null
  return (
    <nav class="parts" aria-label={say('document.parts')}>
      <ul>
        {parts.map(({ id, text }) => (
          <li>
            <a href={`#${id}`}>{plainText(text)}</a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function TableFiles({ year, id }: { year: number; id: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <p class="noted files">
      {say('document.table')}{' '}
      {['csv', 'ods', 'json'].map((kind, index) => (
        <>
          {index > 0 && ', '}
          <a href={`/reports/${year}/tables/${id}.${kind}`}>{kind.toUpperCase()}</a>
        </>
      ))}
    </p>
  )
}

/** The actions of authors: begin another edition, or add an erratum. */
function Team({ year, context }: { year: number; context: ReportDesk }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <section class="section" aria-labelledby="team">
      <h2 id="team">{say('team.title')}</h2>
      {context.mayWrite && (
        <p>
          <a href={`/reports/${year}/edit`}>{say('team.edit')}</a>
        </p>
      )}
      {context.mayCorrect && (
        <PostForm action={`/reports/${year}/errata`} class="lines">
          <div>
            <label for="erratum">{say('team.erratum')}</label>
            <textarea id="erratum" name="text" required maxLength={5000} rows={3} />
          </div>
          <button class="button quiet" type="submit">
            {say('team.note')}
          </button>
        </PostForm>
      )}
    </section>
  )
}

/** The checksums that prove that an edition has not changed. */
function Checked({ edition, year }: { edition: Edition; year: number }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const files = [
    [`/reports/${year}/editions/${edition.number}.json`, 'JSON', edition.sum],
    [`/reports/${year}/editions/${edition.number}.pdf`, 'PDF', edition.pdfSum],
    [`/reports/${year}/editions/${edition.number}.odt`, 'ODT', edition.odtSum],
  ] as const
  return (
    <details class="checked">
      <summary>{say('document.unchanged')}</summary>
      <p>{say('document.sums')}</p>
      <dl class="stated">
        {files.map(
          ([href, name, sum]) =>
            sum && (
              <>
                <dt>
                  <a href={href}>{name}</a>
                </dt>
                <dd>
                  <code class="sum">{sum}</code>
                </dd>
              </>
            ),
        )}
      </dl>
    </details>
  )
}
