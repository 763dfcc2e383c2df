import type { JSX } from 'preact'
import { PICTURE_FILES } from '../../../src/platform/images/redraw.ts'
import { usePage } from '../../../src/platform/pages/context.ts'
import { Field, TextArea } from '../../../src/platform/pages/field.tsx'
import { Proof } from '../../../src/platform/pages/islands/proof.island.tsx'
import { Notice as Message } from '../../../src/platform/pages/notice.tsx'
import { Page } from '../../../src/platform/pages/page.tsx'
import { PostForm } from '../../../src/platform/pages/post-form.tsx'
import { Trap } from '../../../src/platform/pages/trap.tsx'
import type { Notice } from '../notices.ts'
import { words } from '../words.ts'

/** The board: the form first, then what is on it. */
export function Board({ notices }: { notices: readonly Notice[] }): JSX.Element {
  const { reader, session } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('title')}>
      <h1>{say('title')}</h1>
      <PostForm action="/" class="stack" enctype="multipart/form-data">
        <Field name="title" label={say('form.title')} required />
        <TextArea name="text" label={say('form.text')} rows={5} required />
        {!session && (
          <Field
            name="email"
            type="email"
            autoComplete="email"
            label={say('form.email')}
            hint={say('form.email-hint')}
            required
          />
        )}
        {!session && (
          <>
            <Trap />
            <Proof />
          </>
        )}
        <Field name="picture" type="file" accept={PICTURE_FILES} label={say('form.picture')} />
        <p>
          <button class="button">{say('form.act')}</button>
        </p>
      </PostForm>
      <section class="section" aria-labelledby="notices">
        <h2 id="notices">{say('list.title')}</h2>
        {notices.length === 0 && <p>{say('list.empty')}</p>}
        <ul>
          {notices.map(({ id, title, made_at: madeAt }) => (
            <li>
              <a href={`/n/${id}`}>{title}</a> <span class="soft">{reader.moment(madeAt)}</span>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  )
}

/** A stranger's notice waits for the link in the e-mail. */
export function Posted({ email }: { email: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return <Message title={say('posted.title')} text={say('posted.text', { email })} />
}
