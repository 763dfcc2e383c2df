import type { JSX } from 'preact'
import { ROLE_NAMES, type Role } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { InvitationLine } from '../invitations.ts'
import { NAME } from '../accounts.ts'
import { words } from '../words.ts'
import { organisationRoles } from './organisation-roles.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'

interface InvitationsProps {
  waiting: InvitationLine[]
  organisations: { id: string; name: string }[]
  grantable: Role[]
  done?: AdminDone | undefined
}

/** Lists the pending invitations, with a form for a new one. */
export function Invitations({ waiting, organisations, grantable, done }: InvitationsProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="invitations" done={done}>
      <PostForm action="/administration/invitations" class="fields">
        <Field name="email" type="email" label={say('organisations.email')} required />
        <Field name="name" label={say('profile.name')} maxLength={NAME.longest} />
        <Select
          name="role"
          label={say('admin.role')}
          value="member"
          options={[
            ['', say('admin.no-role')],
            ...grantable.map((role) => [role, ROLE_NAMES[role][reader.language]] as const),
          ]}
        />
        <Select
          name="organisation"
          label={say('admin.for')}
          options={[['', say('admin.nobody')], ...organisations.map(({ id, name }) => [id, name] as const)]}
        />
        <Select name="organisationRole" label={say('organisations.role')} options={organisationRoles(say)} />
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
