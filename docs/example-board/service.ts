import type { OrdinaryService } from '../../src/platform/service.ts'
import { refuse } from './refusals.ts'
import { boardClasses } from './retention.ts'
import { settings } from './settings.ts'

/** A notice board: what neighbours offer and look for. The second example of CONTRIBUTING.md. */
export const board: OrdinaryService = {
  name: 'board',
  area: 'commons',
  about: {
    name: { fr: 'Annonces', en: 'Notices' },
    act: { fr: 'Passer une annonce', en: 'Post a notice' },
    promise: {
      fr: 'Ce que l’on donne, cherche ou prête près de chez soi.',
      en: 'What neighbours give, seek and lend.',
    },
    audience: 'everyone',
    mark: { strokes: 'M5 4h14v16H5z M9 9h6 M9 13h6', hue: 140 },
    // Search engines need not know what a neighbour gives away this week.
    robots: 'none',
    hasPublicPages: true,
  },
  settings,
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  retention: boardClasses,
  blobs: [{ table: 'notice', column: 'picture' }],
  open: async (platform) => (await import('./running.ts')).openBoard(platform),
}
