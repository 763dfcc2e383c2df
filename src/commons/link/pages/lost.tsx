import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'
import { ShortenForm } from './home.tsx'

/** The page of an unknown slug, which offers to create the link. */
export function Lost({ title, text }: { title: string; text: string }): JSX.Element {
  const { reader } = usePage()
  return (
    <Page title={title} isPrivate>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <section class="section">
        <h2>{reader.say(words)('home.title')}</h2>
        <ShortenForm />
      </section>
    </Page>
  )
}
