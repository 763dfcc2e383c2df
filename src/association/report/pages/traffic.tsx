import type { JSX } from 'preact'
import { publicName } from '../../../platform/figures/figures.ts'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Series } from '../../../platform/figures/figure.ts'
import { formatValue } from '../../../platform/figures/numbers.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { prefixOf } from '../../../platform/visits/figures.ts'
import { words } from '../words.ts'

/** The columns for each host; the other figures are on the page of its service. */
const COLUMNS = ['visits.humans', 'visitors.humans', 'hits', 'errors'] as const

/** The traffic of our hosts on the last full day: a row for each service, the busiest first, and the total. */
export function TrafficTable({ series }: { series: Series[] }): JSX.Element | null {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const byId = new Map(series.filter(({ isDaily }) => isDaily).map((one) => [one.id, one]))
  const last = byId.get(`${prefixOf(undefined)}.hits`)?.points.at(-1)
  if (byId.size === 0) return null
  if (!last) return <p class="noted">{say('traffic.none')}</p>
  const services = platform.figures.services.map((service) => ({
    prefix: prefixOf(publicName(service)),
    title: service.about.name[reader.language],
  }))
  const hitsOf = (prefix: string) => byId.get(`${prefix}.hits`)?.points.at(-1)?.value ?? -1
  const rows = [
    ...services.toSorted((a, b) => hitsOf(b.prefix) - hitsOf(a.prefix)),
    { prefix: prefixOf(undefined), title: say('traffic.all') },
  ]
  const caption = say('traffic.title', { date: formatDate(last.date, reader) })
  return (
    <section class="table" tabIndex={0} aria-label={caption} id="http">
      <table class="figure-table">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{say('traffic.host')}</th>
            {COLUMNS.map((what) => (
              <th scope="col">{say(`traffic.${what}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ prefix, title }) => (
            <tr>
              <th scope="row">
                <a href={`/?only=${prefix}`}>{title}</a>
              </th>
              {COLUMNS.map((what) => (
                <td>
                  <Count one={byId.get(`${prefix}.${what}`)} date={last.date} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The value of the day; zero when the host has no point for it. */
function Count({ one, date }: { one: Series | undefined; date: string }): JSX.Element {
  const { reader } = usePage()
  const point = one?.points.at(-1)
  const isThere = one !== undefined && point?.date === date
  return isThere ? (
    <a href={`/chiffres/${one.id}`}>{formatValue(point, one.unit, reader)}</a>
  ) : (
    <span class="sr-only">{reader.say(words)('traffic.unknown')}</span>
  )
}
