import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { RefusalText } from '../../../platform/refusals.ts'
import { Shorten } from '../islands/shorten.island.tsx'
import { words } from '../words.ts'
import { partWords } from './part-words.ts'

/** One field, one act; `error` and `text` when the form came back. */
export function Home({ text = '', error }: { text?: string; error?: RefusalText }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('home.title')} description={say('home.description')}>
      <h1>{say('home.title')}</h1>
      <Shorten text={text} error={error ? { ...error } : null} words={partWords(reader)} />
      <p>{say('home.kept')}</p>
      <section class="section">
        <h2>{say('home.help')}</h2>
        <p>{say('home.help-text')}</p>
      </section>
    </Page>
  )
}
