import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Choices, Field, Select, Tick } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { agentName } from '../agents.ts'
import { LABEL } from '../labels.ts'
import { APP_SCOPES, type AppPasswordLine } from '../proofs/app-passwords.ts'
import type { TokenLine } from '../proofs/tokens.ts'
import type { SessionLine } from '../sessions.ts'
import { words } from '../words.ts'
import { AccountPage, Done } from './parts.tsx'

interface DevicesProps {
  sessions: SessionLine[]
  current: string
  appPasswords: AppPasswordLine[]
  tokens: TokenLine[]
  /** Scopes that a token can have, by service. */
  scopes: string[]
  /** A new secret, shown only once. */
  secret?: { label: string; value: string }
  done?: 'revoked' | undefined
}

/** The signed-in browsers, the app passwords and the tokens of an account. */
export function Devices(props: DevicesProps): JSX.Element {
  const say = usePage().reader.say(words)
  const { secret, done } = props
  return (
    <AccountPage tab="devices">
      <Done what={done} />
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
      <details class="options" open={useRefused('/compte/appareils/mots-de-passe') !== undefined}>
        <summary>{say('apps.add')}</summary>
        <PostForm action="/compte/appareils/mots-de-passe" class="stack" prefix="app">
          <Label />
          <Choices name="scopes" label={say('apps.for')}>
            {APP_SCOPES.map((scope) => (
              <Tick name="scopes" value={scope} label={say(`apps.scopes.${scope}`)} />
            ))}
          </Choices>
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
      <details class="options" open={useRefused('/compte/appareils/cles') !== undefined}>
        <summary>{say('keys.add')}</summary>
        <PostForm action="/compte/appareils/cles" class="stack" prefix="key">
          <Label />
          <Select
            name="days"
            label={say('keys.days')}
            value="365"
            options={['30', '90', '365', ''].map((days) => [
              days,
              days ? say('keys.days-count', { count: Number(days) }) : say('keys.for-ever'),
            ])}
          />
          <Choices name="scopes" label={say('keys.scopes')}>
            {scopes.map((scope) => (
              <Tick name="scopes" value={scope} label={<code>{scope}</code>} />
            ))}
          </Choices>
          <p>
            <button class="button">{say('keys.act')}</button>
          </p>
        </PostForm>
      </details>
    </section>
  )
}

function Label(): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Field
      name="label"
      label={say('devices.label')}
      hint={say('devices.label-hint')}
      maxLength={LABEL.longest}
      required
    />
  )
}
