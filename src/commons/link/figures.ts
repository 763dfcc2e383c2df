import type { Figure } from '../../platform/figures/figure.ts'
import type { Links } from './links.ts'

/** What the annual report counts of links. */
export function figuresOf(links: Links): Figure[] {
  return [
    {
      id: 'link.total',
      kind: 'stock',
      unit: 'count',
      label: { fr: 'Liens raccourcis', en: 'Short links' },
      definition: {
        fr: 'Tous les liens faits ici, qu’ils mènent encore quelque part ou non.',
        en: 'All links made here, whether they still lead anywhere or not.',
      },
      sample: async () => (await links.totals()).links,
    },
    {
      id: 'link.visits',
      kind: 'flow',
      unit: 'count',
      label: { fr: 'Visites de liens', en: 'Visits of links' },
      definition: { fr: 'Redirections servies depuis le premier jour.', en: 'Redirects served since the first day.' },
      sample: async () => (await links.totals()).visits,
    },
  ]
}
