import type { JSX } from 'preact'
import { PICTURE_FILES } from '../../../src/platform/images/redraw.ts'
import { usePage } from '../../../src/platform/pages/context.ts'
import { Field, TextArea } from '../../../src/platform/pages/field.tsx'
import { Page } from '../../../src/platform/pages/page.tsx'
import { PostForm } from '../../../src/platform/pages/post-form.tsx'
import { words } from '../words.ts'

/** The file comes last: nothing behind one that is too large is read. */
export function NewNotice(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('new.title')} isPrivate>
      <h1>{say('new.title')}</h1>
      <PostForm action="/new" enctype="multipart/form-data" class="stack">
        <Field name="title" label={say('new.what')} required />
        <TextArea name="text" label={say('new.text')} hint={say('new.text-hint')} rows={8} required />
        <Field name="picture" type="file" accept={PICTURE_FILES} label={say('new.picture')} />
        <p>
          <button class="button">{say('new.act')}</button>
        </p>
      </PostForm>
    </Page>
  )
}
