import type { JSX } from 'preact'
import { usePage } from '../../src/platform/pages/context.ts'
import { Field } from '../../src/platform/pages/field.tsx'
import { Page } from '../../src/platform/pages/page.tsx'
import { PostForm } from '../../src/platform/pages/post-form.tsx'
import { words } from './words.ts'

export function Bell({ rings }: { rings: number }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('title')}>
      <h1>{say('title')}</h1>
      <PostForm action="/">
        <Field name="who" label={say('field')} act={<button class="button">{say('act')}</button>} />
      </PostForm>
      <p>{say('rings', { count: rings })}</p>
    </Page>
  )
}
