import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { ConfirmPasskey } from '../islands/confirm-passkey.island.tsx'
import type { SecurityOverview } from '../security-settings.ts'
import { words } from '../words.ts'
import { Password } from './parts.tsx'

/** Asks for a re-authentication before a sensitive action, by the methods of the account. */
export function Confirm({ safety, next }: { safety: SecurityOverview; next: string }): JSX.Element {
  const { reader, session } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('confirm.title')} isPrivate>
      <h1>{say('confirm.title')}</h1>
      <p class="lead">{say('confirm.lead', { name: session?.caller.name ?? '' })}</p>
      {safety.passkeys > 0 && (
        <ConfirmPasskey next={next} act={say('confirm.passkey')} failed={say('login.passkey-failed')} />
      )}
      {safety.hasPassword && (
        <PostForm action="/confirmer" class="stack">
          <input type="hidden" name="next" value={next} />
          <Password id="password" label={say('login.password')} />
          <p>
            <button class="button">{say('confirm.act')}</button>
          </p>
        </PostForm>
      )}
      {safety.hasTotp && (
        <PostForm action="/confirmer?code">
          <input type="hidden" name="next" value={next} />
          <Field
            name="code"
            label={say('second.code')}
            autoComplete="one-time-code"
            maxLength={40}
            act={<button class="button quiet">{say('confirm.act')}</button>}
          />
        </PostForm>
      )}
    </Page>
  )
}
