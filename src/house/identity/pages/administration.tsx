import type { ComponentChildren, JSX } from 'preact'
import { ROLE_NAMES, ROLES, type Role } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { Account, PersonLine } from '../accounts.ts'
import type { AuditLine } from '../audit.ts'
import type { InvitationLine } from '../invitations.ts'
import type { Organisation, OrganisationLine } from '../organisations.ts'
import type { RecoveryLine } from '../recovery.ts'
import type { Granted } from '../roles.ts'
import type { Safety } from '../safety.ts'
import { ORGANISATION_ROLES, type AccountState } from '../tables.ts'
import { words } from '../words.ts'
import { Deeds } from './journal.tsx'
import { Wrong } from './parts.tsx'

const PLACES = [
  ['people', '/administration'],
  ['invitations', '/administration/invitations'],
  ['organisations', '/administration/organisations'],
  ['recoveries', '/administration/recuperations'],
  ['applications', '/administration/applications'],
  ['journal', '/administration/journal'],
] as const
type Place = (typeof PLACES)[number][0]

/** What was just done, in a word of the address. */
export type AdminDone = 'kept' | 'sent' | 'removed'

export function AdminPage({ place, done, children }: { place: Place; done?: AdminDone | undefined; children: ComponentChildren }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={`${say(`admin.${place}`)} – ${say('admin.title')}`} width="wide" isPrivate>
      <nav class="rooms" aria-label={say('admin.title')}>
        <ul>
          {PLACES.map(([name, path]) => (
            <li>
              <a href={path} aria-current={name === place ? 'page' : undefined}>
                {say(`admin.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h1>{say(`admin.${place}`)}</h1>
      {done && <output class="done">{say(`done.${done}`)}</output>}
      {children}
    </Page>
  )
}

interface PeopleProps {
  people: PersonLine[]
  text: string
  state: AccountState | undefined
  role: Role | undefined
}

/** Everybody who has an account, to be searched. When they were last here is told by the month only. */
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
  safety: Safety
  /** Roles that the reader may give and take. */
  grantable: Role[]
  mayVouch: boolean
  mayAdminister: boolean
  done?: AdminDone | undefined
  refusal?: Refusal
}

/** One person: roles, state, ways back in. What takes something away asks for a reason. */
export function Person({ account, granted, organisations, safety, grantable, mayVouch, mayAdminister, done, refusal }: PersonProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const path = `/administration/personnes/${account.id}`
  return (
    <AdminPage place="people" done={done}>
      <h2>{account.name}</h2>
      <Wrong refusal={refusal} />
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
        <dd>{organisations.map(({ name, role }) => `${name} (${say(`organisations.roles.${role}`)})`).join(', ') || '–'}</dd>
      </dl>
      <section class="section" aria-labelledby="roles">
        <h2 id="roles">{say('admin.roles')}</h2>
        {granted.length === 0 && <p class="soft">{say('admin.no-role')}</p>}
        <ul class="rows plain">
          {granted.map(({ role, until }) => (
            <li>
              <p>
                <strong>{ROLE_NAMES[role][reader.language]}</strong> {until && <span class="soft">{say('admin.until', { day: reader.date(until) })}</span>}
              </p>
              {grantable.includes(role) && (
                <PostForm action={`${path}/roles/${role}/fin`}>
                  <button class="button quiet danger">{say('admin.take', { role: ROLE_NAMES[role][reader.language] })}</button>
                </PostForm>
              )}
            </li>
          ))}
        </ul>
        {grantable.length > 0 && (
          <PostForm action={`${path}/roles`} class="filters">
            <div>
              <label for="give">{say('admin.give')}</label>
              <select id="give" name="role">
                {grantable.map((role) => (
                  <option value={role}>{ROLE_NAMES[role][reader.language]}</option>
                ))}
              </select>
            </div>
            <div>
              <label for="until">{say('admin.last-day')}</label>
              <input id="until" name="until" type="date" />
            </div>
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
          <PostForm action={`${path}/${account.state === 'suspended' ? 'reprise' : 'suspension'}`} class="act">
            <label for="reason">{say('admin.reason')}</label>
            <input id="reason" name="reason" type="text" maxLength={300} required {...described(refusal?.field, 'reason')} />
            <button class={`button ${account.state === 'suspended' ? 'quiet' : 'danger'}`}>
              {say(account.state === 'suspended' ? 'admin.restore-act' : 'admin.suspend-act', { name: account.name })}
            </button>
          </PostForm>
        </section>
      )}
    </AdminPage>
  )
}

interface InvitationsProps {
  waiting: InvitationLine[]
  organisations: { id: string; name: string }[]
  grantable: Role[]
  done?: AdminDone | undefined
  refusal?: Refusal
  written?: { email?: string | undefined; name?: string | undefined }
}

/** Who was asked to come and has not come yet, and the form that asks somebody more. */
export function Invitations({ waiting, organisations, grantable, done, refusal, written = {} }: InvitationsProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="invitations" done={done}>
      {refusal && refusal.field !== 'email' && <Wrong refusal={refusal} />}
      <PostForm action="/administration/invitations" class="fields">
        <div>
          <label for="email">{say('organisations.email')}</label>
          <input id="email" name="email" type="email" required defaultValue={written.email ?? ''} {...described(refusal?.field, 'email')} />
          <Wrong refusal={refusal} field="email" />
        </div>
        <div>
          <label for="name">{say('profile.name')}</label>
          <input id="name" name="name" type="text" maxLength={120} defaultValue={written.name ?? ''} />
        </div>
        <div>
          <label for="role">{say('admin.role')}</label>
          <select id="role" name="role">
            <option value="">{say('admin.no-role')}</option>
            {grantable.map((role) => (
              <option value={role} selected={role === 'member'}>
                {ROLE_NAMES[role][reader.language]}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for="organisation">{say('admin.for')}</label>
          <select id="organisation" name="organisation">
            <option value="">{say('admin.nobody')}</option>
            {organisations.map(({ id, name }) => (
              <option value={id}>{name}</option>
            ))}
          </select>
        </div>
        <div>
          <label for="organisationRole">{say('organisations.role')}</label>
          <select id="organisationRole" name="organisationRole">
            {ORGANISATION_ROLES.map((one) => (
              <option value={one}>{say(`organisations.roles.${one}`)}</option>
            ))}
          </select>
        </div>
        <p>
          <button class="button">{say('admin.invite-act')}</button>
        </p>
      </PostForm>
      <section class="section" aria-labelledby="waiting">
        <h2 id="waiting">{say('admin.waiting')}</h2>
        {waiting.length === 0 && <p class="soft">{say('admin.waiting-none')}</p>}
        <ul class="rows plain">
          {waiting.map(({ account, name, address, expiresAt }) => (
            <li>
              <p>
                <a href={`/administration/personnes/${account}`}>{name}</a> <span class="soft">{address}</span>
              </p>
              <p class="soft">{say('admin.good-until', { until: reader.moment(expiresAt) })}</p>
            </li>
          ))}
        </ul>
      </section>
    </AdminPage>
  )
}

/** Organisations of the house. */
export function AdminOrganisations({
  organisations,
  text,
  done,
  refusal,
}: {
  organisations: { id: string; slug: string; name: string; people: number }[]
  text: string
  done?: AdminDone | undefined
  refusal?: Refusal
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AdminPage place="organisations" done={done}>
      <search>
        <form method="get" action="/administration/organisations" class="filters">
          <div>
            <label for="q">{say('admin.search')}</label>
            <input id="q" name="q" type="search" defaultValue={text} />
          </div>
          <button class="button quiet">{say('admin.search-act')}</button>
        </form>
      </search>
      <ul class="rows plain">
        {organisations.map(({ id, name, slug, people }) => (
          <li>
            <p>
              <a href={`/administration/organisations/${id}`}>{name}</a> <span class="soft">{slug}</span>
            </p>
            <p>{say('admin.people-count', { count: people })}</p>
          </li>
        ))}
      </ul>
      <section class="section" aria-labelledby="make">
        <h2 id="make">{say('admin.organisation-make')}</h2>
        {refusal && !['slug', 'name'].includes(refusal.field ?? '') && <Wrong refusal={refusal} />}
        <PostForm action="/administration/organisations" class="fields">
          <div>
            <label for="name">{say('admin.organisation-name')}</label>
            <input id="name" name="name" type="text" maxLength={200} required {...described(refusal?.field, 'name')} />
            <Wrong refusal={refusal} field="name" />
          </div>
          <div>
            <label for="slug">{say('admin.organisation-slug')}</label>
            <input id="slug" name="slug" type="text" maxLength={64} required {...described(refusal?.field, 'slug', 'slug-hint')} />
            <p class="hint" id="slug-hint">
              {say('admin.organisation-slug-hint')}
            </p>
            <Wrong refusal={refusal} field="slug" />
          </div>
          <p>
            <button class="button">{say('admin.organisation-act')}</button>
          </p>
        </PostForm>
      </section>
    </AdminPage>
  )
}

/** Who acts for an organisation; where nobody is left to, the board names somebody. */
export function AdminOrganisation({
  organisation,
  done,
  refusal,
}: {
  organisation: Organisation
  done?: AdminDone | undefined
  refusal?: Refusal
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AdminPage place="organisations" done={done}>
      <h2>{organisation.name}</h2>
      <Wrong refusal={refusal} />
      <ul class="rows plain">
        {organisation.people.map(({ account, name, login, role }) => (
          <li>
            <p>
              <a href={`/administration/personnes/${account}`}>{name}</a> <span class="soft">{login}</span>
            </p>
            <p>{say(`organisations.roles.${role}`)}</p>
          </li>
        ))}
      </ul>
      <PostForm action={`/administration/organisations/${organisation.id}/personnes`} class="fields">
        <div>
          <label for="login">{say('admin.who')}</label>
          <input id="login" name="login" type="text" required />
        </div>
        <div>
          <label for="role">{say('organisations.role')}</label>
          <select id="role" name="role">
            {ORGANISATION_ROLES.map((one) => (
              <option value={one}>{say(`organisations.roles.${one}`)}</option>
            ))}
          </select>
        </div>
        <p>
          <button class="button">{say('admin.name-act')}</button>
        </p>
      </PostForm>
    </AdminPage>
  )
}

/** People who have lost their second factor: a second voice is wanted, then a day passes. */
export function Recoveries({
  waiting,
  names,
  own,
  done,
  refusal,
}: {
  waiting: RecoveryLine[]
  names: ReadonlyMap<string, string>
  own: string
  done?: AdminDone | undefined
  refusal?: Refusal
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="recoveries" done={done}>
      <p class="lead">{say('admin.recoveries-lead')}</p>
      <Wrong refusal={refusal} />
      {waiting.length === 0 && <p class="soft">{say('admin.recoveries-none')}</p>}
      <ul class="rows plain">
        {waiting.map(({ id, account, name, login, createdAt, vouchedBy, vouchedAt }) => (
          <li>
            <p>
              <a href={`/administration/personnes/${account}`}>{name}</a> <span class="soft">{login}</span>
              <br />
              <span class="soft">
                {say('admin.vouched-by', { names: vouchedBy.map((one) => names.get(one) ?? '?').join(', '), since: reader.moment(createdAt) })}
              </span>
            </p>
            {vouchedAt ? (
              <p>{say('admin.open-from', { from: reader.moment(vouchedAt.add({ hours: 24 })) })}</p>
            ) : (
              !vouchedBy.includes(own) && (
                <PostForm action={`/administration/recuperations/${id}`}>
                  <button class="button quiet">{say('admin.vouch-second', { name })}</button>
                </PostForm>
              )
            )}
          </li>
        ))}
      </ul>
    </AdminPage>
  )
}

/** Everything that was done, for those who look after accounts. */
export function AdminJournal({
  lines,
  names,
  action,
  older,
}: {
  lines: AuditLine[]
  names: ReadonlyMap<string, string>
  action: string
  older: number | undefined
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AdminPage place="journal">
      <Deeds lines={lines} names={names} hasSubject />
      {older !== undefined && (
        <p>
          <a class="button quiet" href={`/administration/journal?before=${older}&action=${encodeURIComponent(action)}`}>
            {say('admin.older')}
          </a>
        </p>
      )}
    </AdminPage>
  )
}
