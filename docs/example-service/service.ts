import type { OrdinaryService } from '../../src/platform/service.ts'
import { refuse } from './refusals.ts'

/** A doorbell that everyone may ring. The example of CONTRIBUTING.md: as small as a whole service can be. */
export const bell: OrdinaryService = {
  name: 'bell',
  area: 'commons',
  about: {
    name: { fr: 'Sonnette', en: 'Bell' },
    act: { fr: 'Sonner', en: 'Ring' },
    promise: { fr: 'Une sonnette que tout le monde peut tirer.', en: 'A bell that everyone may ring.' },
    audience: 'everyone',
    mark: { strokes: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z M10 20.5a2.2 2.2 0 0 0 4 0', hue: 20 },
  },
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  open: async (platform) => (await import('./running.ts')).openBell(platform),
}
