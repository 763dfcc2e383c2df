import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { agentName } from '../agents.ts'
import { APP_SCOPES, type AppPasswordLine } from '../proofs/app-passwords.ts'
import type { TokenLine } from '../proofs/tokens.ts'
import type { SessionLine } from '../sessions.ts'
import { words } from '../words.ts'
import { AccountPage, Done, Wrong } from './parts.tsx'

interface DevicesProps {
  sessions: SessionLine[]
  current: string
  appPasswords: AppPasswordLine[]
  tokens: TokenLine[]
  /** Scopes that a key can have here, by service. */
  scopes: string[]
  /** A secret that was just made, shown this once. */
  secret?: { label: string; value: string }
  done?: 'revoked' | undefined
  refusal?: Refusal
}

/** Where somebody is signed in, the passwords of their programs, the keys of their scripts. */
export function Devices(props: DevicesProps): JSX.Element {
  const say = usePage().reader.say(words)
  const { secret, done, refusal } = props
  return (
    <AccountPage room="devices">
      <Done what={done} />
      <Wrong refusal={refusal} />
      {secret && (
        <section class="result" aria-labelledby="secret">
          <h2 id="secret">{say('devices.secret', { label: secret.label })}</h2>
          <output>{secret.value}</output>
          <p>{say('devices.secret-text')}</p>
        </section>
      )}
      <Browsers {...props} />
      <AppPasswords {...props} />
      <Keys {...props} />
    </AccountPage>
  )
}

function Browsers({ sessions, current }: DevicesProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section aria-labelledby="browsers">
      <h2 id="browsers">{say('devices.browsers')}</h2>
      <ul class="rows plain">
        {sessions.map(({ id, agent, network, lastSeenAt, createdAt }) => (
          <li>
            <p>
              <strong>{agentName(agent) || say('devices.unknown')}</strong>{' '}
              {id === current && <span class="state-good">{say('devices.this')}</span>}
              <br />
              <span class="soft">
                {say('devices.line', { network, seen: reader.moment(lastSeenAt), since: reader.moment(createdAt) })}
              </span>
            </p>
            {id !== current && (
              <PostForm action={`/compte/appareils/${id}/fermeture`}>
                <button class="button quiet danger">{say('devices.close')}</button>
              </PostForm>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <PostForm action="/compte/appareils/fermeture">
          <button class="button quiet danger">{say('devices.close-others')}</button>
        </PostForm>
      )}
    </section>
  )
}

function AppPasswords({ appPasswords }: DevicesProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="section" aria-labelledby="app-passwords">
      <h2 id="app-passwords">{say('apps.title')}</h2>
      <p>{say('apps.text')}</p>
      {appPasswords.length === 0 && <p class="soft">{say('apps.none')}</p>}
      <ul class="rows plain">
        {appPasswords.map(({ id, label, scopes, createdAt, lastUsedAt, lastNetwork }) => (
          <li>
            <p>
              <strong>{label}</strong> <code>{scopes.join(', ')}</code>
              <br />
              <span class="soft">
                {say('apps.line', {
                  made: reader.moment(createdAt),
                  used: lastUsedAt ? `${reader.moment(lastUsedAt)} (${lastNetwork ?? ''})` : say('never'),
                })}
              </span>
            </p>
            <PostForm action={`/compte/appareils/mots-de-passe/${id}/fin`}>
              <button class="button quiet danger">{say('apps.revoke', { label })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
      <details class="options">
        <summary>{say('apps.add')}</summary>
        <PostForm action="/compte/appareils/mots-de-passe" class="stack">
          <Label id="app-label" />
          <fieldset class="ticks">
            <legend class="label">{say('apps.for')}</legend>
            {APP_SCOPES.map((scope) => (
              <p class="tick">
                <input type="checkbox" id={`app-${scope}`} name="scopes" value={scope} />
                <label for={`app-${scope}`}>{say(`apps.scopes.${scope}`)}</label>
              </p>
            ))}
          </fieldset>
          <p>
            <button class="button">{say('apps.act')}</button>
          </p>
        </PostForm>
      </details>
    </section>
  )
}

function Keys({ tokens, scopes }: DevicesProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="section" aria-labelledby="keys">
      <h2 id="keys">{say('keys.title')}</h2>
      <p>{say('keys.text')}</p>
      {tokens.length === 0 && <p class="soft">{say('keys.none')}</p>}
      <ul class="rows plain">
        {tokens.map(({ id, label, scopes: theirs, expiresAt, lastUsedOn }) => (
          <li>
            <p>
              <strong>{label || say('keys.unnamed')}</strong> <code>{theirs.join(', ')}</code>
              <br />
              <span class="soft">
                {say('keys.line', {
                  until: expiresAt ? reader.moment(expiresAt) : say('keys.for-ever'),
                  used: lastUsedOn ? reader.date(lastUsedOn) : say('never'),
                })}
              </span>
            </p>
            <PostForm action={`/compte/appareils/cles/${id}/fin`}>
              <button class="button quiet danger">{say('keys.revoke', { label: label || String(id) })}</button>
            </PostForm>
          </li>
        ))}
      </ul>
      <details class="options">
        <summary>{say('keys.add')}</summary>
        <PostForm action="/compte/appareils/cles" class="stack">
          <Label id="key-label" />
          <div>
            <label for="days">{say('keys.days')}</label>
            <select id="days" name="days">
              {['30', '90', '365', ''].map((days) => (
                <option value={days} selected={days === '365'}>
                  {days ? say('keys.days-count', { count: Number(days) }) : say('keys.for-ever')}
                </option>
              ))}
            </select>
          </div>
          <fieldset class="ticks">
            <legend class="label">{say('keys.scopes')}</legend>
            {scopes.map((scope) => (
              <p class="tick">
                <input type="checkbox" id={`key-${scope}`} name="scopes" value={scope} />
                <label for={`key-${scope}`}>
                  <code>{scope}</code>
                </label>
              </p>
            ))}
          </fieldset>
          <p>
            <button class="button">{say('keys.act')}</button>
          </p>
        </PostForm>
      </details>
    </section>
  )
}

function Label({ id }: { id: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <div>
      <label for={id}>{say('devices.label')}</label>
      <input id={id} name="label" type="text" maxLength={80} required aria-describedby={`${id}-hint`} />
      <p class="hint" id={`${id}-hint`}>
        {say('devices.label-hint')}
      </p>
    </div>
  )
}
