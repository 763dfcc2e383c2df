import { sql, type Kysely } from 'kysely'
import type { DailyFigure, Figure } from '../../platform/figures/figure.ts'
import type { LinkTables } from './tables.ts'

/** The figures of links in the annual report. */
export function figuresOf(db: Kysely<LinkTables>): Figure[] {
  const count = (condition: ReturnType<typeof sql<boolean>>) => async () => {
    const { links } = await db
      .selectFrom('link')
      .select((link) => link.fn.countAll<number>().as('links'))
      .where(condition)
      .executeTakeFirstOrThrow()
    return links
  }
  return [
    {
      id: 'link.active',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens raccourcis actifs', en: 'Active short links' },
      definition: {
        fr: 'Liens qui mènent à une page qui répondait quand on l’a regardée pour la dernière fois ; une page qui répond mais nous est fermée compte aussi.',
        en: 'Links whose page answered at the last check; a page that answers but refuses our check counts too.',
      },
      sample: count(sql<boolean>`state = 'active' and health in ('alive', 'blocked')`),
    },
    {
      id: 'link.total',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens raccourcis', en: 'Short links' },
      definition: {
        fr: 'Tous les liens d’ici, qu’ils mènent encore quelque part ou non, sauf ceux que leur auteur·ice a effacés.',
        en: 'All links here, active or not, except those that their creators deleted.',
      },
      sample: count(sql<boolean>`state <> 'deleted'`),
    },
    {
      id: 'link.dead',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens dont la page ne répond plus', en: 'Links whose page no longer answers' },
      definition: {
        fr: 'Trois échecs au moins, sur sept jours au moins.',
        en: 'At least three failed checks over at least seven days.',
      },
      sample: count(sql<boolean>`state = 'active' and health = 'dead'`),
    },
    {
      id: 'link.held',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens en attente d’un regard', en: 'Links waiting for review' },
      definition: { fr: 'Liens retenus avant d’être ouverts.', en: 'Links held before they are opened.' },
      sample: count(sql<boolean>`state = 'held'`),
    },
    {
      id: 'link.removed',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens retirés', en: 'Links removed' },
      definition: { fr: 'Retirés par la modération.', en: 'Removed by moderation.' },
      sample: count(sql<boolean>`state = 'removed'`),
    },
  ]
}

/** The daily figures of links. */
export const dailyFigures: DailyFigure[] = [
  {
    id: 'link.created',
    unit: 'count',
    label: { fr: 'Liens créés', en: 'Links created' },
    definition: { fr: 'Liens faits ou importés ici ce jour-là.', en: 'Links created or imported here on that day.' },
    isTallied: true,
  },
  {
    id: 'link.visits',
    unit: 'count',
    label: { fr: 'Visites de liens', en: 'Visits of links' },
    definition: {
      fr: 'Redirections servies ce jour-là, robots compris.',
      en: 'Redirects served on that day, bots included.',
    },
    isTallied: true,
  },
]
