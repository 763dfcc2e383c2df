import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { PasskeyLogin } from '../islands/passkey-login.island.tsx'
import { words } from '../words.ts'
import { Password, Wrong } from './parts.tsx'

/** Browsers offer passwords here, and passkeys (WebAuthn level 3, 5.1.4). */
const AUTOCOMPLETE = 'username webauthn'

/** The one way in. Names of fields and buttons are a contract with password managers (specs/identity.md 3.2). */
export function Login({
  next,
  username = '',
  refusal,
}: {
  next: string
  username?: string
  refusal?: Refusal
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('login.title')} isPrivate>
      <h1>{say('login.title')}</h1>
      <p class="lead">{say('login.lead')}</p>
      <Wrong refusal={refusal} />
      <PostForm action="/login" class="stack">
        <input type="hidden" name="next" value={next} />
        <div>
          <label for="username">{say('login.username')}</label>
          <input
            id="username"
            name="username"
            type="text"
            autoComplete={AUTOCOMPLETE}
            autoCapitalize="off"
            spellcheck={false}
            maxLength={254}
            required
            autoFocus
            defaultValue={username}
            {...described(refusal?.field, 'username')}
          />
        </div>
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
