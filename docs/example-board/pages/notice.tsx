import type { JSX } from 'preact'
import { usePage } from '../../../src/platform/pages/context.ts'
import { Field, TextArea } from '../../../src/platform/pages/field.tsx'
import { Proof } from '../../../src/platform/pages/islands/proof.island.tsx'
import { Page } from '../../../src/platform/pages/page.tsx'
import { PostForm } from '../../../src/platform/pages/post-form.tsx'
import { ReportLink } from '../../../src/platform/pages/report-link.tsx'
import { Trap } from '../../../src/platform/pages/trap.tsx'
import type { Notice } from '../notices.ts'
import { words } from '../words.ts'

interface NoticeProps {
  notice: Notice
  /** Address of its picture. */
  picture: string | undefined
  /** Whether the reader has put it up. */
  isOwn: boolean
  /** Whether this instance makes short addresses. */
  canShorten: boolean
  shortAddress?: string
  isSent?: boolean
}

export function NoticePage({ notice, picture, isOwn, canShorten, shortAddress, isSent }: NoticeProps): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const { id, title, text, author, ends_at } = notice
  const path = `/notices/${id}`
  return (
    <Page title={title}>
      <h1>{title}</h1>
      {isSent && <output class="done">{say('notice.sent')}</output>}
      {picture && <img src={picture} alt={say('notice.picture', { title })} />}
      {text.split('\n').map((line) => (
        <p>{line}</p>
      ))}
      <p class="soft">{say('notice.until', { moment: reader.moment(ends_at) })}</p>
      {isOwn ? (
        <div class="actions">
          {canShorten && (
            <PostForm action={`${path}/short-address`}>
              <button class="button quiet">{say('notice.shorten')}</button>
            </PostForm>
          )}
          <PostForm action={`${path}/deletion`}>
            <button class="button quiet danger">{say('notice.delete')}</button>
          </PostForm>
        </div>
      ) : (
        author !== null && <AnswerForm action={`${path}/answers`} />
      )}
      {shortAddress && <output class="done">{say('notice.short', { address: shortAddress })}</output>}
      <p>
        <ReportLink url={platform.addresses.of('board', path)} />
      </p>
    </Page>
  )
}

function AnswerForm({ action }: { action: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <section class="section">
      <h2>{say('answer.title')}</h2>
      <PostForm action={action} class="stack">
        <TextArea name="text" label={say('answer.text')} rows={5} required />
        <Field
          name="email"
          type="email"
          autoComplete="email"
          label={say('answer.email')}
          hint={say('answer.email-hint')}
          required
        />
        <Trap />
        <Proof />
        <p>
          <button class="button">{say('answer.act')}</button>
        </p>
      </PostForm>
    </section>
  )
}
