import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { InvitedLine, WaitingLine } from '../organisation-invitations.ts'
import type { Organisation, OrganisationLine } from '../organisations.ts'
import { ORGANISATION_ROLES } from '../tables.ts'
import { words } from '../words.ts'
import { organisationRoles } from './organisation-roles.ts'
import { AccountPage, Done } from './parts.tsx'

/** The organisations of a person. */
export function Organisations({
  organisations,
  invited,
  done,
}: {
  organisations: OrganisationLine[]
  invited: InvitedLine[]
  done?: 'removed' | undefined
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AccountPage tab="organisations">
      <Done what={done} />
      <p class="lead">{say('organisations.lead')}</p>
      {invited.length > 0 && (
        <section class="section" aria-labelledby="invited">
          <h2 id="invited">{say('organisations.invited')}</h2>
          <ul class="rows plain">
            {invited.map(({ id, name, role, by }) => (
              <li>
                <p>
                  <strong>{name}</strong> <span class="soft">{say(`organisations.roles.${role}`)}</span>
                  {by !== null && (
                    <>
                      <br />
                      <span class="soft">{say('organisations.invited-by', { by })}</span>
                    </>
                  )}
                </p>
                <div class="actions">
                  <PostForm action={`/compte/organisations/invitations/${id}/acceptation`}>
                    <button class="button" aria-label={say('organisations.accept-of', { name })}>
                      {say('organisations.accept')}
                    </button>
                  </PostForm>
                  <PostForm action={`/compte/organisations/invitations/${id}/refus`}>
                    <button class="button quiet" aria-label={say('organisations.decline-of', { name })}>
                      {say('organisations.decline')}
                    </button>
                  </PostForm>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {organisations.length + invited.length === 0 && <p class="soft">{say('organisations.none')}</p>}
      <ul class="rows plain">
        {organisations.map(({ id, name, role }) => (
          <li>
            <p>
              <a href={`/compte/organisations/${id}`}>
                <strong>{name}</strong>
              </a>{' '}
              <span class="soft">{say(`organisations.roles.${role}`)}</span>
            </p>
          </li>
        ))}
      </ul>
    </AccountPage>
  )
}

interface OrganisationProps {
  organisation: Organisation
  waiting: WaitingLine[]
  /** Whether the person is a manager of it. */
  isManager: boolean
  own: string
  done?: 'kept' | 'sent' | 'removed' | undefined
}

/** The members of an organisation. Its managers invite and remove members without an administrator. */
export function OrganisationPage({ organisation, waiting, isManager, own, done }: OrganisationProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const path = `/compte/organisations/${organisation.id}`
  return (
    <AccountPage tab="organisations">
      <h2>{organisation.name}</h2>
      <Done what={done} />
      <ul class="rows plain">
        {organisation.people.map(({ account, name, login, role }) => (
          <li>
            <p>
              <strong>{name}</strong> <span class="soft">{login}</span>
            </p>
            <p>{say(`organisations.roles.${role}`)}</p>
            {isManager && (
              <div class="actions">
                {account !== own && (
                  <PostForm action={`${path}/personnes/${account}`} class="actions">
                    <label class="sr-only" for={`role-${account}`}>
                      {say('organisations.role')}
                    </label>
                    <select id={`role-${account}`} name="role">
                      {ORGANISATION_ROLES.map((one) => (
                        <option value={one} selected={one === role}>
                          {say(`organisations.roles.${one}`)}
                        </option>
                      ))}
                    </select>
                    <button class="button quiet">{say('organisations.change')}</button>
                  </PostForm>
                )}
                <PostForm action={`${path}/personnes/${account}/depart`}>
                  <button class="button quiet danger">
                    {say(account === own ? 'organisations.leave' : 'organisations.dismiss')}
                  </button>
                </PostForm>
              </div>
            )}
          </li>
        ))}
      </ul>
      {waiting.length > 0 && (
        <section class="section" aria-labelledby="waiting">
          <h2 id="waiting">{say('organisations.waiting')}</h2>
          <ul class="rows plain">
            {waiting.map(({ id, address, role, expiresAt }) => (
              <li>
                <p>
                  <strong>{address}</strong>
                  <br />
                  <span class="soft">{say('organisations.until', { until: reader.moment(expiresAt) })}</span>
                </p>
                <p>{say(`organisations.roles.${role}`)}</p>
                <div class="actions">
                  <PostForm action={`${path}/invitations/${id}`}>
                    <button class="button quiet" aria-label={say('organisations.send-again-to', { address })}>
                      {say('organisations.send-again')}
                    </button>
                  </PostForm>
                  <PostForm action={`${path}/invitations/${id}/retrait`}>
                    <button class="button quiet danger" aria-label={say('organisations.withdraw-of', { address })}>
                      {say('organisations.withdraw')}
                    </button>
                  </PostForm>
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {isManager && (
        <details class="options" open={useRefused(`${path}/personnes`) !== undefined}>
          <summary>{say('organisations.invite')}</summary>
          <PostForm action={`${path}/personnes`} class="stack">
            <Field
              name="email"
              type="email"
              label={say('organisations.email')}
              hint={say('organisations.email-hint')}
              required
            />
            <Select
              name="role"
              label={say('organisations.role')}
              value="contributor"
              options={organisationRoles(say)}
            />
            <p>
              <button class="button">{say('organisations.invite-act')}</button>
            </p>
          </PostForm>
        </details>
      )}
    </AccountPage>
  )
}
