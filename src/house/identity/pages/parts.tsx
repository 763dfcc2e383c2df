import type { ComponentChildren, JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field, Frame, useField } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { NAME } from '../accounts.ts'
import { PasswordField } from '../islands/password-field.island.tsx'
import { words } from '../words.ts'

/** A field for the current password, or for a new one. */
export function Password({ id, label, isNew = false }: { id: string; label: string; isNew?: boolean }): JSX.Element {
  const say = usePage().reader.say(words)
  const hint = isNew ? say('password.hint') : undefined
  const { wrong, attributes } = useField(id, hint)
  return (
    <Frame name={id} label={label} hint={hint}>
      <PasswordField
        id={id}
        name={id}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        isNew={isNew}
        isWrong={wrong !== undefined}
        describedBy={attributes['aria-describedby'] ?? ''}
        show={say('password.show')}
        hide={say('password.hide')}
        strengths={[
          say('password.strength-0'),
          say('password.strength-1'),
          say('password.strength-2'),
          say('password.strength-3'),
          say('password.strength-4'),
        ]}
      />
    </Frame>
  )
}

/** A field of the person's own account. */
interface OwnField {
  value: string
  label: string
  hint?: string
}

/** The public name. */
export function NameField(field: OwnField): JSX.Element {
  return <Field name="name" autoComplete="name" maxLength={NAME.longest} {...field} />
}

/** The login. */
export function LoginField(field: OwnField): JSX.Element {
  return (
    <Field
      name="login"
      autoComplete="username"
      autoCapitalize="off"
      spellcheck={false}
      maxLength={64}
      required
      {...field}
    />
  )
}

/** The pages of the account. */
const TABS = [
  ['profile', '/compte'],
  ['safety', '/compte/securite'],
  ['devices', '/compte/appareils'],
  ['organisations', '/compte/organisations'],
  ['applications', '/compte/applications'],
  ['data', '/compte/donnees'],
  ['journal', '/compte/journal'],
] as const
type Room = (typeof TABS)[number][0]

/** A page of the account, with its tabs. */
export function AccountPage({ tab, children }: { tab: Room; children: ComponentChildren }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say(`rooms.${tab}`)} isPrivate>
      <nav class="rooms" aria-label={say('rooms.label')}>
        <ul>
          {TABS.map(([name, path]) => (
            <li>
              <a href={path} aria-current={name === tab ? 'page' : undefined}>
                {say(`rooms.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h1>{say(`rooms.${tab}`)}</h1>
      {children}
    </Page>
  )
}

/** The result of the last action, shown once at the top of a page. */
export function Done({
  what,
}: {
  what: 'kept' | 'sent' | 'revoked' | 'removed' | 'closing' | undefined
}): JSX.Element | null {
  const say = usePage().reader.say(words)
  return what ? <output class="done">{say(`done.${what}`)}</output> : null
}
