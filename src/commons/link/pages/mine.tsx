import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Field } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { Sparkline } from '../../../platform/pages/sparkline.tsx'
import { ownManagePath } from '../own-path.ts'
import { ManageLink } from '../islands/manage-links.island.tsx'
import type { ListedPublicLink } from '../link-list.ts'
import { words } from '../words.ts'
import { Fading } from './link.tsx'
import { TargetAddress } from './target.tsx'

interface Props {
  links: ListedPublicLink[]
  /** Slugs of the account's links: they are managed with a login, from any browser. */
  held: readonly string[]
  /** The search text. */
  search: string
  /** How many links an added file contained. */
  loaded?: number | undefined
}

/** The links of this browser and account, with their targets, health and visits. */
export function Mine({ links, held, search, loaded }: Props): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const found = links.filter((link) => isFound(link, search))
  return (
    <Page title={say('mine.title')} width="wide" isPrivate>
      <h1>{say('mine.title')}</h1>
      <p class="lead">{say('mine.lead')}</p>
      {loaded !== undefined && <output class="state-good">{say('mine.loaded', { count: loaded })}</output>}
      {links.length === 0 && <p>{say('mine.empty')}</p>}
      {links.length > 5 && (
        <search>
          <form method="get" action="/stats" class="act">
            <label for="q">{say('mine.search')}</label>
            <input id="q" name="q" type="search" defaultValue={search} maxLength={200} />
            <button class="button">{say('mine.search-act')}</button>
          </form>
        </search>
      )}
      {links.length > 0 && found.length === 0 && <p>{say('mine.none')}</p>}
      {found.length > 0 && <Links links={found} held={held} />}
      <p>
        <a class="button" href="/">
          {say('home.title')}
        </a>
      </p>
      {links.length > 0 && (
        <section class="section">
          <h2>{say('mine.save')}</h2>
          <p>{say('mine.save-text')}</p>
          <p class="actions">
            <a class="button quiet" href="/cookie" download="bagad-links.json">
              {say('mine.json')}
            </a>
            <a class="button quiet" href="/stats?format=csv" download="bagad-links.csv">
              {say('mine.csv')}
            </a>
          </p>
        </section>
      )}
      <section class="section">
        <h2>{say('mine.load')}</h2>
        <PostForm action="/cookie" enctype="multipart/form-data">
          <Field
            name="file"
            type="file"
            label={say('mine.load-field')}
            accept="application/json,.json,text/csv,.csv"
            act={<button class="button">{say('mine.load-act')}</button>}
          />
        </PostForm>
      </section>
      {links.length > 0 && (
        <section class="section">
          <h2>{say('mine.forget')}</h2>
          <p>{say('mine.forget-text')}</p>
          <PostForm action="/stats/forgetting">
            <button class="button quiet">{say('mine.forget-act')}</button>
          </PostForm>
        </section>
      )}
    </Page>
  )
}

function isFound({ slug, url, title, tags }: ListedPublicLink, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return [slug, url ?? '', title ?? '', ...tags].some((text) => text.toLowerCase().includes(wanted))
}

function daysSince(moment: Temporal.Instant | null): number {
  return moment === null ? 0 : Math.floor(Temporal.Now.instant().since(moment).total('days'))
}

function Links({ links, held }: Pick<Props, 'links' | 'held'>): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  return (
    <ul class="rows">
      {links.map((link) => {
        const sum = link.lately.reduce((total, visits) => total + visits, 0)
        const short = platform.addresses.of('link', `/${encodeURIComponent(link.slug)}`)
        return (
          <li>
            <div>
              <a class="row-name" href={`${short}+`}>
                /{link.slug}
              </a>
              {link.title && <span> {link.title}</span>}
              <p class="soft">{link.url ? <TargetAddress url={link.url} /> : say('link.locked')}</p>
              {link.tags.length > 0 && <p class="soft">{link.tags.join(', ')}</p>}
            </div>
            <div>
              <p
                class={
                  link.state !== 'active'
                    ? 'state-wait'
                    : link.health === 'dead'
                      ? 'state-bad'
                      : link.health === 'unknown'
                        ? 'soft'
                        : 'state-good'
                }
              >
                {link.state === 'active'
                  ? say(`health.short.${link.health}`, { count: daysSince(link.failingSince) })
                  : say(`state.${link.state === 'deleted' ? 'removed' : link.state}`)}
              </p>
              <Fading link={link} />
            </div>
            <div>
              {sum > 0 && <Sparkline values={link.lately} label={say('mine.drawing', { count: sum })} />}
              {link.clicks !== null && <p>{say('link.visits', { count: link.clicks })}</p>}
            </div>
            {held.includes(link.slug) ? (
              <a href={`/modifier/${ownManagePath(link.slug)}`}>{say('mine.edit')}</a>
            ) : (
              <ManageLink slug={link.slug} words={say('mine.edit')} />
            )}
          </li>
        )
      })}
    </ul>
  )
}
