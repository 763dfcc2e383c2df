import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'

/** Confirms signing out, which ends the session of every service in this browser. */
export function Logout(): JSX.Element {
  const { reader, session } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('logout.title')} isPrivate>
      <h1>{say('logout.title')}</h1>
      <p class="lead">{say('logout.lead', { name: session?.caller.name ?? '' })}</p>
      <PostForm action="/logout">
        <button type="submit" class="button">
          {say('logout.act')}
        </button>
      </PostForm>
    </Page>
  )
}
