import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { Account } from '../accounts.ts'
import { FIRST_ADDRESS } from '../first-administrator.ts'
import { PasskeyAdd } from '../islands/passkey-add.island.tsx'
import { words } from '../words.ts'
import { LoginField, NameField, Password, Wrong } from './parts.tsx'

interface Written {
  login?: string | undefined
  name?: string | undefined
  email?: string | undefined
}

/** Somebody opens their invitation: a name, a login, then a passkey or a password, and they are in. */
export function Invited({
  account,
  secret,
  written,
  refusal,
}: {
  account: Account
  secret: string
  written: Written
  refusal?: Refusal
}): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const isFirst = account.email === FIRST_ADDRESS
  const name = written.name ?? (account.name === account.login ? '' : account.name)
  const path = `/invitation/${secret}`
  return (
    <Page title={say('invited.title')} isPrivate>
      <h1>{say('invited.title')}</h1>
      <p class="lead">{say('invited.lead', { house: platform.association.name })}</p>
      {refusal && refusal.field !== 'password' && !['login', 'name', 'email'].includes(refusal.field ?? '') && (
        <Wrong refusal={refusal} />
      )}
      <PostForm action={path} id="joining" class="stack">
        {isFirst && (
          <div>
            <label for="email">{say('invited.email')}</label>
            <input
              id="email"
              name="email"
              type="email"
              autoComplete="email"
              required
              defaultValue={written.email ?? ''}
              {...described(refusal?.field, 'email')}
            />
            <Wrong refusal={refusal} field="email" />
          </div>
        )}
        <NameField value={name} label={say('invited.name')} hint={say('invited.name-hint')} refusal={refusal} />
        <LoginField
          value={written.login ?? account.login}
          label={say('invited.login')}
          hint={say('invited.login-hint')}
          refusal={refusal}
        />
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
        <details class="options" open={refusal?.field === 'password'}>
          <summary>{say('invited.password-title')}</summary>
          <Password id="password" label={say('password.new')} isNew refusal={refusal} />
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
