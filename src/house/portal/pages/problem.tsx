import type { JSX } from 'preact'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { RefusalText } from '../../../platform/refusals.ts'

/** The page of a problem's `type` address: the words of the API response, for developers who find it in a log. */
export function ProblemPage({ title, detail }: RefusalText): JSX.Element {
  const { reader } = usePage()
  return (
    <Page title={title} isPrivate>
      <p class="soft">{reader.say(platformWords)('problems.heading')}</p>
      <h1>{title}</h1>
      <p class="lead">{detail}</p>
    </Page>
  )
}
