import type { JSX } from 'preact'
import { words } from '../language/own-words.ts'
import { appealAddress, reportAddress } from '../moderation/addresses.ts'
import { usePage } from './context.ts'
import { withLanguage } from './page.tsx'

/** Beside each content that people put here: leads to the form that reports it. @param url its public address */
export function ReportLink({ url }: { url: string }): JSX.Element {
  const scope = usePage()
  return (
    <a href={withLanguage(scope, reportAddress(scope.platform.addresses, url))} rel="nofollow">
      {scope.reader.say(words)('page.report-this')}
    </a>
  )
}

/** On the page that stands in place of a content which is removed or under review: its author can object. */
export function AppealLink(): JSX.Element | null {
  const scope = usePage()
  const { addresses } = scope.platform
  const address = appealAddress(addresses, addresses.of(scope.service.name, scope.path))
  if (address === undefined) return null
  return (
    <p>
      <a href={withLanguage(scope, address)} rel="nofollow">
        {scope.reader.say(words)('page.appeal')}
      </a>
    </p>
  )
}
