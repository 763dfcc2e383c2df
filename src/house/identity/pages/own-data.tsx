import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { serviceName } from '../../../platform/pages/service-name.ts'
import type { Usage } from '../../../platform/offers/usage.ts'
import type { Account } from '../accounts.ts'
import { words } from '../words.ts'
import { AccountPage, Done } from './parts.tsx'

interface OwnDataProps {
  account: Account
  archive: { size: number; madeAt: Temporal.Instant } | undefined
  /** The usage of the account, by service; undefined for a service that did not answer. */
  usage: ReadonlyMap<string, readonly Usage[] | undefined>
  /** Whether an archive is being made. */
  isMaking: boolean
  done?: 'closing' | 'kept' | undefined
}

/** Exports the account, and closes it. */
export function OwnData({ account, archive, usage, isMaking, done }: OwnDataProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <AccountPage tab="data">
      <Done what={done} />
      {usage.size > 0 && <UsageList usage={usage} />}
      <section class="section" aria-labelledby="export">
        <h2 id="export">{say('data.export')}</h2>
        <p>{say('data.export-text')}</p>
        {archive && (
          <p>
            <a class="button" href="/compte/donnees/archive">
              {say('data.fetch', {
                size: reader.number(Math.max(1, Math.round(archive.size / 1000))),
                made: reader.moment(archive.madeAt),
              })}
            </a>
          </p>
        )}
        {isMaking && <output>{say('data.making')}</output>}
        <PostForm action="/compte/donnees/archive">
          <button class="button quiet">{say('data.make')}</button>
        </PostForm>
      </section>
      <section class="section" aria-labelledby="leave">
        <h2 id="leave">{say('data.leave')}</h2>
        {account.state === 'closing' && account.erase_on ? (
          <>
            <p class="state-bad">{say('data.leaving', { on: reader.date(account.erase_on) })}</p>
            <PostForm action="/compte/donnees/maintien">
              <button class="button">{say('data.stay')}</button>
            </PostForm>
          </>
        ) : (
          <>
            <p>{say('data.leave-text')}</p>
            <details class="options">
              <summary>{say('data.leave-open')}</summary>
              <PostForm action="/compte/donnees/depart" class="stack">
                <fieldset class="ticks">
                  <legend class="label">{say('data.published')}</legend>
                  <p class="tick">
                    <input type="radio" id="mode-delete" name="mode" value="delete" checked />
                    <label for="mode-delete">{say('data.mode-delete')}</label>
                  </p>
                  <p class="tick">
                    <input type="radio" id="mode-anonymise" name="mode" value="anonymise" />
                    <label for="mode-anonymise">{say('data.mode-anonymise')}</label>
                  </p>
                </fieldset>
                <p>
                  <button class="button danger">{say('data.leave-act', { login: account.login })}</button>
                </p>
              </PostForm>
            </details>
          </>
        )}
      </section>
    </AccountPage>
  )
}

/** The usage of the account in each service, with a link to it. */
function UsageList({ usage }: Pick<OwnDataProps, 'usage'>): JSX.Element {
  const scope = usePage()
  const { reader } = scope
  const say = reader.say(words)
  return (
    <section aria-labelledby="usage">
      <h2 id="usage">{say('data.usage')}</h2>
      <ul>
        {[...usage].map(([service, lines]) =>
          lines === undefined ? (
            <li>{say('data.usage-unknown', { service: serviceName(scope, service) })}</li>
          ) : (
            lines.map(({ label, value, address }) => (
              <li>
                {address ? <a href={address}>{label[reader.language]}</a> : label[reader.language]} –{' '}
                {value[reader.language]}
              </li>
            ))
          ),
        )}
      </ul>
    </section>
  )
}
