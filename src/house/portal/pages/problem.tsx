import type { JSX } from 'preact'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { RefusalText } from '../../../platform/refusals.ts'

/** What a problem's `type` address leads to: the same words as in the answer, for who reads a program's log. */
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
