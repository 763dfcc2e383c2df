import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { PAGE, type LogEntry } from '../moderation-log.ts'
import { pathOf } from '../paths.ts'
import { words } from '../words.ts'
import { DeskPage } from './parts.tsx'

/** The moderation log, the newest entry first; every moderator sees the actions of all. */
export function ModerationLogPage({ deeds }: { deeds: LogEntry[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const last = deeds.at(-1)
  return (
    <DeskPage title={say('desk.journal')} tab="journal">
      <h1>{say('desk.journal')}</h1>
      {deeds.length === 0 && <p class="lead">{say('journal.none')}</p>}
      <ul class="queue">
        {deeds.map(({ at, by, what, service, content, said }) => (
          <li>
            <span class="wraps">
              {say(`journal.${what}`)}{' '}
              {service !== null && content !== null && <a href={pathOf({ service, content })}>{content}</a>}
            </span>
            <span class="stranger">{said}</span>
            <span class="soft">{say('journal.by', { name: by, moment: reader.moment(at) })}</span>
          </li>
        ))}
      </ul>
      {last && deeds.length >= PAGE && (
        <p>
          <a href={`/journal?before=${encodeURIComponent(last.at.toString())}`}>{say('queue.more')}</a>
        </p>
      )}
    </DeskPage>
  )
}
