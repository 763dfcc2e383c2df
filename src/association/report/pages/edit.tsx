import type { JSX } from 'preact'
import type { Document } from '../../../platform/documents/document.ts'
import { isGrave } from '../../../platform/figures/gap.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Blocks } from '../../../platform/pages/document.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { ReportText } from '../islands/report-text.island.tsx'
import { typedNumbers } from '../references.ts'
import { words } from '../words.ts'
import type { Comment } from '../writing/comments.ts'
import type { Insert } from '../writing/inserts.ts'
import { paragraphsOf } from '../writing/merge.ts'
import type { JudgedGap, Report } from '../writing/reports.ts'

interface Props {
  report: Report
  document: Document
  inserts: Insert[]
  gaps: JudgedGap[]
  comments: Comment[]
  /** Name of the council member who approved it. */
  approvedBy: string | undefined
  may: { write: boolean; approve: boolean; publish: boolean; comment: boolean }
  done?: 'kept' | 'merged' | 'clash'
}

/** The editor: the text on the left, its preview on the right; the points to check and the comments below. */
export function EditPage({ report, document, inserts, gaps, comments, approvedBy, may, done }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('edit.of', { title: report.title })} width="wide" isPrivate>
      <h1>{report.title}</h1>
      {done && <output class={done === 'clash' ? 'state-wait' : 'state-good'}>{say(`edit.${done}`)}</output>}
      <Workflow report={report} approvedBy={approvedBy} gaps={gaps} may={may} />
      <div class="desk">
        {may.write ? <TextForm report={report} inserts={inserts} /> : <p>{say('edit.read-only')}</p>}
        <section aria-labelledby="preview">
          <h2 id="preview">{say('edit.preview')}</h2>
          <article class="report" lang={document.language} id="preview-page">
            <Blocks blocks={document.blocks} />
          </article>
        </section>
      </div>
      <Typed body={report.body} />
      <Comments report={report} comments={comments} mayComment={may.comment} />
    </Page>
  )
}

/** The state of the report and its next steps. */
function Workflow({
  report: { year, state },
  approvedBy,
  gaps,
  may,
}: Pick<Props, 'report' | 'approvedBy' | 'gaps' | 'may'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const open = gaps.filter((gap) => isGrave(gap) && gap.reason === undefined).length
  return (
    <div class="way">
      <p class={state === 'published' ? 'state-good' : 'state-wait'}>
        {say(`state.${state}`)}
        {approvedBy && ` (${say('edit.approved-by', { name: approvedBy })})`}
      </p>
      <p>
        <a href={`/reports/${year}/gaps`}>{open > 0 ? say('gaps.open', { count: open }) : say('gaps.title')}</a> ·{' '}
        <a href={`/reports/${year}/versions`}>{say('versions.title')}</a> · <a href={`/reports/${year}.pdf`}>PDF</a>
      </p>
      <p class="actions">
        {state === 'draft' && may.write && <Step year={year} to="review" />}
        {state === 'review' && may.approve && <Step year={year} to="approved" />}
        {state === 'approved' && may.publish && <Step year={year} to="published" />}
        {(state === 'review' || state === 'approved') && may.comment && <Step year={year} to="draft" />}
      </p>
    </div>
  )
}

function Step({ year, to }: { year: number; to: 'review' | 'approved' | 'published' | 'draft' }): JSX.Element {
  return (
    <PostForm action={`/reports/${year}/steps`}>
      <input type="hidden" name="to" value={to} />
      <button class={to === 'draft' ? 'button quiet' : 'button'} type="submit">
        {usePage().reader.say(words)(`step.${to}`)}
      </button>
    </PostForm>
  )
}

function TextForm({
  report: { year, title, body, revision },
  inserts,
}: {
  report: Report
  inserts: Insert[]
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <PostForm action={`/reports/${year}/edit`} class="lines">
      <input type="hidden" name="base" value={revision} />
      <div>
        <label for="title">{say('edit.name')}</label>
        <input type="text" id="title" name="title" value={title} required maxLength={300} />
      </div>
      <ReportText
        year={year}
        body={body}
        inserts={inserts.map(({ label, text }) => ({ label, text }))}
        words={{
          text: say('edit.text'),
          hint: say('edit.hint'),
          insert: say('edit.insert'),
          search: say('edit.search'),
          close: say('edit.close'),
          nothing: say('edit.nothing'),
        }}
      />
      <p class="actions">
        <button class="button" type="submit">
          {say('edit.keep')}
        </button>
        <button class="button quiet" type="submit" formAction={`/reports/${year}/preview`} formTarget="_blank">
          {say('edit.preview')}
        </button>
      </p>
    </PostForm>
  )
}

/** Sentences with typed numbers, which do not follow the data. */
function Typed({ body }: { body: string }): JSX.Element | null {
  const { reader } = usePage()
  const say = reader.say(words)
  const sentences = typedNumbers(body)
  if (sentences.length === 0) return null
  return (
    <section class="section" aria-labelledby="typed">
      <h2 id="typed">{say('edit.typed', { count: sentences.length })}</h2>
      <p>{say('edit.typed-why')}</p>
      <ul>
        {sentences.map((sentence) => (
          <li>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}

function Comments({
  report: { year, body },
  comments,
  mayComment,
}: {
  report: Report
  comments: Comment[]
  mayComment: boolean
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const paragraphs = paragraphsOf(body).filter((paragraph) => !paragraph.startsWith('{{'))
  return (
    <section class="section" aria-labelledby="comments">
      <h2 id="comments">{say('comments.title')}</h2>
      {comments.length === 0 && <p>{say('comments.none')}</p>}
      <ul class="comments">
        {comments.map((comment) => (
          <li>
            {comment.quote && <blockquote>{comment.quote}</blockquote>}
            <p>{comment.text}</p>
            <p class="soft">
              {comment.writtenBy}, {reader.moment(comment.writtenAt)}
              {comment.settledBy && `. ${say('comments.settled', { name: comment.settledBy })}`}
            </p>
            {mayComment && !comment.settledBy && (
              <PostForm action={`/reports/${year}/settlements`}>
                <input type="hidden" name="id" value={comment.id} />
                <button class="button quiet" type="submit">
                  {say('comments.settle')}
                </button>
              </PostForm>
            )}
          </li>
        ))}
      </ul>
      {mayComment && (
        <PostForm action={`/reports/${year}/comments`} class="lines">
          <div>
            <label for="quote">{say('comments.quote')}</label>
            <select id="quote" name="quote">
              <option value="">{say('comments.whole')}</option>
              {paragraphs.map((paragraph) => (
                <option value={paragraph.slice(0, 5000)}>{paragraph.replaceAll(/\s+/g, ' ').slice(0, 90)}</option>
              ))}
            </select>
          </div>
          <div>
            <label for="comment">{say('comments.text')}</label>
            <textarea id="comment" name="text" required maxLength={5000} rows={3} />
          </div>
          <button class="button quiet" type="submit">
            {say('comments.add')}
          </button>
        </PostForm>
      )}
    </section>
  )
}
