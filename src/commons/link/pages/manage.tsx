import type { JSX } from 'preact'
import { drawDays } from '../../../platform/drawings/days.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { Drawing } from '../../../platform/pages/drawing.tsx'
import { Field, Tick } from '../../../platform/pages/field.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { PostForm } from '../../../platform/pages/post-form.tsx'
import { LinkCopy } from '../islands/link-copy.island.tsx'
import type { Link } from '../link.ts'
import type { Day } from '../link-list.ts'
import { TITLE } from '../titles.ts'
import { words } from '../words.ts'
import { dayOf, Fading, describeHealth } from './link.tsx'
import { resultWords } from './part-words.ts'

interface Props {
  link: Link
  /** The secret in the address of this page. */
  secret: string
  tags: string[]
  days: Day[]
  history: { url: string; until: Temporal.Instant }[]
  /** `made`: the link is new. `kept`: a change was saved. */
  done?: 'made' | 'kept' | undefined
}

/** Days of the chart. */
const DRAWN = 90

/** The management page of a link: its form, its visits, and how to disable or delete it. */
export function Manage({ link, secret, tags, days, history, done }: Props): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const short = platform.addresses.of('link', `/${encodeURIComponent(link.slug)}`)
  const isNew = done === 'made'
  return (
    <Page title={say(isNew ? 'link.made' : 'manage.title')} isPrivate>
      <h1>{isNew ? say('link.made') : `${say('manage.title')} /${link.slug}`}</h1>
      {done === 'kept' && <output class="state-good">{say('manage.kept')}</output>}
      <LinkCopy
        short={short}
        url={link.url}
        {...(isNew && { manage: platform.addresses.of('link', `/modifier/${secret}`) })}
        isHeld={link.state === 'held'}
        isHeldBack={link.isHeldBack}
        isYoung={link.warnsUntil !== null && Temporal.Instant.compare(link.warnsUntil, Temporal.Now.instant()) > 0}
        isOwnPage={false}
        words={resultWords(reader)}
      />
      {link.state !== 'active' && link.state !== 'held' && link.state !== 'deleted' && (
        <p class="state-wait">{say(`state.${link.state}`)}</p>
      )}
      <p>
        {say('link.since', { date: dayOf(link.createdAt, reader) })} {describeHealth(link, reader)}
      </p>
      <Fading link={link} />
      {isNew && (
        <p>
          <a href="/">{say('home.again')}</a>
        </p>
      )}
      <Visits link={link} days={days} />
      <Settings link={link} secret={secret} tags={tags} />
      {history.length > 0 && (
        <section class="section">
          <h2>{say('manage.history')}</h2>
          <ul>
            {history.map(({ url, until }) => (
              <li class="target">
                {url} ({say('manage.until', { date: dayOf(until, reader) })})
              </li>
            ))}
          </ul>
        </section>
      )}
      <Ending link={link} secret={secret} />
    </Page>
  )
}

function Visits({ link, days }: { link: Link; days: Day[] }): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const today = platform.today()
  const made = link.createdAt.toZonedDateTimeISO(reader.timeZone).toPlainDate()
  const from = [made, today.subtract({ days: DRAWN })].reduce((a, b) => (Temporal.PlainDate.compare(a, b) > 0 ? a : b))
  const drawn = days
    .filter(({ day }) => Temporal.PlainDate.compare(day, from) >= 0)
    .map(({ day, clicks }) => ({ day, count: clicks }))
  const brief = (day: Temporal.PlainDate) => reader.date(day, { day: 'numeric', month: 'short' })
  const title = say('manage.drawing', { since: brief(from) })
  const description = drawn.map(({ day, count }) => `${brief(day)} : ${count}`).join(' ; ')
  return (
    <section class="section">
      <h2>{say('manage.stats')}</h2>
      {days.length === 0 ? (
        <p>{say('manage.stats-none')}</p>
      ) : (
        <>
          <p>
            {say('link.visits', { count: link.clicks })}{' '}
            {link.bots > 0 && `(${say('manage.stats-bots', { count: link.bots })})`}
          </p>
          <Drawing svg={drawDays({ id: 'visits', title, description }, drawn, from, today, brief)} />
          <details>
            <summary>{say('manage.table')}</summary>
            <section class="table" tabIndex={0} aria-label={say('manage.stats')}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{say('manage.day')}</th>
                    <th scope="col">{say('manage.clicks')}</th>
                    <th scope="col">{say('manage.bots')}</th>
                  </tr>
                </thead>
                <tbody>
                  {days.map(({ day, clicks, bots }) => (
                    <tr>
                      <th scope="row">{reader.date(day, { day: 'numeric', month: 'long', year: 'numeric' })}</th>
                      <td>{reader.number(clicks)}</td>
                      <td>{reader.number(bots)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </details>
        </>
      )}
    </section>
  )
}

function Settings({ link, secret, tags }: Pick<Props, 'link' | 'secret' | 'tags'>): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const day = (moment: Temporal.Instant | null) =>
    moment?.toZonedDateTimeISO(reader.timeZone).toPlainDate().toString() ?? ''
  const lastDay = link.validUntil && link.validUntil.subtract({ milliseconds: 1 })
  return (
    <section class="section">
      <h2>{say('manage.title')}</h2>
      <PostForm action={`/modifier/${secret}`} class="fields" noValidate>
        <Field name="url" label={say('manage.target')} inputMode="url" autoComplete="off" value={link.url} isWide />
        <Field name="title" label={say('manage.name')} maxLength={TITLE.longest} value={link.title} />
        <Field name="tags" label={say('manage.tags')} maxLength={1000} value={tags.join(', ')} />
        <Field
          name="validFrom"
          type="date"
          label={say('manage.from')}
          hint={say('manage.from-hint')}
          value={day(link.validFrom)}
        />
        <Field
          name="validUntil"
          type="date"
          label={say('home.until')}
          hint={say('home.until-hint')}
          value={day(lastDay)}
        />
        <Field
          name="maxVisits"
          label={say('manage.max')}
          hint={say('manage.max-hint')}
          inputMode="numeric"
          value={link.maxVisits}
        />
        <Field
          name="password"
          label={link.hasPassword ? say('manage.password-new') : say('home.password')}
          hint={link.hasPassword ? say('manage.password-set') : say('home.password-hint')}
          autoComplete="off"
          maxLength={256}
        />
        {link.hasPassword && <Tick name="dropPassword" label={say('manage.password-drop')} />}
        <Tick name="forwardsQuery" label={say('manage.query')} isTicked={link.forwardsQuery} />
        <Tick name="isCountPublic" label={say('manage.counts')} isTicked={link.isCountPublic} />
        <p>
          <button class="button">{say('manage.act')}</button>
        </p>
      </PostForm>
    </section>
  )
}

/** Disabling can be undone; deletion cannot, and asks for confirmation with the slug. */
function Ending({ link, secret }: { link: Link; secret: string }): JSX.Element {
  const say = usePage().reader.say(words)
  const isOff = link.state === 'disabled' || link.state === 'expired'
  return (
    <section class="section">
      {(isOff || link.state === 'active') && (
        <>
          <h2>{say(isOff ? 'manage.on' : 'manage.off')}</h2>
          {!isOff && <p>{say('manage.off-text')}</p>}
          <PostForm action={`/modifier/${secret}/switch`}>
            <input type="hidden" name="to" value={isOff ? 'on' : 'off'} />
            <button class="button quiet">{say(isOff ? 'manage.on' : 'manage.off')}</button>
          </PostForm>
        </>
      )}
      <details class="options">
        <summary>{say('manage.delete')}</summary>
        <p>{say('manage.delete-text')}</p>
        <PostForm action={`/modifier/${secret}/deletion`}>
          <button class="button danger">{say('manage.delete-ask', { slug: link.slug })}</button>
        </PostForm>
      </details>
    </section>
  )
}
