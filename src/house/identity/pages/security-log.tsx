import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import type { SecurityLogLine } from '../security-log.ts'
import { words } from '../words.ts'
import { AccountPage } from './parts.tsx'

/** The security log of an account, for its owner. */
export function SecurityLogPage({
  lines,
  names,
}: {
  lines: SecurityLogLine[]
  names: ReadonlyMap<string, string>
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <AccountPage tab="journal">
      <p class="lead">{say('journal.lead')}</p>
      <SecurityEvents lines={lines} names={names} />
    </AccountPage>
  )
}

/** Lines of the security log as a table. */
export function SecurityEvents({
  lines,
  names,
  hasSubject = false,
}: {
  lines: SecurityLogLine[]
  names: ReadonlyMap<string, string>
  hasSubject?: boolean
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="scrolls" tabIndex={0} aria-label={say('rooms.journal')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say('journal.when')}</th>
            <th scope="col">{say('journal.what')}</th>
            <th scope="col">{say('journal.who')}</th>
            {hasSubject && <th scope="col">{say('journal.whom')}</th>}
            <th scope="col">{say('journal.from')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ at, action, actor, subject, network, detail }) => (
            <tr>
              <td>{reader.moment(at)}</td>
              <td>
                {words.find(reader.language, `deeds.${action.replaceAll('.', '-')}`)}{' '}
                <span class="soft">
                  {Object.values(detail)
                    .filter((value) => value !== null && value !== '')
                    .join(', ')}
                </span>
              </td>
              <td>{actor ? (names.get(actor) ?? say('journal.gone')) : say('journal.house')}</td>
              {hasSubject && <td>{subject ? (names.get(subject) ?? say('journal.gone')) : ''}</td>}
              <td>{network}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
