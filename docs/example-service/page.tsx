import type { JSX } from 'preact'
import { usePage } from '../../src/platform/pages/context.ts'
import { Page } from '../../src/platform/pages/page.tsx'
import { words } from './words.ts'

export function Bell({ rings }: { rings: number }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('title')}>
      <h1>{say('title')}</h1>
      <form method="post" action="/" class="act">
        <label for="who">{say('field')}</label>
        <input id="who" name="who" type="text" />
        <button class="button">{say('act')}</button>
      </form>
      <p>{say('rings', { count: rings })}</p>
    </Page>
  )
}
