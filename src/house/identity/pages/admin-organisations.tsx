import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Select } from '../../../platform/pages/field.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Organisation } from '../organisations.ts'
import { words } from '../words.ts'
import { organisationRoles } from './organisation-roles.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'

/** Lists the organisations. */
export function AdminOrganisations({
  organisations,
  text,
  done,
}: {
  organisations: { id: string; slug: string; name: string; people: number }[]
  text: string
  done?: AdminDone | undefined
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
        <PostForm action="/administration/organisations" class="fields">
          <Field name="name" label={say('admin.organisation-name')} maxLength={200} required />
          <Field
            name="slug"
            label={say('admin.organisation-slug')}
            hint={say('admin.organisation-slug-hint')}
            maxLength={64}
            required
          />
          <p>
            <button class="button">{say('admin.organisation-act')}</button>
          </p>
        </PostForm>
      </section>
    </AdminPage>
  )
}

/** The members of an organisation. The board names a manager where there is none left. */
export function AdminOrganisation({
  organisation,
  done,
}: {
  organisation: Organisation
  done?: AdminDone | undefined
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AdminPage place="organisations" done={done}>
      <h2>{organisation.name}</h2>
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
        <Field name="login" label={say('admin.who')} required />
        <Select name="role" label={say('organisations.role')} options={organisationRoles(say)} />
        <p>
          <button class="button">{say('admin.name-act')}</button>
        </p>
      </PostForm>
    </AdminPage>
  )
}
