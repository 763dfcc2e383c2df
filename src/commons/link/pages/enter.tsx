import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { words } from '../words.ts'

/** A link that asks for a password. */
export function Enter({ slug, refusal }: { slug: string; refusal?: Refusal }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const wrong = refusal?.in(reader.language)
  return (
    <Page title={say('enter.title')} isPrivate>
      <h1>{say('enter.title')}</h1>
      <p class="lead">{say('enter.lead')}</p>
      <PostForm action={`/${encodeURIComponent(slug)}`} class="act">
        <label for="password">{say('enter.field')}</label>
        <input
          id="password"
          name="password"
          type="password"
          autoComplete="off"
          maxLength={256}
          autoFocus
          aria-invalid={wrong ? 'true' : undefined}
          aria-describedby={wrong ? 'password-error' : undefined}
        />
        <button class="button">{say('enter.act')}</button>
        {wrong && (
          <p class="error" id="password-error" role="alert">
            <strong>{wrong.title}</strong> {wrong.detail}
          </p>
        )}
      </PostForm>
    </Page>
  )
}
