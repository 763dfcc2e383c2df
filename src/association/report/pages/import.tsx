import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { AllSeries, Known } from '../../../platform/figures/figure.ts'
import { describeComputed, describeGap } from '../../../platform/figures/gap.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import { formatValue } from '../../../platform/figures/numbers.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Choices, Field, Tick } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { placeInWords } from '../editions/content.ts'
import type { ImportLook } from '../importing.ts'
import { REASON } from '../reasons.ts'
import { words } from '../words.ts'

/** Asks for the file of a printed report. */
export function ImportPage(): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('import.title')} isPrivate>
      <p>
        <a href="/chiffres">{say('figures.title')}</a>
      </p>
      <h1>{say('import.title')}</h1>
      <p class="lead">{say('import.lead')}</p>
      <PostForm action="/importer/look" enctype="multipart/form-data">
        <Field
          name="file"
          type="file"
          label={say('import.file')}
          accept="application/json,.json"
          required
          act={
            <button class="button" type="submit">
              {say('import.look')}
            </button>
          }
        />
      </PostForm>
    </Page>
  )
}

interface LookProps {
  /** The file, which is sent along with the form. */
  text: string
  look: ImportLook
  series: AllSeries
  /** Earlier imported tables of the same year. */
  tables: Arrangement[]
}

/** The effect of an import, each conflict beside our value, and the choice of a resolution. */
export function LookPage({ text, look, series, tables }: LookProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const { result, conflicts } = look
  return (
    <Page title={say('import.title')} isPrivate>
      <p>
        <a href="/importer">{say('import.other')}</a>
      </p>
      <h1>{say('import.of', { year: result.year })}</h1>
      <p class="lead">{say('import.would', { series: result.series, tables: result.tables, count: result.points })}</p>
      {conflicts.length > 0 && <Conflicts conflicts={conflicts} series={series} />}
      <PostForm action="/importer" class="lines">
        <input type="hidden" name="file" value={text} />
        {conflicts.length > 0 && <Choice />}
        <button class="button" type="submit">
          {say('import.act')}
        </button>
      </PostForm>
      <Gaps look={look} series={series} tables={tables} />
    </Page>
  )
}

function Conflicts({ conflicts, series }: Pick<LookProps, 'series'> & Pick<ImportLook, 'conflicts'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="table" tabIndex={0} aria-label={say('import.conflicts', { count: conflicts.length })}>
      <table>
        <caption>{say('import.conflicts', { count: conflicts.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('figures.figure')}</th>
            <th scope="col">{say('figure.date')}</th>
            <th scope="col">{say('import.there')}</th>
            <th scope="col">{say('import.told')}</th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map(({ figure, date, there, incoming }) => {
            const one = series.get(figure)
            return (
              <tr>
                <th scope="row">
                  <a href={`/chiffres/${figure}`}>{one?.label[reader.language] ?? figure}</a>
                </th>
                <td>{formatDate(date, reader)}</td>
                <td>
                  <Value known={there} unit={one?.unit ?? 'count'} />
                </td>
                <td>
                  <Value known={incoming} unit={one?.unit ?? 'count'} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

/** A value, or the word for an unknown one. */
function Value({ known, unit }: { known: Known; unit: string }): JSX.Element {
  const { reader } = usePage()
  return <>{formatValue(known, unit, reader) || reader.say(platformWords)('figures.unknown')}</>
}

function Choice(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <>
      <Choices name="choice" label={say('import.which')}>
        <Tick type="radio" name="choice" value="keep" label={say('import.keep')} isTicked />
        <Tick type="radio" name="choice" value="replace" label={say('import.replace')} />
      </Choices>
      <Field name="reason" label={say('import.reason')} maxLength={REASON.longest} />
    </>
  )
}

/** Contradictions of the report, shown before its import. */
function Gaps({ look: { result }, series, tables }: Pick<LookProps, 'look' | 'series' | 'tables'>): JSX.Element | null {
  const { reader } = usePage()
  const say = reader.say(words)
  if (result.gaps.length === 0) return null
  return (
    <details>
      <summary>{say('import.gaps', { count: result.gaps.length })}</summary>
      <ul>
        {result.gaps.map((gap) => (
          <li>
            <strong>{placeInWords(gap.where, { series: [...series.values()], tables }, reader)}</strong>.{' '}
            {describeGap(gap, reader)}.{gap.printed && ` ${say('gaps.printed', { printed: gap.printed })}`}
            {gap.computed && ` ${say('gaps.computed', { computed: describeComputed(gap.computed, reader) })}`}
          </li>
        ))}
      </ul>
    </details>
  )
}
