import { publicName } from '../../../platform/figures/figures.ts'
import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Known, Point, Series } from '../../../platform/figures/figure.ts'
import { describeEvolution, formatValue } from '../../../platform/figures/numbers.ts'
import type { Snapshot } from '../../../platform/figures/snapshots.ts'
import type { Reader } from '../../../platform/language/reader.ts'
import { words as platformWords } from '../../../platform/language/own-words.ts'
import { usePage, type PageScope } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { Sparkline } from '../../../platform/pages/sparkline.tsx'
import { isTraffic } from '../../../platform/visits/figures.ts'
import { words } from '../words.ts'
import { TrafficTable } from './traffic.tsx'
import { Published } from './report-list.tsx'

interface Props {
  series: Series[]
  /** Values of the small lines, by figure. */
  recent: ReadonlyMap<string, number[]>
  /** The values of the last snapshot. */
  frozen: ReadonlyMap<string, Known>
  snapshot?: Snapshot
  editions: { year: number; title: string; number: number; publishedAt: Temporal.Instant }[]
  /** The prefix of the shown figures, when not all are shown. */
  only?: string
  mayFreeze: boolean
  mayImport: boolean
}

/** The reports, then every figure by service: its line, its value today and in the last snapshot, and its change. */
export function FiguresHome({
  series,
  recent,
  frozen,
  snapshot,
  editions,
  only,
  mayFreeze,
  mayImport,
}: Props): JSX.Element {
  const scope = usePage()
  const { reader, platform } = scope
  const say = reader.say(words)
  // The traffic of the hosts has its own table.
  const shown = only === undefined ? series.filter(({ id, isDaily }) => !isDaily || !isTraffic(id)) : series
  const services = [...Map.groupBy(shown, ({ id }) => id.split('.')[0] ?? id)]
  return (
    <Page title={say('home.title', { name: platform.association.name })} width="wide" isPrivate={only !== undefined}>
      <h1>{say('home.title', { name: platform.association.name })}</h1>
      <p class="lead">{say('home.lead')}</p>
      {editions.length > 0 && (
        <section aria-labelledby="reports">
          <h2 id="reports">{say('reports.title')}</h2>
          <Published editions={editions} />
        </section>
      )}
      <section class="section" aria-labelledby="figures">
        <h2 id="figures">{only ? say('figures.only', { only }) : say('figures.title')}</h2>
        {(mayFreeze || mayImport) && (
          <p class="actions">
            {mayFreeze && (
              <a class="button" href="/instantane">
                {say('snapshot.act', { month: formatMonth(platform.today(), reader) })}
              </a>
            )}
            {mayImport && (
              <a class="button quiet" href="/importer">
                {say('import.title')}
              </a>
            )}
          </p>
        )}
        {series.length === 0 && <p>{say('figures.none')}</p>}
        {services.map(([service, own]) => (
          <ServiceFigures
            title={serviceTitle(service, scope)}
            id={service}
            series={own}
            recent={recent}
            frozen={frozen}
            snapshot={snapshot}
          />
        ))}
        {only === undefined && <TrafficTable series={series} />}
      </section>
      <p class="noted">
        {say('figures.open')} <a href="/api/v1/figures">api/v1/figures</a>.{' '}
        <a href="/fiche-chatons">{say('collective.title')}</a>.
      </p>
    </Page>
  )
}

/** « mars 2026 » */
export function formatMonth(day: Temporal.PlainDate, reader: Reader): string {
  return reader.date(day, { month: 'long', year: 'numeric' })
}

/** Returns the name of a service: its title where it runs here, else the name of its figures. */
function serviceTitle(service: string, { platform, reader }: PageScope): string {
  const running = platform.figures.services.find((one) => publicName(one) === service)
  if (running) return running.about.name[reader.language]
  return isKnown(service) ? reader.say(words)(`services.${service}`) : service
}

const KNOWN = [
  'bin',
  'cloud',
  'date',
  'drop',
  'lists',
  'mail',
  'map',
  'members',
  'mobilizon',
  'pad',
  'pic',
  'support',
  'web',
  'http',
  'identity',
] as const

function isKnown(service: string): service is (typeof KNOWN)[number] {
  return KNOWN.some((one) => one === service)
}

interface ServiceProps extends Pick<Props, 'recent' | 'frozen'> {
  title: string
  id: string
  series: Series[]
  snapshot: Snapshot | undefined
}

function ServiceFigures({ title, id, series, recent, frozen, snapshot }: ServiceProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="table" tabIndex={0} aria-label={title} id={id}>
      <table class="figure-table">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{say('figures.figure')}</th>
            <th scope="col">{say('figures.now')}</th>
            <th scope="col">{say('figures.before')}</th>
            <th scope="col">{say('figures.evolution')}</th>
            <th scope="col">{say('figures.line')}</th>
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <FigureRow one={one} values={recent.get(one.id) ?? []} frozen={frozen.get(one.id)} snapshot={snapshot} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  one: Series
  values: number[]
  frozen: Known | undefined
  snapshot: Snapshot | undefined
}

function FigureRow({ one, values, frozen, snapshot }: RowProps): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  const last = one.points.at(-1)
  const before = beforeOf(one, last, frozen, snapshot)
  const printed = one.points.flatMap(({ value }) => (value === null ? [] : [value]))
  const line = values.length > 1 ? values : printed
  return (
    <tr>
      <th scope="row">
        <a href={`/chiffres/${one.id}`}>{one.label[reader.language]}</a>
        {!one.isDeclared && (
          <span class="soft">
            {' '}
            ({say(one.points.some(({ source }) => source === 'live') ? 'figures.closed' : 'figures.told')})
          </span>
        )}
      </th>
      <td>
        <Value point={last} unit={one.unit} />
        {last && <span class="soft dated">{formatDate(last.date, reader, 'short')}</span>}
      </td>
      <td>
        <Value point={before} unit={one.unit} />
        {before && <span class="soft dated">{before.name ?? formatDate(before.date, reader, 'short')}</span>}
      </td>
      <td>{(before && last && describeEvolution(before, last, one.unit, reader)) || ''}</td>
      <td>
        {line.length > 1 ? <Sparkline values={line} label={say('figures.points', { count: line.length })} /> : null}
      </td>
    </tr>
  )
}

interface Before extends Known {
  date: string
  name?: string
}

/** Returns the value to compare today's with: that of the last snapshot, else the previous point. */
function beforeOf(
  one: Series,
  last: Point | undefined,
  frozen: Known | undefined,
  snapshot: Snapshot | undefined,
): Before | undefined {
  const date = snapshot?.date.toString().slice(0, 7)
  if (frozen && snapshot && date && last?.date !== date) return { ...frozen, date, name: snapshot.name }
  return one.points.at(-2)
}

function Value({ point, unit }: { point: Known | undefined; unit: string }): JSX.Element {
  const { reader } = usePage()
  const text = formatValue(point, unit, reader)
  return text === '' ? (
    <span class="sr-only">{reader.say(platformWords)('figures.unknown')}</span>
  ) : (
    <strong>{text}</strong>
  )
}
