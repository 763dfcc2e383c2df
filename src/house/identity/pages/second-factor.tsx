import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { PasskeyLogin } from '../islands/passkey-login.island.tsx'
import { words } from '../words.ts'

/** Asks for the second factor: a code or a passkey. */
export function SecondFactor({ hasCodes, hasKeys }: { hasCodes: boolean; hasKeys: boolean }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('second.title')} isPrivate>
      <h1>{say('second.title')}</h1>
      <p class="lead">{say(hasCodes ? 'second.lead' : 'second.lead-key')}</p>
      <PostForm action="/login/otp" class="stack">
        <Field
          name="code"
          label={say(hasCodes ? 'second.code' : 'second.recovery')}
          hint={say('second.hint')}
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellcheck={false}
          maxLength={40}
          required
          autoFocus
        />
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
