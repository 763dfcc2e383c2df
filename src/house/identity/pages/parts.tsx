import type { ComponentChildren, JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { described } from '../../../platform/pages/described.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { PasswordField } from '../islands/password-field.island.tsx'
import { words } from '../words.ts'

/** What is wrong, beside the field that it is about, or above the form. */
export function Wrong({ refusal, field }: { refusal: Refusal | undefined; field?: string }): JSX.Element | null {
  const { reader } = usePage()
  if (!refusal || (field !== undefined && refusal.field !== field)) return null
  const { title, detail } = refusal.in(reader.language)
  return (
    <p class="error" id={field ? `${field}-error` : undefined} role="alert">
      <strong>{title}</strong> {detail}
    </p>
  )
}

/** A field for a password that is there, or for a new one. */
export function Password({
  id,
  label,
  isNew = false,
  refusal,
}: {
  id: string
  label: string
  isNew?: boolean
  refusal?: Refusal | undefined
}): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const isWrong = refusal?.field === id
  return (
    <div>
      <label for={id}>{label}</label>
      <PasswordField
        id={id}
        name={id}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        isNew={isNew}
        isWrong={isWrong}
        describedBy={[isWrong ? `${id}-error` : '', isNew ? `${id}-hint` : ''].filter(Boolean).join(' ')}
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
      {isNew && (
        <p class="hint" id={`${id}-hint`}>
          {say('password.hint')}
        </p>
      )}
      {isWrong && <Wrong refusal={refusal} field={id} />}
    </div>
  )
}

/** A field of one's own account, with what is wrong with it. */
interface OwnField {
  value: string
  label: string
  hint?: string
  refusal: Refusal | undefined
}

/** As others read it. */
export function NameField({ value, label, hint, refusal }: OwnField): JSX.Element {
  return (
    <div>
      <label for="name">{label}</label>
      <input
        id="name"
        name="name"
        type="text"
        autoComplete="name"
        maxLength={120}
        defaultValue={value}
        {...described(refusal?.field, 'name', hint ? 'name-hint' : undefined)}
      />
      {hint && (
        <p class="hint" id="name-hint">
          {hint}
        </p>
      )}
      <Wrong refusal={refusal} field="name" />
    </div>
  )
}

/** What one signs in with. */
export function LoginField({ value, label, hint, refusal }: OwnField & { hint: string }): JSX.Element {
  return (
    <div>
      <label for="login">{label}</label>
      <input
        id="login"
        name="login"
        type="text"
        autoComplete="username"
        autoCapitalize="off"
        spellcheck={false}
        maxLength={64}
        required
        defaultValue={value}
        {...described(refusal?.field, 'login', 'login-hint')}
      />
      <p class="hint" id="login-hint">
        {hint}
      </p>
      <Wrong refusal={refusal} field="login" />
    </div>
  )
}

/** The rooms of one's account. */
const ROOMS = [
  ['profile', '/compte'],
  ['safety', '/compte/securite'],
  ['devices', '/compte/appareils'],
  ['organisations', '/compte/organisations'],
  ['applications', '/compte/applications'],
  ['data', '/compte/donnees'],
  ['journal', '/compte/journal'],
] as const
type Room = (typeof ROOMS)[number][0]

/** A page of somebody's own account, with the way to its other rooms. */
export function AccountPage({ room, children }: { room: Room; children: ComponentChildren }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say(`rooms.${room}`)} isPrivate>
      <nav class="rooms" aria-label={say('rooms.label')}>
        <ul>
          {ROOMS.map(([name, path]) => (
            <li>
              <a href={path} aria-current={name === room ? 'page' : undefined}>
                {say(`rooms.${name}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h1>{say(`rooms.${room}`)}</h1>
      {children}
    </Page>
  )
}

/** What was just done, said once at the top of a page. */
export function Done({
  what,
}: {
  what: 'kept' | 'sent' | 'revoked' | 'removed' | 'closing' | undefined
}): JSX.Element | null {
  const say = usePage().reader.say(words)
  return what ? <output class="done">{say(`done.${what}`)}</output> : null
}
