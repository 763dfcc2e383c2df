import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Notice } from '../../../platform/pages/notice.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { words } from '../words.ts'

/** « I have no access any more »: by mail, or at a permanence. */
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

/** The same whoever asked for whomever. */
export function LetterSent(): JSX.Element {
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

/** A new address asks for one press: letters are opened by machines too. */
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
