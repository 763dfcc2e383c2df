import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Notice } from '../../../platform/pages/notice.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'

/** Account recovery: by e-mail, or at a support session. */
export function ForgottenPassword(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('forgotten.title')} isPrivate>
      <h1>{say('forgotten.title')}</h1>
      <p class="lead">{say('forgotten.lead')}</p>
      <PostForm action="/mot-de-passe-oublie">
        <Field
          name="username"
          label={say('forgotten.field')}
          autoComplete="username"
          autoCapitalize="off"
          spellcheck={false}
          maxLength={254}
          required
          autoFocus
          act={<button class="button">{say('forgotten.act')}</button>}
        />
      </PostForm>
      <h2>{say('forgotten.phone-title')}</h2>
      <p>{say('forgotten.phone-text')}</p>
    </Page>
  )
}

/** The answer is the same whether or not the account exists. */
export function RecoverySent(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Notice title={say('forgotten.sent')} text={say('forgotten.sent-text')}>
      <p>
        <a class="button" href="/login">
          {say('login.title')}
        </a>
      </p>
    </Notice>
  )
}

/** Confirms a new e-mail address by a button: mail scanners open links too. */
export function AddressConfirmed({ secret, address }: { secret: string; address: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('address.title')} isPrivate>
      <h1>{say('address.title')}</h1>
      <p class="lead">{say('address.lead', { address })}</p>
      <PostForm action={`/adresse/${secret}`}>
        <button class="button">{say('address.act')}</button>
      </PostForm>
    </Page>
  )
}
