import type { ComponentChildren, JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'

const PLACES = [
  ['people', '/administration'],
  ['invitations', '/administration/invitations'],
  ['organisations', '/administration/organisations'],
  ['recoveries', '/administration/recuperations'],
  ['applications', '/administration/applications'],
  ['journal', '/administration/journal'],
] as const
type Place = (typeof PLACES)[number][0]

/** The action that was just done, as a word of the query. */
export type AdminDone = 'kept' | 'sent' | 'removed'

export function AdminPage({
  place,
  done,
  children,
}: {
  place: Place
  done?: AdminDone | undefined
  children: ComponentChildren
}): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={`${say(`admin.${place}`)} – ${say('admin.title')}`} width="wide" isPrivate>
      <nav class="rooms" aria-label={say('admin.title')}>
        <ul>
          {PLACES.map(([name, path]) => (
            <li>
              <a href={path} aria-current={name === place ? 'page' : undefined}>
                {say(`admin.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h1>{say(`admin.${place}`)}</h1>
      {done && <output class="done">{say(`done.${done}`)}</output>}
      {children}
    </Page>
  )
}
