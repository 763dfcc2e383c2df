import { count, defineSettings } from '../../src/platform/config/settings.ts'
import type { OrdinaryService } from '../../src/platform/service.ts'
import { refuse } from './refusals.ts'
import { retentionClasses } from './retention.ts'

export const settings = defineSettings({ days: count('Days for which a notice stays.', 30, 365) })

/**
 * A notice board: who has an account puts up notices, everyone reads and answers them. The example of CONTRIBUTING.md that
 * uses most of the contract.
 */
export const board: OrdinaryService = {
  name: 'board',
  area: 'commons',
  about: {
    name: { fr: 'Annonces', en: 'Notices' },
    act: { fr: 'Passer une annonce', en: 'Put up a notice' },
    promise: {
      fr: 'Offrir, chercher, prêter : une annonce, et des réponses par courriel.',
      en: 'Give, look for, lend: a notice, and answers by e-mail.',
    },
    audience: 'everyone',
    mark: { strokes: 'M5 4h14v16H5z M8.5 8.5h7 M8.5 12h7 M8.5 15.5h4', hue: 95 },
    robots: ['/new'],
    hasPublicPages: true,
  },
  settings,
  migrations: new URL('./migrations/', import.meta.url),
  blobs: [{ table: 'notice', column: 'picture' }],
  refusals: refuse,
  retention: retentionClasses,
  open: async (platform) => (await import('./running.ts')).openBoard(platform),
}
