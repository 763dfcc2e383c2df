import type { JSX } from 'preact'
import { usePage } from '../../../src/platform/pages/context.ts'
import { Page } from '../../../src/platform/pages/page.tsx'
import type { Notice } from '../notices.ts'
import { words } from '../words.ts'

export function Home({ notices }: { notices: Notice[] }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('home.title')} description={say('home.description')}>
      <h1>{say('home.title')}</h1>
      <p>
        <a class="button" href="/new">
          {say('home.new')}
        </a>
      </p>
      {notices.length === 0 && <p>{say('home.none')}</p>}
      <ul class="rows">
        {notices.map(({ id, title }) => (
          <li>
            <a href={`/notices/${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </Page>
  )
}
