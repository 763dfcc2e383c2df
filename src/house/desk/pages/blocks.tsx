import type { ComponentChildren, JSX } from 'preact'
import { CATEGORY_NAMES, isCategory } from '../../../platform/moderation/categories.ts'
import type { Banned, Blocked } from '../../../platform/moderation/block-list.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { pathOf } from '../paths.ts'
import { words } from '../words.ts'
import { DeskPage } from './parts.tsx'

/** The blocked contents and banned networks; each can be lifted. */
export function BlocksPage({ blocked, banned }: { blocked: Blocked[]; banned: Banned[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <DeskPage title={say('desk.blocks')} tab="blocks">
      <h1>{say('desk.blocks')}</h1>
      <h2>{say('blocks.blocked')}</h2>
      {blocked.length === 0 && <p>{say('blocks.none')}</p>}
      <ul class="blocks">
        {blocked.map(({ service, content, hash, category, note, by, at, tries }) => (
          <Door
            what={
              <>
                <a href={pathOf({ service, content })}>{content}</a> –{' '}
                {isCategory(category) ? CATEGORY_NAMES[category][reader.language] : category}
              </>
            }
            reason={note}
          >
            <span class="soft">{say('blocks.by', { name: by, moment: reader.moment(at), count: tries })}</span>
            <input type="hidden" name="service" value={service} />
            <input type="hidden" name="hash" value={hash.toString('hex')} />
          </Door>
        ))}
      </ul>
      <h2>{say('blocks.banned')}</h2>
      {banned.length === 0 && <p>{say('blocks.none')}</p>}
      <ul class="blocks">
        {banned.map(({ network, until, reason, by, at, tries }) => (
          <Door
            what={say('blocks.network', { name: network.toString('hex').slice(0, 12), moment: reader.moment(until) })}
            reason={reason}
          >
            <span class="soft">{say('blocks.by', { name: by, moment: reader.moment(at), count: tries })}</span>
            <input type="hidden" name="network" value={network.toString('hex')} />
          </Door>
        ))}
      </ul>
    </DeskPage>
  )
}

function Door({
  what,
  reason,
  children,
}: {
  what: ComponentChildren
  reason: string
  children: ComponentChildren
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <li>
      <p class="wraps">{what}</p>
      <p>{reason}</p>
      <PostForm action="/blocages/levee">
        {children} <button class="button quiet">{say('blocks.lift')}</button>
      </PostForm>
    </li>
  )
}
