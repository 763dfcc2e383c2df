import type { ComponentChildren, JSX } from 'preact'
import { ROLE_NAMES, ROLES } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Notice } from '../../../platform/pages/notice.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { Press } from '../islands/press.island.tsx'
import type { ApplicationLine, GrantLine } from '../openid/applications.ts'
import type { ProviderForm } from '../openid/provider-form.ts'
import { words } from '../words.ts'
import { AdminPage, type AdminDone } from './administration.tsx'
import { AccountPage, Done, Wrong } from './parts.tsx'

/** What each scope means, in plain words; others are shown as they are. */
const SAID_SCOPES = ['openid', 'profile', 'email', 'groups', 'offline_access', 'dav', 'mail', 'api'] as const

interface ConsentProps {
  uid: string
  client: string
  /** Host that the person comes back to. */
  host: string
  scopes: string[]
}

/** Asks whether an application may know who somebody is. */
export function Consent({ uid, client, host, scopes }: ConsentProps): JSX.Element {
  const { reader, session } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('consent.title', { client })} isPrivate>
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

/** A form of the provider's, as one of ours; it has a token of the provider's own making. */
function Provided({ form, children, ...attributes }: { form: ProviderForm; id?: string; class?: string; children: ComponentChildren }): JSX.Element {
  return (
    <form {...attributes} method="post" action={form.action}>
      {form.fields.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

/** On to an application, or to the next step: a script presses the button. */
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

/** An application asks that the person be signed out. */
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

/** Signed out; applications that only the browser can tell are told by the frames of this page. */
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

/** A device without a keyboard shows a code; it is typed here. */
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

/** The code is one of ours: the person compares it with the device. */
export function ConfirmDevice({ form, client, userCode }: { form: ProviderForm; client: string; userCode: string }): JSX.Element {
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

/** What the provider cannot do, in the words of the standard: they are for whoever made the application. */
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

/** Applications that somebody has let in. */
export function Applications({ grants, done }: { grants: GrantLine[]; done?: 'revoked' | undefined }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AccountPage room="applications">
      <Done what={done} />
      <p class="lead">{say('applications.lead')}</p>
      {grants.length === 0 && <p class="soft">{say('applications.none')}</p>}
      <ul class="rows plain">
        {grants.map(({ client, name, since }) => (
          <li>
            <p>
              <strong>{name}</strong> <span class="soft">{say('applications.since', { since: reader.moment(since) })}</span>
            </p>
            <PostForm action={`/compte/applications/${encodeURIComponent(client)}/fin`}>
              <button class="button quiet danger">{say('applications.revoke', { name })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
    </AccountPage>
  )
}

interface AdminApplicationsProps {
  applications: ApplicationLine[]
  made?: { client: string; secret: string | undefined }
  initialToken?: string
  done?: AdminDone | undefined
  refusal?: Refusal
  written?: { name?: string | undefined; redirectUris?: string | undefined }
}

/** Applications of the house and of others: who may use them, and new ones. */
export function AdminApplications({ applications, made, initialToken, done, refusal, written = {} }: AdminApplicationsProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="applications" done={done}>
      {made && (
        <section class="result" aria-labelledby="made">
          <h2 id="made">{say('admin.application-made')}</h2>
          <dl class="stated">
            <dt>client_id</dt>
            <dd>
              <code>{made.client}</code>
            </dd>
            {made.secret && (
              <>
                <dt>client_secret</dt>
                <dd>
                  <code>{made.secret}</code>
                </dd>
              </>
            )}
          </dl>
          <p>{say('devices.secret-text')}</p>
        </section>
      )}
      {initialToken && (
        <section class="result" aria-labelledby="initial">
          <h2 id="initial">{say('admin.initial-token')}</h2>
          <output>{initialToken}</output>
          <p>{say('devices.secret-text')}</p>
        </section>
      )}
      <ul class="rows plain">
        {applications.map(({ client, name, hosts, roles, isOwn }) => (
          <li>
            <p>
              <strong>{name}</strong> <span class="soft">{hosts.join(', ')}</span>
              <br />
              <span class="soft">
                {roles.length > 0
                  ? say('admin.application-roles', { roles: roles.map((role) => ROLE_NAMES[role][reader.language]).join(', ') })
                  : say('admin.application-everyone')}
                {isOwn && ` ${say('admin.application-own')}`}
              </span>
            </p>
            <PostForm action={`/administration/applications/${encodeURIComponent(client)}/suppression`}>
              <button class="button quiet danger">{say('admin.application-remove', { name })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
      <section class="section" aria-labelledby="new">
        <h2 id="new">{say('admin.application-new')}</h2>
        <Wrong refusal={refusal} />
        <PostForm action="/administration/applications" class="stack">
          <div>
            <label for="name">{say('profile.name')}</label>
            <input id="name" name="name" type="text" maxLength={100} required defaultValue={written.name ?? ''} />
          </div>
          <div>
            <label for="redirectUris">{say('admin.application-uris')}</label>
            <input id="redirectUris" name="redirectUris" type="text" required defaultValue={written.redirectUris ?? ''} placeholder="https://" />
          </div>
          <fieldset class="ticks">
            <legend class="label">{say('admin.application-who')}</legend>
            {ROLES.map((role) => (
              <p class="tick">
                <input type="checkbox" id={`role-${role}`} name="roles" value={role} />
                <label for={`role-${role}`}>{ROLE_NAMES[role][reader.language]}</label>
              </p>
            ))}
          </fieldset>
          <p class="tick">
            <input type="checkbox" id="isPublic" name="isPublic" value="1" />
            <label for="isPublic">{say('admin.application-public')}</label>
          </p>
          <p class="tick">
            <input type="checkbox" id="isOwn" name="isOwn" value="1" />
            <label for="isOwn">{say('admin.application-is-own')}</label>
          </p>
          <p>
            <button class="button">{say('admin.application-act')}</button>
          </p>
        </PostForm>
      </section>
      <section class="section" aria-labelledby="self">
        <h2 id="self">{say('admin.initial-title')}</h2>
        <p>{say('admin.initial-text')}</p>
        <PostForm action="/administration/applications/jeton">
          <button class="button quiet">{say('admin.initial-act')}</button>
        </PostForm>
      </section>
    </AdminPage>
  )
}
