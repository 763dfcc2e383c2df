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
  /** Whether a service of this instance makes short addresses. */
  canShorten: boolean
  done?: 'answered'
  /** Its short address, once it was asked for. */
  short?: string
}

export function NoticePage({ notice, canShorten, done, short }: NoticeProps): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const path = `/n/${notice.id}`
  return (
    <Page title={notice.title} isPrivate>
      <h1>{notice.title}</h1>
      {done && <output class="done">{say('answer.done')}</output>}
      {notice.text.split('\n').map((line) => (
        <p>{line}</p>
      ))}
      {notice.picture && (
        <img src={`/images/${notice.picture.split('/').at(-1)}`} alt={say('notice.picture', { title: notice.title })} />
      )}
      <p class="soft">
        {reader.moment(notice.made_at)} · <ReportLink url={platform.addresses.of('board', path)} />
      </p>
      {short !== undefined ? (
        <p class="keep">
          <code>{short}</code>
        </p>
      ) : (
        canShorten && (
          <PostForm action={`${path}/adresse`}>
            <button class="button quiet">{say('notice.shorten')}</button>
          </PostForm>
        )
      )}
      <section class="section" aria-labelledby="answer">
        <h2 id="answer">{say('answer.title')}</h2>
        <PostForm action={`${path}/reponse`} class="stack">
          <TextArea name="text" label={say('answer.text')} rows={4} required />
          <Field
            name="email"
            type="email"
            autoComplete="email"
            label={say('answer.email')}
            hint={say('answer.hint')}
            required
          />
          <Trap />
          <Proof />
          <p>
            <button class="button">{say('answer.act')}</button>
          </p>
        </PostForm>
      </section>
    </Page>
  )
}

/** For the author, behind the link of the e-mail. */
export function Manage({ notice, secret }: { notice: Notice; secret: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={notice.title} isPrivate>
      <h1>{notice.title}</h1>
      <p>{notice.text}</p>
      <div class="actions">
        {notice.state === 'unconfirmed' && (
          <PostForm action={`/gerer/${secret}/confirmer`}>
            <button class="button">{say('manage.confirm')}</button>
          </PostForm>
        )}
        <PostForm action={`/gerer/${secret}/effacer`}>
          <button class="button quiet danger">{say('manage.delete')}</button>
        </PostForm>
      </div>
    </Page>
  )
}
