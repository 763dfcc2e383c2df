import { sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import type { DailyFigure, Figure } from '../../platform/figures/figure.ts'
import type { Figures } from '../../platform/figures/figures.ts'
import type { InEveryLanguage } from '../../platform/language/languages.ts'
import type { Service } from '../../platform/service.ts'
import type { DeskTables } from './tables.ts'

/** The moderation figures of the activity report: overall, and for each service with contents. */
export function figuresOf(db: Kysely<DeskTables>, services: readonly Service[]): Figure[] {
  return [...figuresFor(db, undefined), ...services.flatMap((service) => figuresFor(db, service))]
}

function figuresFor(db: Kysely<DeskTables>, service: Service | undefined): Figure[] {
  const name = service?.name ?? null
  const { suffix, of } = namedFor(service)
  const value = async (query: ReturnType<typeof sql<{ value: number | null }>>) =>
    (await query.execute(db)).rows[0]?.value ?? null
  return [
    {
      id: `moderation.delay.median${suffix}`,
      kind: 'mean',
      unit: 'hours',
      label: { fr: `Délai médian d’une décision${of.fr}`, en: `Median delay of a decision${of.en}` },
      definition: {
        fr: 'Heures entre un signalement et la décision, la moitié des signalements d’un an ayant attendu moins.',
        en: 'Hours from a report to the decision: the median of a year’s reports.',
      },
      sample: () =>
        value(sql`select round((percentile_cont(0.5) within group (order by extract(epoch from settled_at - made_at) / 3600))::numeric, 2) as value
          from desk.report join desk.item on item.id = report.item
          where settled_at > now() - interval '1 year' and not is_appeal and (${name}::text is null or service = ${name})`),
    },
  ]
}

/** Figures that are counted in the transaction of a report or a decision. */
type Counted = 'reports' | 'decisions' | 'removed'

/** The moderation figures of each day: overall, and for each service with contents. */
export function dailyFiguresOf(services: readonly Service[]): DailyFigure[] {
  return [...dailyFor(undefined), ...services.flatMap(dailyFor)]
}

function dailyFor(service: Service | undefined): DailyFigure[] {
  const { suffix, of } = namedFor(service)
  return [
    {
      id: `moderation.reports${suffix}`,
      unit: 'count',
      label: { fr: `Signalements${of.fr}`, en: `Reports${of.en}` },
      definition: {
        fr: 'Signalements reçus ce jour-là ; un même réseau compte une fois par contenu.',
        en: 'Reports of that day; a network counts once for each content.',
      },
      isTallied: true,
    },
    {
      id: `moderation.decisions${suffix}`,
      unit: 'count',
      label: { fr: `Décisions de modération${of.fr}`, en: `Decisions of moderation${of.en}` },
      definition: {
        fr: 'Décisions prises ce jour-là, sans celles qui ont été reprises.',
        en: 'Decisions of that day, except undone ones.',
      },
      isTallied: true,
    },
    {
      id: `moderation.removed${suffix}`,
      unit: 'count',
      label: { fr: `Contenus retirés${of.fr}`, en: `Contents removed${of.en}` },
      definition: {
        fr: 'Contenus que des décisions de ce jour-là ont retirés.',
        en: 'Contents removed by decisions of that day.',
      },
      isTallied: true,
    },
  ]
}

function namedFor(service: Service | undefined): { suffix: string; of: InEveryLanguage } {
  if (!service) return { suffix: '', of: { fr: '', en: '' } }
  const { publicName = service.name, name } = service.about
  return { suffix: `.${publicName}`, of: { fr: ` (${name.fr})`, en: ` (${name.en})` } }
}

/** Counts overall, and for the service of a report or a decision. */
export class ModerationTally {
  readonly #figures: Figures
  readonly #services: readonly Service[]

  constructor(figures: Figures, services: readonly Service[]) {
    this.#figures = figures
    this.#services = services
  }

  /** @param day day in the association's time zone; default: today */
  count(
    db: QueryExecutorProvider,
    service: string,
    amounts: Partial<Record<Counted, number>>,
    day?: Temporal.PlainDate,
  ): Promise<void> {
    const { suffix } = namedFor(this.#services.find(({ name }) => name === service))
    const all = Object.entries(amounts).flatMap(([what, amount]): [string, number][] => [
      [`moderation.${what}`, amount],
      [`moderation.${what}${suffix}`, amount],
    ])
    return this.#figures.count(db, Object.fromEntries(all), day)
  }
}
