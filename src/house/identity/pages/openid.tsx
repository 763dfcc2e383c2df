import type { ComponentChildren, JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Notice } from '../../../platform/pages/notice.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { Press } from '../islands/press.island.tsx'
import type { ProviderForm } from '../openid/provider-form.ts'
import { words } from '../words.ts'

/** Scopes with a description; others are shown by name. */
const SAID_SCOPES = ['openid', 'profile', 'email', 'groups', 'offline_access', 'dav', 'mail', 'api'] as const

interface ConsentProps {
  uid: string
  client: string
  /** The address of the application's logo. */
  logo: string | undefined
  /** Host that the person returns to. */
  host: string
  scopes: string[]
}

/** Asks whether an application may access the account. */
export function Consent({ uid, client, logo, host, scopes }: ConsentProps): JSX.Element {
  const { reader, session } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('consent.title', { client })} isPrivate>
      {logo && <img class="portrait" src={logo} alt="" width={96} height={96} />}
      <h1>{say('consent.title', { client })}</h1>
      <p class="lead">{say('consent.lead', { client, host, name: session?.caller.name ?? '' })}</p>
      <ul>
        {scopes.map((scope) => {
          const said = SAID_SCOPES.find((one) => one === scope)
          return <li>{said ? say(`consent.scopes.${said}`) : <code>{scope}</code>}</li>
        })}
      </ul>
      <PostForm action={`/oidc/interaction/${uid}`} class="actions">
        <button type="submit" class="button" name="decision" value="allow">
          {say('consent.allow')}
        </button>
        <button type="submit" class="button quiet" name="decision" value="deny">
          {say('consent.deny')}
        </button>
      </PostForm>
      <p class="soft">{say('consent.later')}</p>
    </Page>
  )
}

/** A form of the provider on one of our pages; it has the provider's own CSRF token. */
function Provided({
  form,
  children,
  ...attributes
}: {
  form: ProviderForm
  id?: string
  class?: string
  children: ComponentChildren
}): JSX.Element {
  return (
    <form {...attributes} method="post" action={form.action}>
      {form.fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

/** Continues to an application, or to the next step; a script presses the button. */
export function GoOn({ form }: { form: ProviderForm }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('go-on.title')} isPrivate>
      <h1>{say('go-on.title')}</h1>
      <Provided form={form} id="go-on">
        <button type="submit" class="button">
          {say('second.act')}
        </button>
      </Provided>
      <Press form="go-on" />
    </Page>
  )
}

/** Confirms a logout that an application requested. */
export function SignOutForApplication({ form }: { form: ProviderForm }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('logout.title')} isPrivate>
      <h1>{say('logout.title')}</h1>
      <p class="lead">{say('logout.application')}</p>
      <Provided form={form} class="actions">
        <button type="submit" class="button" name="logout" value="yes" autoFocus>
          {say('logout.act')}
        </button>
        <button type="submit" class="button quiet">
          {say('logout.stay')}
        </button>
      </Provided>
    </Page>
  )
}

/** Signed out; the frames of this page are the front-channel logouts. */
export function SignedOut({ opened }: { opened: string[] }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Notice title={say('logout.done')} text={say('logout.done-text')}>
      {opened.map((address) => (
        <iframe src={address} title={say('logout.frame')} hidden sandbox="allow-scripts allow-same-origin" />
      ))}
      <p>
        <a class="button" href={usePage().platform.addresses.portal('/')}>
          {say('profile.services')}
        </a>
      </p>
    </Notice>
  )
}

/** Takes the code that a device without a keyboard shows. */
export function UserCode({ form, isWrong }: { form: ProviderForm; isWrong: boolean }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('device.title')} isPrivate>
      <h1>{say('device.title')}</h1>
      <p class="lead">{say('device.lead')}</p>
      {isWrong && (
        <p class="error" id="code-error" role="alert">
          {say('device.wrong')}
        </p>
      )}
      <Provided form={form} class="act">
        <label for="user_code">{say('device.code')}</label>
        <input
          id="user_code"
          name="user_code"
          type="text"
          autoComplete="off"
          autoCapitalize="characters"
          spellcheck={false}
          maxLength={20}
          autoFocus
          aria-invalid={isWrong ? 'true' : undefined}
          aria-describedby={isWrong ? 'code-error' : undefined}
        />
        <button type="submit" class="button">
          {say('second.act')}
        </button>
      </Provided>
    </Page>
  )
}

/** Asks to compare the code with the one on the device. */
export function ConfirmDevice({
  form,
  client,
  userCode,
}: {
  form: ProviderForm
  client: string
  userCode: string
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('device.confirm', { client })} isPrivate>
      <h1>{say('device.confirm', { client })}</h1>
      <p class="lead">{say('device.compare')}</p>
      <p class="result">
        <output>{userCode}</output>
      </p>
      <Provided form={form} class="actions">
        <button type="submit" class="button" autoFocus>
          {say('consent.allow')}
        </button>
        <button type="submit" class="button quiet" name="abort" value="yes">
          {say('consent.deny')}
        </button>
      </Provided>
    </Page>
  )
}

export function DeviceDone(): JSX.Element {
  const say = usePage().reader.say(words)
  return <Notice title={say('device.done')} text={say('device.done-text')} />
}

/** An error of the provider, in the terms of the standard: they are for the developer of the application. */
export function ProviderFailed({ title, detail }: { title: string; detail: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Notice title={say('failed.title')} text={say('failed.text')}>
      <p>
        <code>{title}</code> {detail}
      </p>
    </Notice>
  )
}
