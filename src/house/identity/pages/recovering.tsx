import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Account } from '../accounts.ts'
import { words } from '../words.ts'
import { Password } from './parts.tsx'

/** Sets a new password, by the address of an e-mail. */
export function Recovering({
  account,
  kind,
  secret,
}: {
  account: Account
  kind: 'mail' | 'vouched'
  secret: string
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('recovering.title')} isPrivate>
      <h1>{say('recovering.title')}</h1>
      <p class="lead">
        {say(kind === 'mail' ? 'recovering.lead' : 'recovering.lead-vouched', { login: account.login })}
      </p>
      <PostForm action={`/recovery/${secret}`} class="stack">
        <input type="hidden" name="username" autoComplete="username" value={account.login} />
        <Password id="password" label={say('password.new')} isNew />
        <p>
          <button type="submit" class="button">
            {say('recovering.act')}
          </button>
        </p>
      </PostForm>
      <PostForm action={`/recovery/${secret}/cancellation`}>
        <p>{say('recovering.not-you')}</p>
        <button type="submit" class="button quiet">
          {say('recovering.cancel')}
        </button>
      </PostForm>
    </Page>
  )
}
