import type { JSX } from 'preact'
import { holds } from '../../../platform/access/caller.ts'
import { ROLE_NAMES } from '../../../platform/access/roles.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../../platform/language/languages.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { signedInAddress } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { Account } from '../accounts.ts'
import type { SecurityOverview } from '../security-settings.ts'
import { words } from '../words.ts'
import { AccountPage, Done, LoginField, NameField, Wrong } from './parts.tsx'

/** What the page shows of somebody. */
export interface ShownPerson {
  account: Account
  /** Where their picture is. */
  picture: string | undefined
  safety: SecurityOverview
  /** The last day of their membership, where it has one that is to come. */
  memberUntil: Temporal.PlainDate | undefined
}

interface ProfileProps extends ShownPerson {
  done?: 'kept' | 'sent' | 'removed' | undefined
  written?: { name?: string | undefined; login?: string | undefined; email?: string | undefined }
  refusal?: Refusal
}

/** The first room: who one is here, and the one thing to do next. */
export function Profile({
  account,
  picture,
  safety,
  memberUntil,
  done,
  written = {},
  refusal,
}: ProfileProps): JSX.Element {
  const scope = usePage()
  const { reader, session, platform } = scope
  const say = reader.say(words)
  const roles = session?.caller.roles ?? []
  const duties = platform.services.flatMap(({ name, about: { duty } }) =>
    duty && holds({ roles }, ...duty.roles) ? [{ name, duty }] : [],
  )
  return (
    <AccountPage room="profile">
      <Done what={done} />
      {safety.next && (
        <p class="keep">
          {say(`safety.next.${safety.next}`)} <a href="/compte/securite">{say('safety.do')}</a>
        </p>
      )}
      <PostForm action="/compte" class="stack">
        <NameField value={written.name ?? account.name} label={say('profile.name')} refusal={refusal} />
        <LoginField
          value={written.login ?? account.login}
          label={say('profile.login')}
          hint={say('profile.login-hint')}
          refusal={refusal}
        />
        <div>
          <label for="email">{say('profile.email')}</label>
          <input
            id="email"
            name="email"
            type="email"
            autoComplete="email"
            defaultValue={written.email ?? account.email ?? ''}
            {...described(refusal?.field, 'email', 'email-hint')}
          />
          <p class="hint" id="email-hint">
            {say('profile.email-hint')}
          </p>
          <Wrong refusal={refusal} field="email" />
        </div>
        <div>
          <label for="language">{say('profile.language')}</label>
          <select id="language" name="language">
            <option value="" selected={!account.language}>
              {say('profile.language-browser')}
            </option>
            {LANGUAGES.map((language) => (
              <option value={language} selected={account.language === language}>
                {LANGUAGE_NAMES[language]}
              </option>
            ))}
          </select>
        </div>
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
            <a href={platform.config.association.join}>{say('letters.membership-act')}</a>
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
          <div>
            <label for="picture">{say('profile.picture-file')}</label>
            <input
              id="picture"
              name="picture"
              type="file"
              accept="image/jpeg,image/png,image/webp,image/gif"
              required
              {...described(refusal?.field, 'picture', 'picture-hint')}
            />
            <p class="hint" id="picture-hint">
              {say('profile.picture-hint')}
            </p>
            <Wrong refusal={refusal} field="picture" />
          </div>
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
