import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Account } from '../accounts.ts'
import { FIRST_ADDRESS } from '../first-administrator.ts'
import { PasskeyAdd } from '../islands/passkey-add.island.tsx'
import { words } from '../words.ts'
import { LoginField, NameField, Password } from './parts.tsx'

/** An invitation: the person chooses a name, a login, and a passkey or a password. */
export function Invited({ account, secret }: { account: Account; secret: string }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const isFirst = account.email === FIRST_ADDRESS
  const name = account.name === account.login ? '' : account.name
  const path = `/invitation/${secret}`
  const wrong = useRefused(path)?.fields ?? {}
  return (
    <Page title={say('invited.title')} isPrivate>
      <h1>{say('invited.title')}</h1>
      <p class="lead">{say('invited.lead', { house: platform.association.name })}</p>
      <PostForm action={path} id="joining" class="stack">
        {isFirst && <Field name="email" type="email" autoComplete="email" label={say('invited.email')} required />}
        <NameField value={name} label={say('invited.name')} hint={say('invited.name-hint')} />
        <LoginField value={account.login} label={say('invited.login')} hint={say('invited.login-hint')} />
        <section class="needs-script">
          <h2>{say('invited.passkey-title')}</h2>
          <p>{say('invited.passkey-text')}</p>
          <PasskeyAdd
            options={`${path}/passkey/options`}
            verify={`${path}/passkey`}
            form="joining"
            next="/portail"
            act={say('invited.passkey-act')}
            failed={say('passkeys.failed')}
          />
        </section>
        <details class="options" open={wrong['password'] !== undefined}>
          <summary>{say('invited.password-title')}</summary>
          <Password id="password" label={say('password.new')} isNew />
          <p>
            <button type="submit" class="button">
              {say('invited.password-act')}
            </button>
          </p>
        </details>
      </PostForm>
    </Page>
  )
}
