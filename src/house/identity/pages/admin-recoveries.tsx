import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { RecoveryLine } from '../recovery.ts'
import { words } from '../words.ts'
import { AdminPage, type AdminDone } from './admin-page.tsx'

/** The pending recoveries of accounts without a second factor: they need two vouchers, then a day's delay. */
export function Recoveries({
  waiting,
  names,
  own,
  done,
}: {
  waiting: RecoveryLine[]
  names: ReadonlyMap<string, string>
  own: string
  done?: AdminDone | undefined
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AdminPage place="recoveries" done={done}>
      <p class="lead">{say('admin.recoveries-lead')}</p>
      {waiting.length === 0 && <p class="soft">{say('admin.recoveries-none')}</p>}
      <ul class="rows plain">
        {waiting.map(({ id, account, name, login, createdAt, vouchedBy, vouchedAt }) => (
          <li>
            <p>
              <a href={`/administration/personnes/${account}`}>{name}</a> <span class="soft">{login}</span>
              <br />
              <span class="soft">
                {say('admin.vouched-by', {
                  names: vouchedBy.map((one) => names.get(one) ?? '?').join(', '),
                  since: reader.moment(createdAt),
                })}
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
