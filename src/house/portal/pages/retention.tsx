import type { JSX } from 'preact'
import { usePage } from '../../../platform/pages/context.ts'
import { Page } from '../../../platform/pages/page.tsx'
import { formatTime, type RetentionClass } from '../../../platform/retention/class.ts'
import type { DataHolder } from '../../../platform/retention/retention.ts'
import { words } from '../words.ts'

/** The retention periods that the services declare, and the counts of the purge. */
export function RetentionPage({
  keepers,
  removed,
}: {
  keepers: readonly DataHolder[]
  removed: ReadonlyMap<string, number>
}): JSX.Element {
  const { platform, reader } = usePage()
  const say = reader.say(words)
  const titleOf = (name: string) =>
    platform.services.find((service) => service.name === name)?.about.name[reader.language] ??
    say('retention.everywhere')
  return (
    <Page title={say('retention.title')}>
      <h1>{say('retention.title')}</h1>
      <p class="lead">{say('retention.lead')}</p>
      {keepers.map(({ name, classes }) => (
        <section>
          <h2>{titleOf(name)}</h2>
          <ul class="kept">
            {classes.map((one) => (
              <Kept kept={one} removed={removed.get(`${name}/${one.name}`) ?? 0} />
            ))}
          </ul>
        </section>
      ))}
      <p class="soft">{say('retention.backups')}</p>
    </Page>
  )
}

function Kept({ kept, removed }: { kept: RetentionClass; removed: number }): JSX.Element {
  const { reader } = usePage()
  const say = reader.say(words)
  return (
    <li>
      <span>{kept.what[reader.language]}</span>
      <strong>{formatTime(kept.time, reader)}</strong>
      <span class="soft">
        {say('retention.why', { why: kept.why[reader.language] })}
        {removed > 0 && ` ${say('retention.removed', { number: reader.number(removed) })}`}
      </span>
    </li>
  )
}
