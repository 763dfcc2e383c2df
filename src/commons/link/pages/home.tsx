import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { useRefused } from '../../../platform/pages/form-context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { Bookmarklet } from '../islands/bookmarklet.island.tsx'
import { Shorten } from '../islands/shorten.island.tsx'
import { words } from '../words.ts'
import { formWords } from './part-words.ts'

/** The front page: the form, with an address filled in by `?url=`. */
export function Home({ url = '', slug = '' }: { url?: string | undefined; slug?: string }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  return (
    <Page title={say('home.title')} description={say('home.description')} manifest="/manifest.webmanifest">
      <h1>{say('home.title')}</h1>
      <ShortenForm url={url} slug={slug} isFirst />
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
  url = '',
  slug = '',
  isFirst = false,
}: {
  url?: string
  slug?: string
  isFirst?: boolean
}): JSX.Element {
  const { reader } = usePage()
  const refused = useRefused('/')
  const text = (name: string, otherwise: string) => [refused?.written[name] ?? otherwise].flat()[0] ?? ''
  return (
    <Shorten
      written={{ url: text('url', url), slug: text('slug', slug), validUntil: text('validUntil', '') }}
      refused={refused ?? null}
      isFirst={isFirst}
      words={formWords(reader)}
    />
  )
}
