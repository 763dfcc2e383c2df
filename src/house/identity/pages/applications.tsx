import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { GrantLine } from '../openid/applications.ts'
import { words } from '../words.ts'
import { AccountPage, Done } from './parts.tsx'

/** The applications that a person has authorized. */
export function Applications({ grants, done }: { grants: GrantLine[]; done?: 'revoked' | undefined }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AccountPage tab="applications">
      <Done what={done} />
      <p class="lead">{say('applications.lead')}</p>
      {grants.length === 0 && <p class="soft">{say('applications.none')}</p>}
      <ul class="rows plain">
        {grants.map(({ client, name, since }) => (
          <li>
            <p>
              <strong>{name}</strong>{' '}
              <span class="soft">{say('applications.since', { since: reader.moment(since) })}</span>
            </p>
            <PostForm action={`/compte/applications/${encodeURIComponent(client)}/fin`}>
              <button class="button quiet danger">{say('applications.revoke', { name })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
    </AccountPage>
  )
}
