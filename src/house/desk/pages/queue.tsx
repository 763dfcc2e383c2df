import type { JSX } from 'preact'
import type { QueuedContent } from '../../../platform/moderation/moderation.ts'
import type { Waiting } from '../../../platform/moderation/moderated.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { serviceName } from '../../../platform/pages/service-name.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { CATEGORY_NAMES } from '../../../platform/moderation/categories.ts'
import type { ContentRef } from '../contents.ts'
import { pathOf } from '../paths.ts'
import type { ReadSwitch } from '../switches.ts'
import { words } from '../words.ts'
import { DeskPage, StateLabel, type JustDone } from './parts.tsx'

interface QueueProps {
  items: QueuedContent[]
  total: number
  offset: number
  waiting: (ContentRef & Waiting)[]
  switches: ReadSwitch[]
  just: JustDone | undefined
}

/** The contents that wait for a decision, the most urgent first. */
export function QueuePage({ items, total, offset, waiting, switches, just }: QueueProps): JSX.Element {
  const scope = usePage()
  const { reader } = scope
  const say = reader.say(words)
  return (
    <DeskPage title={say('desk.queue')} tab="queue" just={just}>
      <h1>{say('queue.title', { count: total })}</h1>
      {items.length === 0 && offset === 0 && <p class="lead">{say('queue.empty')}</p>}
      {items.length > 0 && (
        <p>
          <a class="button" href="/file/suivant" data-key="n">
            {say('queue.begin')}
          </a>
        </p>
      )}
      <ol class="queue" start={offset + 1}>
        {items.map((item) => (
          <li>
            <a href={pathOf(item)} data-row>
              {titleOf(item)}
            </a>
            <span>
              <strong>{CATEGORY_NAMES[item.category][reader.language]}</strong>,{' '}
              {say('queue.reports', { count: item.reports })}
              {item.isAppealed && `, ${say('queue.appealed')}`} <StateLabel seen={item.seen} />
            </span>
            <span class="soft">
              {serviceName(scope, item.service)} – {say('queue.since', { moment: reader.moment(item.since) })}
            </span>
          </li>
        ))}
      </ol>
      {total > offset + items.length && (
        <p>
          <a href={`/file?offset=${offset + items.length}`}>{say('queue.more')}</a>
        </p>
      )}
      {waiting.length > 0 && (
        <section>
          <h2>{say('queue.waiting', { count: waiting.length })}</h2>
          <p class="soft">{say('queue.waiting-text')}</p>
          <ol class="queue">
            {waiting.map((one) => (
              <li>
                <a href={pathOf(one)} data-row>
                  {one.content}
                </a>
                <span>{one.why[reader.language]}</span>
                <span class="soft">
                  {serviceName(scope, one.service)} – {say('queue.since', { moment: reader.moment(one.since) })}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {switches.length > 0 && (
        <section>
          <h2>{say('queue.switches')}</h2>
          {switches.map((one) => (
            <Switched one={one} />
          ))}
        </section>
      )}
    </DeskPage>
  )
}

function Switched({ one: { service, name, label, choices, value, note } }: { one: ReadSwitch }): JSX.Element {
  const { reader } = usePage()
  return (
    <PostForm action={`/file/reglages/${service}/${name}`} class="switch">
      <p>
        <strong>{label[reader.language]}</strong> {note[reader.language]}
      </p>
      <p class="actions">
        {choices.map((choice) => (
          <button
            class="button quiet"
            name="value"
            value={choice.value}
            aria-pressed={choice.value === value ? 'true' : 'false'}
          >
            {choice.label[reader.language]}
          </button>
        ))}
      </p>
    </PostForm>
  )
}

/** A short name: the title, or the address without the scheme. */
export function titleOf({ content, seen }: Pick<QueuedContent, 'content' | 'seen'>): string {
  return seen?.title ?? seen?.address.replace(/^https?:\/\//, '') ?? content
}
