import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import type { Refusal } from '../../../platform/refusals.ts'
import { Bookmarklet } from '../islands/bookmarklet.island.tsx'
import { Shorten } from '../islands/shorten.island.tsx'
import { words } from '../words.ts'
import { formWords } from './part-words.ts'

/** What was written in the form, when it comes back or was filled in by an address (`?url=`). */
export interface Written {
  url?: string | undefined
  slug?: string | undefined
  validUntil?: string | undefined
}

/** One field, one act; what was written and what is wrong with it, when the form comes back. */
export function Home({ written = {}, refusal }: { written?: Written; refusal?: Refusal }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('home.title')} description={say('home.description')} manifest="/manifest.webmanifest">
      <h1>{say('home.title')}</h1>
      <ShortenForm written={written} {...(refusal && { refusal })} isFirst />
      <p>{say('home.kept')}</p>
      <p>
        <a href="/stats">{say('home.mine')}</a>
      </p>
      <section class="section">
        <h2>{say('home.help')}</h2>
        <p>{say('home.help-text')}</p>
        <Bookmarklet form={platform.addresses.of('link', '/?url=')} words={say('home.bookmarklet')} />
        <p>{say('home.bookmarklet-text')}</p>
      </section>
    </Page>
  )
}

/** The form alone, for any page that offers it. */
export function ShortenForm({
  written = {},
  refusal,
  isFirst = false,
}: {
  written?: Written
  refusal?: Refusal
  isFirst?: boolean
}): JSX.Element {
  const { reader } = usePage()
  return (
    <Shorten
      written={{ url: written.url ?? '', slug: written.slug ?? '', validUntil: written.validUntil ?? '' }}
      error={refusal ? { field: refusal.field ?? 'url', ...refusal.in(reader.language) } : null}
      isFirst={isFirst}
      words={formWords(reader)}
    />
  )
}
