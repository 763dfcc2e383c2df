import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'

/**
 * The legal notice of a French host (law 2004-575, articles 1-1 and 6), from the configuration; missing details are
 * shown as missing.
 */
export function LegalNotice(): JSX.Element {
  const { platform, reader } = usePage()
  const { association, config } = platform
  const { legal } = config
  const say = reader.say(words)
  return (
    <Page title={say('legal.title')}>
      <h1>{say('legal.title')}</h1>
      <h2>{say('legal.publisher')}</h2>
      <dl class="stated">
        <Line label={say('legal.name')} value={association.name} />
        <Line label={say('legal.address')} value={association.postal_address} />
        <Line label={say('legal.phone')} value={association.phone} />
        <Line label={say('legal.email')} value={association.email} />
        <Line label={say('legal.registration')} value={legal.registration} />
        <Line label={say('legal.director')} value={legal.publisher} />
      </dl>
      <h2>{say('legal.host')}</h2>
      <dl class="stated">
        <Line label={say('legal.name')} value={legal.host_name || association.name} />
        <Line label={say('legal.address')} value={legal.host_address || association.postal_address} />
      </dl>
      <h2>{say('legal.software')}</h2>
      <p>{say('legal.software-text')}</p>
    </Page>
  )
}

function Line({ label, value }: { label: string; value: string }): JSX.Element {
  const { reader } = usePage()
  return (
    <>
      <dt>{label}</dt>
      <dd>{value || <em class="soft">{reader.say(words)('legal.missing')}</em>}</dd>
    </>
  )
}

export function Terms(): JSX.Element {
  const { platform, reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('terms.title')}>
      <h1>{say('terms.title')}</h1>
      <p class="lead">{say('terms.lead', { name: platform.association.name })}</p>
      <h2>{say('terms.allowed')}</h2>
      <p>{say('terms.allowed-text')}</p>
      <h2>{say('terms.forbidden')}</h2>
      <p>{say('terms.forbidden-text')}</p>
      <h2>{say('terms.promise')}</h2>
      <p>{say('terms.promise-text')}</p>
    </Page>
  )
}

export function Privacy(): JSX.Element {
  const { platform, reader } = usePage()
  const { association } = platform
  const say = reader.say(words)
  return (
    <Page title={say('privacy.title')}>
      <h1>{say('privacy.title')}</h1>
      <p class="lead">{say('privacy.lead')}</p>
      <h2>{say('privacy.kept')}</h2>
      <p>{say('privacy.kept-text')}</p>
      <p>
        <a href={reader.language === 'fr' ? '/conservation' : '/retention'}>{say('retention.title')}</a>
      </p>
      <h2>{say('privacy.cookies')}</h2>
      <p>{say('privacy.cookies-text')}</p>
      <h2>{say('privacy.rights')}</h2>
      <p>
        {association.email ? say('privacy.rights-text', { email: association.email }) : say('privacy.rights-missing')}
      </p>
    </Page>
  )
}

export function Reporting(): JSX.Element {
  const { platform, reader } = usePage()
  const address = platform.config.legal.abuse_email || platform.association.email
  const say = reader.say(words)
  return (
    <Page title={say('reporting.title')}>
      <h1>{say('reporting.title')}</h1>
      <p class="lead">{say('reporting.lead')}</p>
      <p>{say('reporting.how')}</p>
      {address ? (
        <p>
          <a class="button" href={`mailto:${address}`}>
            {say('reporting.write', { address })}
          </a>
        </p>
      ) : (
        <p>
          <em class="soft">{say('legal.missing')}</em>
        </p>
      )}
      <p class="soft">{say('reporting.after')}</p>
    </Page>
  )
}
