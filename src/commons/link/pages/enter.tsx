import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'

/** The password page of a link. */
export function Enter({ slug }: { slug: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('enter.title')} isPrivate>
      <h1>{say('enter.title')}</h1>
      <p class="lead">{say('enter.lead')}</p>
      <PostForm action={`/${encodeURIComponent(slug)}`}>
        <Field
          name="password"
          type="password"
          label={say('enter.field')}
          autoComplete="off"
          maxLength={256}
          autoFocus
          act={<button class="button">{say('enter.act')}</button>}
        />
      </PostForm>
    </Page>
  )
}
