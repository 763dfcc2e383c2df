import type { JSX } from 'preact'
import { ROLE_NAMES, type Role } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { InvitationLine } from '../invitations.ts'
import { ORGANISATION_ROLES } from '../tables.ts'
import { words } from '../words.ts'
import { Wrong } from './parts.tsx'
import { AdminPage, type AdminDone } from './admin-page.tsx'

interface InvitationsProps {
  waiting: InvitationLine[]
  organisations: { id: string; name: string }[]
  grantable: Role[]
  done?: AdminDone | undefined
  refusal?: Refusal
  written?: { email?: string | undefined; name?: string | undefined }
}

/** Who was asked to come and has not come yet, and the form that asks somebody more. */
export function Invitations({
  waiting,
  organisations,
  grantable,
  done,
  refusal,
  written = {},
}: InvitationsProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="invitations" done={done}>
      {refusal && refusal.field !== 'email' && <Wrong refusal={refusal} />}
      <PostForm action="/administration/invitations" class="fields">
        <div>
          <label for="email">{say('organisations.email')}</label>
          <input
            id="email"
            name="email"
            type="email"
            required
            defaultValue={written.email ?? ''}
            {...described(refusal?.field, 'email')}
          />
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
