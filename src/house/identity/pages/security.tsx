import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { PasskeyAdd } from '../islands/passkey-add.island.tsx'
import type { Setup } from '../proofs/codes.ts'
import type { PasskeyLine } from '../proofs/passkeys.ts'
import type { SecurityOverview } from '../security-settings.ts'
import { words } from '../words.ts'
import { AccountPage, Done, Password } from './parts.tsx'

interface SafetyProps {
  safety: SecurityOverview
  keys: PasskeyLine[]
  /** A TOTP generator in setup: its secret, and its QR code. */
  setup?: (Setup & { picture: string }) | undefined
  /** New recovery codes, shown only once. */
  recoveryCodes?: string[]
  /** Whether the person has re-authenticated recently. */
  isProved: boolean
  /** Whether the roles of the person require a second factor that is missing. */
  isWanted: boolean
  /** The page to return to. */
  next: string
  done?: 'kept' | 'removed' | undefined
}

/** The passkeys, codes and password of an account, and the next recommended action. */
export function SecurityPage(props: SafetyProps): JSX.Element {
  const { safety, isWanted, next, recoveryCodes, done } = props
  const say = usePage().reader.say(words)
  return (
    <AccountPage tab="safety">
      <Done what={done} />
      {isWanted && <output class="keep">{say('safety.wanted')}</output>}
      {recoveryCodes && <RecoveryCodes codes={recoveryCodes} next={next} />}
      <p class={`lead ${safety.score === 3 ? 'state-good' : safety.score === 2 ? 'state-wait' : 'state-bad'}`}>
        {say(`safety.score.${safety.score === 3 ? 'good' : safety.score === 2 ? 'fair' : 'poor'}`)}{' '}
        {safety.next && say(`safety.next.${safety.next}`)}
      </p>
      <Passkeys {...props} />
      <Codes {...props} />
      <ChangePassword safety={safety} />
    </AccountPage>
  )
}

/** A button that leads to the re-authentication, where it is needed. */
function Proving({ id, act }: { id: string; act: string }): JSX.Element {
  return (
    <a id={id} class="button quiet" href="/confirmer?next=/compte/securite">
      {act}
    </a>
  )
}

function Passkeys({ keys, isProved, next }: SafetyProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="section" aria-labelledby="passkeys">
      <h2 id="passkeys">{say('passkeys.title')}</h2>
      <p>{say('passkeys.text')}</p>
      {keys.length > 0 && (
        <ul class="rows plain">
          {keys.map(({ id, label, createdAt, lastUsedOn }) => (
            <li>
              <p>
                <strong>{label}</strong>{' '}
                <span class="soft">
                  {say('passkeys.line', {
                    made: reader.moment(createdAt),
                    used: lastUsedOn ? reader.date(lastUsedOn) : say('never'),
                  })}
                </span>
              </p>
              <PostForm action={`/compte/securite/cles/${id}/suppression`}>
                <button class="button quiet danger">{say('passkeys.remove', { label })}</button>
              </PostForm>
            </li>
          ))}
        </ul>
      )}
      {isProved ? (
        <PasskeyAdd
          options="/api/v1/me/passkeys/options"
          verify="/api/v1/me/passkeys/verify"
          form=""
          next={next || '/compte/securite?done=kept'}
          act={say('passkeys.add')}
          failed={say('passkeys.failed')}
        />
      ) : (
        <Proving id="passkey-add" act={say('passkeys.add')} />
      )}
    </section>
  )
}

function Codes({ safety, setup, isProved }: SafetyProps): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <section class="section" aria-labelledby="codes">
      <h2 id="codes">{say('codes.title')}</h2>
      <p>{say('codes.text')}</p>
      {setup ? (
        <>
          <p>{say('codes.scan')}</p>
          <div class="code">
            <img src={setup.picture} alt={say('codes.picture')} width="176" height="176" />
            <p>
              {say('codes.by-hand')} <code>{setup.secret.match(/.{1,4}/g)?.join(' ')}</code>
            </p>
          </div>
          <PostForm action="/compte/securite/codes/confirmation">
            <Field
              name="code"
              label={say('second.code')}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={10}
              required
              act={<button class="button">{say('codes.confirm')}</button>}
            />
          </PostForm>
        </>
      ) : safety.hasTotp ? (
        <>
          <p class="state-good">{say('codes.there', { count: safety.recoveryCodesLeft })}</p>
          <div class="actions">
            <PostForm action="/compte/securite/codes-de-secours">
              <button id="recovery-codes" class="button quiet">
                {say('codes.renew')}
              </button>
            </PostForm>
            <PostForm action="/compte/securite/codes/suppression">
              <button class="button quiet danger">{say('codes.remove')}</button>
            </PostForm>
          </div>
        </>
      ) : isProved ? (
        <PostForm action="/compte/securite/codes">
          <button id="totp-add" class="button quiet">
            {say('codes.add')}
          </button>
        </PostForm>
      ) : (
        <Proving id="totp-add" act={say('codes.add')} />
      )}
    </section>
  )
}

function RecoveryCodes({ codes, next }: { codes: string[]; next: string }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <section class="result" aria-labelledby="kept-codes">
      <h2 id="kept-codes">{say('codes.recovery-title')}</h2>
      <p>{say('codes.recovery-text')}</p>
      <ul class="codes-list">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      {next && (
        <p>
          <a class="button" href={next}>
            {say('safety.go-on')}
          </a>
        </p>
      )}
    </section>
  )
}

function ChangePassword({ safety }: { safety: SecurityOverview }): JSX.Element {
  const say = usePage().reader.say(words)
  const isOpen = useRefused('/compte/securite/mot-de-passe') !== undefined
  return (
    <section class="section" aria-labelledby="password-title">
      <h2 id="password-title">{say('password.title')}</h2>
      <p>{say(safety.hasPassword ? 'password.text' : 'password.none')}</p>
      <details class="options" open={isOpen}>
        <summary id="password-change">{say(safety.hasPassword ? 'password.change' : 'password.choose')}</summary>
        <PostForm action="/compte/securite/mot-de-passe" class="stack">
          {safety.hasPassword && <Password id="current" label={say('password.current')} />}
          <Password id="password" label={say('password.new')} isNew />
          <p>
            <button class="button">{say('password.act')}</button>
          </p>
        </PostForm>
      </details>
    </section>
  )
}
