import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { Organisation } from '../organisations.ts'
import { ORGANISATION_ROLES } from '../tables.ts'
import { words } from '../words.ts'
import { Wrong } from './parts.tsx'
import { AdminPage, type AdminDone } from './admin-page.tsx'

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
            <input
              id="slug"
              name="slug"
              type="text"
              maxLength={64}
              required
              {...described(refusal?.field, 'slug', 'slug-hint')}
            />
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
