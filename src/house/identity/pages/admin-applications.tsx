import type { JSX } from 'preact'
import { ROLE_NAMES, ROLES } from '../../../platform/access/roles.ts'
import { PICTURE_FILES } from '../../../platform/images/redraw.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Choices, Field, Tick } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { ApplicationLine } from '../openid/applications.ts'
import { words } from '../words.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'

interface AdminApplicationsProps {
  applications: ApplicationLine[]
  made?: { client: string; secret: string | undefined }
  initialToken?: string
  done?: AdminDone | undefined
}

/** Lists the applications, with the roles that may use them, and registers new ones. */
export function AdminApplications({ applications, made, initialToken, done }: AdminApplicationsProps): JSX.Element {
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
            <Mark client={client} name={name} hasLogo={logo !== undefined} />
            <PostForm action={`/administration/applications/${encodeURIComponent(client)}/suppression`}>
              <button class="button quiet danger">{say('admin.application-remove', { name })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
      <section class="section" aria-labelledby="new">
        <h2 id="new">{say('admin.application-new')}</h2>
        <PostForm action="/administration/applications" class="stack">
          <Field name="name" label={say('profile.name')} maxLength={100} required />
          <Field name="redirectUris" label={say('admin.application-uris')} placeholder="https://" required />
          <Choices name="roles" label={say('admin.application-who')}>
            {ROLES.map((role) => (
              <Tick name="roles" value={role} label={ROLE_NAMES[role][reader.language]} />
            ))}
          </Choices>
          <Tick name="isPublic" label={say('admin.application-public')} />
          <Tick name="isOwn" label={say('admin.application-is-own')} />
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

/** The logo of an application, as its pages here show it. */
function Mark({ client, name, hasLogo }: { client: string; name: string; hasLogo: boolean }): JSX.Element {
  const say = usePage().reader.say(words)
  const path = `/administration/applications/${encodeURIComponent(client)}/image`
  return (
    <details open={useRefused(path) !== undefined}>
      <summary>{say('admin.application-mark', { name })}</summary>
      <PostForm action={path} enctype="multipart/form-data" prefix={client}>
        <Field
          name="picture"
          type="file"
          accept={PICTURE_FILES}
          label={say('profile.picture-file')}
          required
          act={<button class="button quiet">{say('admin.application-mark-act')}</button>}
        />
      </PostForm>
      {hasLogo && (
        <PostForm action={`${path}/retrait`}>
          <button class="button quiet danger">{say('admin.application-mark-remove')}</button>
        </PostForm>
      )}
    </details>
  )
}
