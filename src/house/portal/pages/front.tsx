import type { JSX } from 'preact'
import { departmentName, drawDepartments } from '../../../platform/drawings/departments.ts'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Series } from '../../../platform/figures/figure.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import { formatValue } from '../../../platform/figures/numbers.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { FiguresOf } from '../../../platform/pages/figures.tsx'
import { Mark } from '../../../platform/pages/icon.tsx'
import { signedInAddress, Page } from '../../../platform/pages/page.tsx'
import type { Service } from '../../../platform/service.ts'
import { words } from '../words.ts'
import { Shore } from './shore.tsx'

/** The figures that the front page shows in large type and as charts, where the association has them. */
const HEADLINE = ['members.total', 'lists.subscriptions', 'web.sites', 'mail.boxes']
const DRAWN = ['members', 'web-php']

export function Front({
  series,
  arrangements,
}: {
  series: Map<string, Series>
  arrangements: Arrangement[]
}): JSX.Element {
  const { platform, reader } = usePage()
  const say = reader.say(words)
  const { association } = platform
  const promise = association.promise[reader.language] || say('front.promise')
  return (
    <Page title={association.name} description={promise} width="wide">
      <section class="front">
        <div>
          <h1>{promise}</h1>
          <p class="lead">{association.about[reader.language] || say('front.about')}</p>
        </div>
        <Shore />
      </section>
      <Services />
      {series.size > 0 && <Figures series={series} arrangements={arrangements} />}
      <Joining />
    </Page>
  )
}

function Services(): JSX.Element {
  const { platform, reader } = usePage()
  const say = reader.say(words)
  const services = platform.services.filter(({ name, area }) => area !== 'house' && platform.running.has(name))
  return (
    <section class="section" aria-labelledby="services">
      <h2 id="services">{say('services.title')}</h2>
      <ul class="services">
        {services.map((service) => (
          <ServiceLine service={service} />
        ))}
      </ul>
    </section>
  )
}

function ServiceLine({ service: { name, about } }: { service: Service }): JSX.Element {
  const scope = usePage()
  const { reader } = scope
  return (
    <li>
      <a href={signedInAddress(scope, name, '/')}>
        <Mark mark={about.mark} />
        <strong>{about.act[reader.language]}</strong>
        <span>{about.promise[reader.language]}</span>
        <span class="audience">{reader.say(words)(`services.${about.audience}`)}</span>
      </a>
    </li>
  )
}

function Figures({ series, arrangements }: { series: Map<string, Series>; arrangements: Arrangement[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="section" aria-labelledby="figures">
      <h2 id="figures">{say('figures.title')}</h2>
      <dl class="headline">
        {HEADLINE.map((id) => (
          <Headline series={series.get(id)} />
        ))}
      </dl>
      {arrangements
        .filter(({ id }) => DRAWN.includes(id))
        .map((arrangement) => (
          <FiguresOf arrangement={arrangement} series={series} />
        ))}
      <p>
        <a class="button quiet" href="/chiffres">
          {say('figures.all')}
        </a>
      </p>
    </section>
  )
}

function Headline({ series }: { series: Series | undefined }): JSX.Element | null {
  const { reader } = usePage()
  const last = series?.points.findLast(({ value }) => value !== null)
  if (!series || !last) return null
  return (
    <div>
      <dt>
        {series.label[reader.language]} ({formatDate(last.date, reader)})
      </dt>
      <dd>{forDisplay(formatValue(last, series.unit, reader))}</dd>
    </div>
  )
}

/** Large type closes up the narrow space between thousands: a normal space keeps them apart. */
function forDisplay(number: string): string {
  return number.replaceAll('\u202f', '\u00a0')
}

function Joining(): JSX.Element | null {
  const { platform, reader } = usePage()
  const { association } = platform
  const say = reader.say(words)
  const isPlaced = association.department !== ''
  return (
    <section class="section joining" aria-labelledby="join">
      <div>
        <h2 id="join">{say('join.title')}</h2>
        <p>{say('join.text', { name: association.name })}</p>
        <p class="actions">
          {association.join && (
            <a class="button" href={association.join}>
              {say('join.act')}
            </a>
          )}
          {association.email && (
            <a class="button quiet" href={`mailto:${association.email}`}>
              {say('join.write')}
            </a>
          )}
          {association.website && (
            <a class="button quiet" href={association.website}>
              {say('join.website')}
            </a>
          )}
        </p>
      </div>
      {isPlaced && <Place />}
    </section>
  )
}

function Place(): JSX.Element {
  const { platform, reader } = usePage()
  const { name, town, department } = platform.association
  const say = reader.say(words)
  const description = say('place.description', {
    town: town || name,
    department: departmentName(department) ?? department,
  })
  const legend = { id: 'place', title: say('place.title', { name }), description }
  return (
    <figure class="place">
      <div
        dangerouslySetInnerHTML={{
          __html: drawDepartments(legend, new Map([[department, { value: 1, text: town || name }]])),
        }}
      />
      <figcaption class="soft">
        {description} <small>{reader.say(platformWords)('figures.map-credit')}</small>
      </figcaption>
    </figure>
  )
}
