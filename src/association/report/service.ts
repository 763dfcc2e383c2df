import type { OrdinaryService } from '../../platform/service.ts'
import { refuse } from './refusals.ts'
import { reportClasses } from './retention.ts'

/** Figures over time, the annual report based on them, and the files of the CHATONS collective. */
export const report: OrdinaryService = {
  name: 'report',
  area: 'association',
  about: {
    name: { fr: 'Rapports', en: 'Reports' },
    act: { fr: 'Lire nos rapports et nos chiffres', en: 'Read our reports and figures' },
    promise: {
      fr: 'Ce que nous avons fait chaque année, et chaque chiffre avec sa définition.',
      en: 'What we did each year, and every figure with its definition.',
    },
    aliases: ['stats'],
    audience: 'everyone',
    duty: {
      roles: ['coordinator', 'employee', 'board'],
      act: { fr: 'Écrire le rapport d’activité', en: 'Write the activity report' },
      path: '/reports',
    },
    mark: { strokes: 'M4.5 20.5V14 M9.5 20.5V9 M14.5 20.5v-8 M19.5 20.5V4 M3 20.5h18', hue: 155 },
  },
  styles: new URL('./styles.css', import.meta.url),
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  retention: reportClasses,
  // Their keys derive from the edition: `report/2023/1.pdf`.
  blobs: [{ prefix: 'report/' }],
  open: async (platform) => (await import('./running.ts')).openReport(platform),
}
