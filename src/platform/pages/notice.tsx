import type { ComponentChildren, JSX } from 'preact'
import { words } from '../language/own-words.ts'
import { usePage } from './context.ts'
import { Page } from './page.tsx'

/** A page that says one thing and offers one act: not found, gone, our fault. */
export function Notice({
  title,
  text,
  reference,
  children,
}: {
  title: string
  text: string
  reference?: string | undefined
  children?: ComponentChildren
}): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  return (
    <Page title={title} isPrivate>
      <div class="notice">
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        {reference && <p>{say('problems.reference', { reference })}</p>}
        {children ?? (
          <p>
            <a class="button" href={platform.addresses.portal()}>
              {say('problems.home')}
            </a>
          </p>
        )}
      </div>
    </Page>
  )
}
