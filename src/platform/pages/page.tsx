import { CircleUserRound } from 'lucide-static'
import type { ComponentChildren, JSX } from 'preact'
import { LANGUAGE_NAMES, LANGUAGES } from '../language/languages.ts'
import { words } from '../language/own-words.ts'
import { usePage, type PageScope } from './context.ts'
import { reportAddress } from '../moderation/addresses.ts'
import { associationColours } from './colours.ts'
import { Icon, Mark } from './icon.tsx'
import { HOUSE_MARK } from './marks.ts'

interface PageProps {
  title: string
  /** What search engines and previews show. */
  description?: string
  /** Wide for a house's front, narrow for one act or for reading. */
  width?: 'wide' | 'narrow'
  /** Kept out of search engines: results, errors. */
  isPrivate?: boolean
  /** Path of the manifest that lets a phone keep the page on its home screen. */
  manifest?: string
  children: ComponentChildren
}

/** The one page of the house: bar, main act, foot; in the reader's language, light and dark, for screen and paper. */
export function Page({
  title,
  description,
  width = 'narrow',
  isPrivate = false,
  manifest,
  children,
}: PageProps): JSX.Element {
  const scope = usePage()
  const { platform, reader, service, nonce } = scope
  const say = reader.say(words)
  const isPortal = service.area === 'house'
  return (
    <html lang={reader.language}>
      <Head title={title} description={description} isPrivate={isPrivate} manifest={manifest} scope={scope} />
      <body class={width}>
        <a class="skip" href="#main">
          {say('page.skip')}
        </a>
        <header class="bar">
          <a class="bar-home" href={platform.addresses.portal(withLanguage(scope, '/'))}>
            <Mark mark={HOUSE_MARK} />
            <span>{platform.association.name}</span>
          </a>
          {!isPortal && (
            <a class="bar-service" href="/">
              <Mark mark={service.about.mark} />
              <span>{service.about.name[reader.language]}</span>
            </a>
          )}
          <div class="bar-reader">
            <LanguageSwitch scope={scope} />
            <Account scope={scope} />
          </div>
        </header>
        {platform.isDemonstration && (
          <aside class="banner" aria-label={say('page.notice')}>
            {say('page.demonstration')}{' '}
            <a href={platform.addresses.portal(withLanguage(scope, '/courrier'))}>{say('page.outbox')}</a>
          </aside>
        )}
        <main id="main" tabIndex={-1}>
          {children}
        </main>
        <Foot scope={scope} />
        <IslandScripts scope={scope} nonce={nonce} />
      </body>
    </html>
  )
}

interface HeadProps {
  title: string
  description: string | undefined
  isPrivate: boolean
  manifest: string | undefined
  scope: PageScope
}

function Head({ title, description, isPrivate, manifest, scope }: HeadProps): JSX.Element {
  const { platform, assets, nonce, service, csrf } = scope
  const file = (name: string) => platform.addresses.of('static', `/${name}`)
  const name = platform.association.name
  const ownStyle = service.styles && assets.styles[service.name]
  return (
    <head>
      <meta charset="utf-8" />
      <title>{title === name ? title : `${title} – ${name}`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      {description && <meta name="description" content={description} />}
      {isPrivate && <meta name="robots" content="noindex" />}
      {assets.fonts.map((font) => (
        <link rel="preload" href={file(font)} as="font" type="font/woff2" crossorigin="anonymous" />
      ))}
      <link rel="stylesheet" href={file(assets.style)} />
      {ownStyle && <link rel="stylesheet" href={file(ownStyle)} />}
      <style
        nonce={nonce}
        dangerouslySetInnerHTML={{
          __html: `:root{--hue:${service.about.mark.hue}}${associationColours(platform.association)}`,
        }}
      />
      <noscript>
        <style nonce={nonce}>{'.needs-script{display:none}'}</style>
      </noscript>
      {csrf && <meta name="csrf-token" content={csrf} />}
      {manifest && <link rel="manifest" href={manifest} />}
      <link rel="icon" href={file('favicon.svg')} type="image/svg+xml" />
    </head>
  )
}

/** The path of a page with the reader's chosen language, for links to another host: cookies do not travel there. */
export function withLanguage(
  { reader, platform, path }: Pick<PageScope, 'reader' | 'platform' | 'path'>,
  target: string,
): string {
  const isChosen = path.includes('lang=') || reader.language !== platform.config.language
  return isChosen ? `${target}${target.includes('?') ? '&' : '?'}lang=${reader.language}` : target
}

/**
 * The address of a page of a service, for a link from another host: a person with a session here gets one there too.
 *
 * @param path of that page, `/`
 */
export function signedInAddress(
  scope: Pick<PageScope, 'reader' | 'platform' | 'path' | 'session'>,
  service: string,
  path: string,
): string {
  const target = withLanguage(scope, path)
  return scope.platform.addresses.of(service, scope.session ? `/_sso?next=${encodeURIComponent(target)}` : target)
}

/** The other languages; the page is in the reader's own already. */
function LanguageSwitch({ scope }: { scope: PageScope }): JSX.Element {
  const { reader, path } = scope
  const [bare = '/', query = ''] = path.split('?')
  const href = (language: string) => {
    const parameters = new URLSearchParams(query)
    parameters.set('lang', language)
    return `${bare}?${parameters.toString()}`
  }
  const others = LANGUAGES.filter((language) => language !== reader.language)
  return (
    <nav class="languages" aria-label={reader.say(words)('page.language')}>
      {others.map((language) => (
        <a href={href(language)} lang={language} hreflang={language} rel="nofollow">
          {LANGUAGE_NAMES[language]}
        </a>
      ))}
    </nav>
  )
}

/** Who is signed in, leading to their account; or the way in, back to this very page. */
function Account({ scope }: { scope: PageScope }): JSX.Element | null {
  const { platform, reader, session, path, service } = scope
  const { addresses } = platform
  if (!addresses.has('identity')) return null
  if (session)
    return (
      <a class="bar-account" href={addresses.of('identity', withLanguage(scope, '/compte'))}>
        <Icon svg={CircleUserRound} />
        <span>{session.caller.name}</span>
      </a>
    )
  if (service.name === 'identity') return null
  return (
    <a class="bar-account" href={`/_sso?next=${encodeURIComponent(path)}`} rel="nofollow">
      <Icon svg={CircleUserRound} />
      <span>{reader.say(words)('page.sign-in')}</span>
    </a>
  )
}

function Foot({ scope }: { scope: PageScope }): JSX.Element {
  const { platform, reader, assets } = scope
  const say = reader.say(words)
  const portal = (path: string) => platform.addresses.portal(withLanguage(scope, path))
  return (
    <footer class="foot">
      <nav aria-label={say('page.footer')}>
        <ul>
          <li>
            <a href={portal('/mentions-legales')}>{say('page.legal')}</a>
          </li>
          <li>
            <a href={portal('/conditions')}>{say('page.terms')}</a>
          </li>
          <li>
            <a href={portal('/confidentialite')}>{say('page.privacy')}</a>
          </li>
          <li>
            <a href={withLanguage(scope, reportAddress(platform.addresses))}>{say('page.report')}</a>
          </li>
          <li>
            <a href={portal('/statut')}>{say('page.status')}</a>
          </li>
          <li>
            <a href={platform.addresses.of('static', `/${assets.source}`)}>{say('page.source')}</a>
          </li>
        </ul>
      </nav>
      <p>{say('page.colophon', { name: platform.association.name })}</p>
    </footer>
  )
}

/** Scripts of the islands that the page has; rendered last, when all of them are known. */
function IslandScripts({ scope, nonce }: { scope: PageScope; nonce: string }): JSX.Element {
  const { platform, assets, islands } = scope
  const file = (name: string) => platform.addresses.of('static', `/${name}`)
  const files = [...islands].map((name) => assets.islands[name] ?? [])
  const imported = new Set(files.flatMap((list) => list.slice(1)))
  return (
    <>
      {[...imported].map((name) => (
        <link rel="modulepreload" href={file(name)} crossorigin="anonymous" nonce={nonce} />
      ))}
      {files.map(
        ([script]) => script && <script type="module" src={file(script)} crossorigin="anonymous" nonce={nonce} />,
      )}
    </>
  )
}
