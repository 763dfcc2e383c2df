import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { PasskeyLogin } from '../islands/passkey-login.island.tsx'
import { words } from '../words.ts'
import { Wrong } from './parts.tsx'

/** After the password: a code, or a passkey, whatever the person has. */
export function SecondFactor({
  hasCodes,
  hasKeys,
  refusal,
}: {
  hasCodes: boolean
  hasKeys: boolean
  refusal?: Refusal
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('second.title')} isPrivate>
      <h1>{say('second.title')}</h1>
      <p class="lead">{say(hasCodes ? 'second.lead' : 'second.lead-key')}</p>
      <Wrong refusal={refusal} field="code" />
      {refusal && refusal.field !== 'code' && <Wrong refusal={refusal} />}
      <PostForm action="/login/otp" class="stack">
        <div>
          <label for="code">{say(hasCodes ? 'second.code' : 'second.recovery')}</label>
          <input
            id="code"
            name="code"
            type="text"
            autoComplete="one-time-code"
            autoCapitalize="off"
            spellcheck={false}
            maxLength={40}
            required
            autoFocus
            {...described(refusal?.field, 'code', 'code-hint')}
          />
          <p class="hint" id="code-hint">
            {say('second.hint')}
          </p>
        </div>
        <div class="actions">
          <button type="submit" class="button">
            {say('second.act')}
          </button>
          {hasKeys && (
            <PasskeyLogin next="" isFirst={false} act={say('login.passkey')} failed={say('login.passkey-failed')} />
          )}
        </div>
      </PostForm>
      <p>
        <a href="/mot-de-passe-oublie">{say('login.lost')}</a>
      </p>
    </Page>
  )
}
