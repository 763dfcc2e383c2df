import { sql, type Kysely } from 'kysely'
import type { Figure } from '../../platform/figures/figure.ts'
import type { Service } from '../../platform/service.ts'
import type { DeskTables } from './tables.ts'

/** What the annual report counts of moderation: all together, and for each service that has contents. */
export function figuresOf(db: Kysely<DeskTables>, services: readonly Service[]): Figure[] {
  return [...figuresFor(db, undefined), ...services.flatMap((service) => figuresFor(db, service))]
}

function figuresFor(db: Kysely<DeskTables>, service: Service | undefined): Figure[] {
  const name = service?.name ?? null
  const suffix = service ? `.${service.about.publicName ?? service.name}` : ''
  const of = service ? { fr: ` (${service.about.name.fr})`, en: ` (${service.about.name.en})` } : { fr: '', en: '' }
  const value = async (query: ReturnType<typeof sql<{ value: number | null }>>) =>
    (await query.execute(db)).rows[0]?.value ?? null
  return [
    {
      id: `moderation.reports${suffix}`,
      kind: 'flow',
      unit: 'count',
      label: { fr: `Signalements${of.fr}`, en: `Reports${of.en}` },
      definition: {
        fr: 'Signalements reçus depuis le premier jour ; un même réseau compte une fois par contenu.',
        en: 'Reports since the first day; one network counts once for a content.',
      },
      sample: () =>
        value(
          sql`select count(*) as value from desk.report join desk.item on item.id = report.item where is_counted and not is_appeal and (${name}::text is null or service = ${name})`,
        ),
    },
    {
      id: `moderation.decisions${suffix}`,
      kind: 'flow',
      unit: 'count',
      label: { fr: `Décisions de modération${of.fr}`, en: `Decisions of moderation${of.en}` },
      definition: {
        fr: 'Décisions prises depuis le premier jour, sans celles qui ont été reprises.',
        en: 'Decisions since the first day, without those that were taken back.',
      },
      sample: () =>
        value(
          sql`select count(*) as value from desk.decision join desk.item on item.id = decision.item where undone_at is null and (${name}::text is null or service = ${name})`,
        ),
    },
    {
      id: `moderation.removed${suffix}`,
      kind: 'flow',
      unit: 'count',
      label: { fr: `Contenus retirés${of.fr}`, en: `Contents removed${of.en}` },
      definition: {
        fr: 'Contenus que des décisions ont retirés depuis le premier jour.',
        en: 'Contents that decisions have removed since the first day.',
      },
      sample: () =>
        value(sql`select coalesce(sum(cardinality(changed)), 0)::bigint as value from desk.decision join desk.item on item.id = decision.item
          where decision = 'remove' and undone_at is null and (${name}::text is null or service = ${name})`),
    },
    {
      id: `moderation.delay.median${suffix}`,
      kind: 'mean',
      unit: 'hours',
      label: { fr: `Délai médian d’une décision${of.fr}`, en: `Median delay of a decision${of.en}` },
      definition: {
        fr: 'Heures entre un signalement et la décision, la moitié des signalements d’un an ayant attendu moins.',
        en: 'Hours from a report to the decision; half of a year’s reports waited less.',
      },
      sample: () =>
        value(sql`select round((percentile_cont(0.5) within group (order by extract(epoch from settled_at - made_at) / 3600))::numeric, 2) as value
          from desk.report join desk.item on item.id = report.item
          where settled_at > now() - interval '1 year' and not is_appeal and (${name}::text is null or service = ${name})`),
    },
  ]
}
