import type { JSX } from 'preact'
import { ROLE_NAMES, ROLES, type Role } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Account, PersonLine } from '../accounts.ts'
import type { OrganisationLine } from '../organisations.ts'
import type { Granted } from '../roles.ts'
import type { SecurityOverview } from '../security-settings.ts'
import { type AccountState } from '../tables.ts'
import { words } from '../words.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'

interface PeopleProps {
  people: PersonLine[]
  text: string
  state: AccountState | undefined
  role: Role | undefined
}

/** Searches the accounts. The last use is shown by month only. */
export function People({ people, text, state, role }: PeopleProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="people">
      <search>
        <form method="get" action="/administration" class="filters">
          <div>
            <label for="q">{say('admin.search')}</label>
            <input id="q" name="q" type="search" defaultValue={text} />
          </div>
          <div>
            <label for="state">{say('admin.state')}</label>
            <select id="state" name="state">
              <option value="">{say('admin.any')}</option>
              {(['invited', 'active', 'suspended', 'closing'] as const).map((one) => (
                <option value={one} selected={one === state}>
                  {say(`states.${one}`)}
                </option>
              ))}
            </select>
          </div>
          <div>
            <label for="role">{say('admin.role')}</label>
            <select id="role" name="role">
              <option value="">{say('admin.any')}</option>
              {ROLES.map((one) => (
                <option value={one} selected={one === role}>
                  {ROLE_NAMES[one][reader.language]}
                </option>
              ))}
            </select>
          </div>
          <button class="button quiet">{say('admin.search-act')}</button>
        </form>
      </search>
      <p class="soft">{say('admin.found', { count: people.length })}</p>
      <section class="scrolls" tabIndex={0} aria-label={say('admin.people')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('profile.name')}</th>
              <th scope="col">{say('login.username')}</th>
              <th scope="col">{say('admin.state')}</th>
              <th scope="col">{say('admin.role')}</th>
              <th scope="col">{say('admin.second')}</th>
              <th scope="col">{say('admin.seen')}</th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ id, name, login, email, state: theirs, roles, hasSecondFactor, lastSeenOn }) => (
              <tr>
                <th scope="row">
                  <a href={`/administration/personnes/${id}`}>{name}</a>
                </th>
                <td>
                  {login} <span class="soft">{email}</span>
                </td>
                <td>{say(`states.${theirs}`)}</td>
                <td>{roles.map((one) => ROLE_NAMES[one][reader.language]).join(', ')}</td>
                <td>{say(hasSecondFactor ? 'yes' : 'no')}</td>
                <td>{lastSeenOn ? reader.date(lastSeenOn, { month: 'long', year: 'numeric' }) : say('never')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </AdminPage>
  )
}

interface PersonProps {
  account: Account
  granted: Granted[]
  organisations: OrganisationLine[]
  safety: SecurityOverview
  /** Roles that the administrator may grant and revoke. */
  grantable: Role[]
  mayVouch: boolean
  mayAdminister: boolean
  done?: AdminDone | undefined
}

/** One account: roles, state, recovery. Restrictive actions require a reason. */
export function Person({
  account,
  granted,
  organisations,
  safety,
  grantable,
  mayVouch,
  mayAdminister,
  done,
}: PersonProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const path = `/administration/personnes/${account.id}`
  return (
    <AdminPage place="people" done={done}>
      <h2>{account.name}</h2>
      <dl class="stated">
        <dt>{say('login.username')}</dt>
        <dd>{account.login}</dd>
        <dt>{say('profile.email')}</dt>
        <dd>{account.email ?? '–'}</dd>
        <dt>{say('admin.state')}</dt>
        <dd>
          {say(`states.${account.state}`)} {account.state_reason && <span class="soft">({account.state_reason})</span>}
        </dd>
        <dt>{say('admin.second')}</dt>
        <dd>{say('admin.factors', { keys: safety.passkeys, codes: say(safety.hasTotp ? 'yes' : 'no') })}</dd>
        <dt>{say('admin.organisations')}</dt>
        <dd>
          {organisations.map(({ name, role }) => `${name} (${say(`organisations.roles.${role}`)})`).join(', ') || '–'}
        </dd>
      </dl>
      <section class="section" aria-labelledby="roles">
        <h2 id="roles">{say('admin.roles')}</h2>
        {granted.length === 0 && <p class="soft">{say('admin.no-role')}</p>}
        <ul class="rows plain">
          {granted.map(({ role, until }) => (
            <li>
              <p>
                <strong>{ROLE_NAMES[role][reader.language]}</strong>{' '}
                {until && <span class="soft">{say('admin.until', { day: reader.date(until) })}</span>}
              </p>
              {grantable.includes(role) && (
                <PostForm action={`${path}/roles/${role}/fin`}>
                  <button class="button quiet danger">
                    {say('admin.take', { role: ROLE_NAMES[role][reader.language] })}
                  </button>
                </PostForm>
              )}
            </li>
          ))}
        </ul>
        {grantable.length > 0 && (
          <PostForm action={`${path}/roles`} class="filters">
            <Select
              name="role"
              label={say('admin.give')}
              options={grantable.map((role) => [role, ROLE_NAMES[role][reader.language]])}
            />
            <Field name="until" type="date" label={say('admin.last-day')} />
            <button class="button quiet">{say('admin.give-act')}</button>
          </PostForm>
        )}
      </section>
      {mayAdminister && account.state === 'invited' && (
        <section class="section">
          <PostForm action={`${path}/invitation`}>
            <button class="button">{say('admin.invite-again')}</button>
          </PostForm>
        </section>
      )}
      {mayVouch && ['active', 'closing'].includes(account.state) && (
        <section class="section" aria-labelledby="vouch">
          <h2 id="vouch">{say('admin.vouch')}</h2>
          <p>{say('admin.vouch-text')}</p>
          <PostForm action={`${path}/recuperation`}>
            <button class="button quiet">{say('admin.vouch-act', { name: account.name })}</button>
          </PostForm>
        </section>
      )}
      {mayAdminister && account.state !== 'erased' && (
        <section class="section" aria-labelledby="rest">
          <h2 id="rest">{say(account.state === 'suspended' ? 'admin.restore' : 'admin.suspend')}</h2>
          <p>{say(account.state === 'suspended' ? 'admin.restore-text' : 'admin.suspend-text')}</p>
          <PostForm action={`${path}/${account.state === 'suspended' ? 'reprise' : 'suspension'}`}>
            <Field
              name="reason"
              label={say('admin.reason')}
              maxLength={300}
              required
              act={
                <button class={`button ${account.state === 'suspended' ? 'quiet' : 'danger'}`}>
                  {say(account.state === 'suspended' ? 'admin.restore-act' : 'admin.suspend-act', {
                    name: account.name,
                  })}
                </button>
              }
            />
          </PostForm>
        </section>
      )}
    </AdminPage>
  )
}
