import type { JSX } from 'preact'
import { formatDate } from '../../../platform/figures/dates.ts'
import type { Series } from '../../../platform/figures/figure.ts'
import type { Arrangement } from '../../../platform/figures/history.ts'
import { formatValue } from '../../../platform/figures/numbers.ts'
import { usePage } from '../../../platform/pages/context.ts'
import { FiguresOf } from '../../../platform/pages/figures.tsx'
import { Page } from '../../../platform/pages/page.tsx'
import { words } from '../words.ts'

/**
 * All figures of the association: charts of the last activity report, the current figures of the services, and the
 * rest.
 */
export function FiguresPage({
  series,
  arrangements,
}: {
  series: Map<string, Series>
  arrangements: Arrangement[]
}): JSX.Element {
  const { reader, platform } = usePage()
  const say = reader.say(words)
  const sections = Map.groupBy(arrangements, ({ section }) => section[reader.language])
  const arranged = new Set(arrangements.flatMap(({ rows }) => rows.map(({ figure }) => figure)))
  const all = [...series.values()]
  const now = all.filter(({ isDeclared }) => isDeclared)
  const besides = all.filter(({ id, isDeclared }) => !isDeclared && !arranged.has(id))
  return (
    <Page title={say('figures.page', { name: platform.association.name })} width="wide">
      <h1>{say('figures.page', { name: platform.association.name })}</h1>
      <p class="lead">{say('figures.lead')}</p>
      {series.size === 0 && <p>{say('figures.none')}</p>}
      {now.length > 0 && <Values title={say('figures.now')} series={now} />}
      {[...sections].map(([title, group], index) => (
        <section class="section" aria-labelledby={`section-${index}`}>
          <h2 id={`section-${index}`}>{title}</h2>
          {group.map((arrangement) => (
            <FiguresOf
              arrangement={arrangement}
              series={series}
              isTitled={arrangement.title[reader.language] !== title}
            />
          ))}
        </section>
      ))}
      {besides.length > 0 && <Values title={say('figures.besides')} series={besides} />}
      <p class="noted">
        {say('figures.open')} <a href="/stats.json">stats.json</a>
      </p>
    </Page>
  )
}

function Values({ title, series }: { title: string; series: Series[] }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <section class="section">
      <h2>{title}</h2>
      <dl class="stated values">
        {series.map((one) => {
          const last = one.points.findLast(({ value }) => value !== null)
          return (
            <>
              <dt>{one.label[reader.language]}</dt>
              <dd>
                {last ? <strong>{formatValue(last, one.unit, reader)}</strong> : say('figures.notyet')}
                {last && <span class="soft"> ({formatDate(last.date, reader)})</span>}
                {one.definition[reader.language] && <span class="noted"> {one.definition[reader.language]}</span>}
              </dd>
            </>
          )
        })}
      </dl>
    </section>
  )
}
