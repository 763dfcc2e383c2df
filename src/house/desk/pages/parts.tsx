import type { ComponentChildren, JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { ModeratedContent } from '../../../platform/moderation/moderated.ts'
import type { Decision } from '../../../platform/moderation/moderation.ts'
import type { ContentRef } from '../contents.ts'
import { Keys } from '../islands/keys.island.tsx'
import { words } from '../words.ts'

const TABS = [
  ['queue', '/file'],
  ['blocks', '/blocages'],
  ['journal', '/journal'],
] as const

/** Shortcuts; elements bear them in `data-key`. */
const SHORTCUTS = ['n', 'j', 'k', 'Enter', 'a', 'h', 'r', 'b', 's', 'd', 'u', 'z', 'Escape'] as const
const SHOWN: Readonly<Record<string, string>> = { Enter: '↵', Escape: 'Esc' }

/** The decision that the moderator has just made. */
export interface JustDone {
  /** The decision, which can be undone. */
  decision: ContentRef & Decision
  /** Their number of decisions in half an hour, when a break is due. */
  recent?: number
}

interface DeskPageProps {
  title: string
  tab?: (typeof TABS)[number][0]
  just?: JustDone | undefined
  children: ComponentChildren
}

/** A page for moderators, with the keyboard shortcuts. */
export function DeskPage({ title, tab, just, children }: DeskPageProps): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={`${title} – ${say('desk.title')}`} width="wide" isPrivate>
      <nav class="rooms" aria-label={say('desk.title')}>
        <ul>
          {TABS.map(([name, path]) => (
            <li>
              <a
                href={path}
                aria-current={name === tab ? 'page' : undefined}
                data-key={name === 'queue' ? 'Escape' : undefined}
              >
                {say(`desk.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {just && (
        <PostForm action={`/decisions/${just.decision.id}/annulation`} class="done-act">
          <output class="done">
            {say('desk.decided', {
              what: just.decision.content,
              verdict: say(just.decision.asksSecond ? 'verdicts.asked' : `verdicts.${just.decision.decision}`),
              count: just.decision.changed,
            })}
          </output>{' '}
          <button class="button quiet" data-key="z">
            {say('desk.undo')}
          </button>
        </PostForm>
      )}
      {just?.recent && <p class="notice">{say('desk.pause', { count: just.recent })}</p>}
      {children}
      <Keys
        words={{
          title: say('keys.title'),
          on: say('keys.on'),
          off: say('keys.off'),
          lines: SHORTCUTS.map((key) => `${SHOWN[key] ?? key} ${say(`keys.${key}`)}`),
        }}
      />
    </Page>
  )
}

/** The shortcut of the element beside it. */
export function Key({ name }: { name: string | undefined }): JSX.Element | null {
  if (name === undefined) return null
  return (
    <kbd class="needs-script" aria-hidden="true">
      {name}
    </kbd>
  )
}

/** The state of a content, as a coloured label. */
export function StateLabel({ seen }: { seen: ModeratedContent | undefined }): JSX.Element {
  const say = usePage().reader.say(words)
  const state = seen?.state ?? 'gone'
  return (
    <span class={state === 'shown' ? 'state-good' : state === 'hidden' ? 'state-wait' : 'state-bad'}>
      {say(`stands.${state}`)}
    </span>
  )
}
