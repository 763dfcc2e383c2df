import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { PasskeyLogin } from '../islands/passkey-login.island.tsx'
import { words } from '../words.ts'
import { Password } from './parts.tsx'

/** Browsers offer passwords and passkeys in this field (WebAuthn level 3, 5.1.4). */
const AUTOCOMPLETE = 'username webauthn'

/** The sign-in page. The names of its fields and buttons are a contract with password managers. */
export function Login({ next }: { next: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('login.title')} isPrivate>
      <h1>{say('login.title')}</h1>
      <p class="lead">{say('login.lead')}</p>
      <PostForm action="/login" class="stack">
        <input type="hidden" name="next" value={next} />
        <Field
          name="username"
          label={say('login.username')}
          autoComplete={AUTOCOMPLETE}
          autoCapitalize="off"
          spellcheck={false}
          maxLength={254}
          required
          autoFocus
        />
        <Password id="password" label={say('login.password')} />
        <div class="actions">
          <button type="submit" class="button">
            {say('login.act')}
          </button>
          <PasskeyLogin next={next} isFirst act={say('login.passkey')} failed={say('login.passkey-failed')} />
        </div>
      </PostForm>
      <p>
        <a href="/mot-de-passe-oublie">{say('login.lost')}</a>
      </p>
    </Page>
  )
}
