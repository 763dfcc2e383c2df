import { getDomain } from 'tldts'
import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { ReportLink } from '../../../platform/pages/report-link.tsx'
import { GoOn } from '../islands/go-on.island.tsx'
import { words } from '../words.ts'
import { TargetAddress } from './target.tsx'

/** The page before the target of a young anonymous link, which it shows in full. */
export function Warning({ slug, url }: { slug: string; url: string }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const domain = getDomain(url) ?? new URL(url).hostname
  const short = platform.addresses.of('link', `/${encodeURIComponent(slug)}`)
  return (
    <Page title={say('warning.title')} isPrivate>
      <h1>{say('warning.title')}</h1>
      <p class="lead">{say('warning.lead')}</p>
      <p class="lead">
        <TargetAddress url={url} bold={domain} />
      </p>
      <GoOn url={url} words={{ go: say('warning.go') }} />
      <p>
        {say('warning.domain')} <strong>{domain}</strong>. {say('warning.back')}
      </p>
      <p>
        <ReportLink url={short} />
      </p>
    </Page>
  )
}
