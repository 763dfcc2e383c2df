import type { JSX } from 'preact'
import { ROLE_NAMES, ROLES } from '../../../platform/access/roles.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import type { ApplicationLine } from '../openid/applications.ts'
import { words } from '../words.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'
import { Wrong } from './parts.tsx'

interface AdminApplicationsProps {
  applications: ApplicationLine[]
  made?: { client: string; secret: string | undefined }
  initialToken?: string
  done?: AdminDone | undefined
  refusal?: Refusal
  written?: { name?: string | undefined; redirectUris?: string | undefined }
}

/** Applications of the house and of others: who may use them, and new ones. */
export function AdminApplications({
  applications,
  made,
  initialToken,
  done,
  refusal,
  written = {},
}: AdminApplicationsProps): JSX.Element {
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
      {refusal?.field === 'picture' && <Wrong refusal={refusal} />}
      <ul class="rows plain">
        {applications.map(({ client, name, hosts, roles, isOwn, logo }) => (
          <li>
            <p>
              {logo && <img class="portrait small" src={logo} alt="" width={48} height={48} />}
              <strong>{name}</strong> <span class="soft">{hosts.join(', ')}</span>
              <br />
              <span class="soft">
                {roles.length > 0
                  ? say('admin.application-roles', {
                      roles: roles.map((role) => ROLE_NAMES[role][reader.language]).join(', '),
                    })
                  : say('admin.application-everyone')}
                {isOwn && ` ${say('admin.application-own')}`}
              </span>
            </p>
            <details>
              <summary>{say('admin.application-mark', { name })}</summary>
              <PostForm
                action={`/administration/applications/${encodeURIComponent(client)}/image`}
                enctype="multipart/form-data"
                class="act"
              >
                <label for={`picture-${client}`}>{say('profile.picture-file')}</label>
                <input
                  id={`picture-${client}`}
                  name="picture"
                  type="file"
                  accept="image/jpeg,image/png,image/webp,image/gif"
                  required
                />
                <button class="button quiet">{say('admin.application-mark-act')}</button>
              </PostForm>
              {logo && (
                <PostForm action={`/administration/applications/${encodeURIComponent(client)}/image/retrait`}>
                  <button class="button quiet danger">{say('admin.application-mark-remove')}</button>
                </PostForm>
              )}
            </details>
            <PostForm action={`/administration/applications/${encodeURIComponent(client)}/suppression`}>
              <button class="button quiet danger">{say('admin.application-remove', { name })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
      <section class="section" aria-labelledby="new">
        <h2 id="new">{say('admin.application-new')}</h2>
        {refusal?.field !== 'picture' && <Wrong refusal={refusal} />}
        <PostForm action="/administration/applications" class="stack">
          <div>
            <label for="name">{say('profile.name')}</label>
            <input id="name" name="name" type="text" maxLength={100} required defaultValue={written.name ?? ''} />
          </div>
          <div>
            <label for="redirectUris">{say('admin.application-uris')}</label>
            <input
              id="redirectUris"
              name="redirectUris"
              type="text"
              required
              defaultValue={written.redirectUris ?? ''}
              placeholder="https://"
            />
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
