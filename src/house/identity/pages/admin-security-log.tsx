import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import type { SecurityLogLine } from '../security-log.ts'
import { words } from '../words.ts'
import { SecurityEvents } from './security-log.tsx'
import { AdminPage } from './admin-page.tsx'

/** The security log of all accounts, for administrators. */
export function AdminSecurityLog({
  lines,
  names,
  action,
  older,
}: {
  lines: SecurityLogLine[]
  names: ReadonlyMap<string, string>
  action: string
  older: number | undefined
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AdminPage place="journal">
      <SecurityEvents lines={lines} names={names} hasSubject />
      {older !== undefined && (
        <p>
          <a class="button quiet" href={`/administration/journal?before=${older}&action=${encodeURIComponent(action)}`}>
            {say('admin.older')}
          </a>
        </p>
      )}
    </AdminPage>
  )
}
