import type { JSX } from 'preact'
import { holds } from '../../../platform/access/caller.ts'
import { ROLE_NAMES } from '../../../platform/access/roles.ts'
import { PICTURE_FILES } from '../../../platform/images/redraw.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../../platform/language/languages.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { signedInAddress } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Account } from '../accounts.ts'
import type { SecurityOverview } from '../security-settings.ts'
import { words } from '../words.ts'
import { AccountPage, Done, LoginField, NameField } from './parts.tsx'

/** The details of a person that the page shows. */
export interface ShownPerson {
  account: Account
  /** The address of their picture. */
  picture: string | undefined
  safety: SecurityOverview
  /** The last day of their membership, when it is in the future. */
  memberUntil: Temporal.PlainDate | undefined
}

interface ProfileProps extends ShownPerson {
  done?: 'kept' | 'sent' | 'removed' | undefined
}

/** The profile: the person's details, and the next recommended action. */
export function Profile({ account, picture, safety, memberUntil, done }: ProfileProps): JSX.Element {
  const scope = usePage()
  const { reader, session, platform } = scope
  const say = reader.say(words)
  const roles = session?.caller.roles ?? []
  const duties = platform.services.flatMap(({ name, about: { duty } }) =>
    duty && holds({ roles }, ...duty.roles) ? [{ name, duty }] : [],
  )
  return (
    <AccountPage tab="profile">
      <Done what={done} />
      {safety.next && (
        <p class="keep">
          {say(`safety.next.${safety.next}`)} <a href="/compte/securite">{say('safety.do')}</a>
        </p>
      )}
      <PostForm action="/compte" class="stack">
        <NameField value={account.name} label={say('profile.name')} />
        <LoginField value={account.login} label={say('profile.login')} hint={say('profile.login-hint')} />
        <Field
          name="email"
          type="email"
          autoComplete="email"
          label={say('profile.email')}
          hint={say('profile.email-hint')}
          value={account.email}
        />
        <Select
          name="language"
          label={say('profile.language')}
          value={account.language}
          options={[
            ['', say('profile.language-browser')],
            ...LANGUAGES.map((language) => [language, LANGUAGE_NAMES[language]] as const),
          ]}
        />
        <p>
          <button class="button">{say('profile.act')}</button>
        </p>
      </PostForm>
      {roles.length > 0 && (
        <p>{say('profile.roles', { roles: roles.map((role) => ROLE_NAMES[role][reader.language]).join(', ') })}</p>
      )}
      {memberUntil && (
        <p>
          {say('profile.member-until', { day: reader.date(memberUntil) })}{' '}
          {platform.config.association.join && (
            <a href={platform.config.association.join}>{say('emails.membership-act')}</a>
          )}
        </p>
      )}
      <p class="actions">
        {roles.some((role) => ['employee', 'technician', 'board', 'admin', 'volunteer'].includes(role)) && (
          <a class="button quiet" href="/administration">
            {say('admin.title')}
          </a>
        )}
        {duties.map(({ name, duty }) => (
          <a class="button quiet" href={signedInAddress(scope, name, duty.path)}>
            {duty.act[reader.language]}
          </a>
        ))}
        <a class="button quiet" href={platform.addresses.portal('/_sso?next=/')}>
          {say('profile.services')}
        </a>
        <a class="button quiet" href="/logout">
          {say('logout.act')}
        </a>
      </p>
      <section class="section" aria-labelledby="picture-title">
        <h2 id="picture-title">{say('profile.picture')}</h2>
        <PostForm action="/compte/image" enctype="multipart/form-data" class="stack">
          {picture && <img class="portrait" src={picture} alt={say('profile.picture-alt')} width={96} height={96} />}
          <Field
            name="picture"
            type="file"
            accept={PICTURE_FILES}
            label={say('profile.picture-file')}
            hint={say('profile.picture-hint')}
            required
          />
          <p>
            <button class="button quiet">{say('profile.picture-act')}</button>
          </p>
        </PostForm>
        {picture && (
          <PostForm action="/compte/image/retrait">
            <button class="button quiet danger">{say('profile.picture-remove')}</button>
          </PostForm>
        )}
      </section>
    </AccountPage>
  )
}
