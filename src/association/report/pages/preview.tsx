import type { JSX } from 'preact'
import type { Document } from '../../../platform/documents/document.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Blocks } from '../../../platform/pages/document.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'

/** The preview of a text before it is saved. */
export function PreviewPage({ document }: { document: Document }): JSX.Element {
  const say = usePage().reader.say(words)
  return (
    <Page title={say('edit.preview')} width="wide" isPrivate>
      <h1>{document.title}</h1>
      <article class="report" lang={document.language}>
        <Blocks blocks={document.blocks} />
      </article>
    </Page>
  )
}
