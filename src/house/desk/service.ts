import type { HouseService } from '../../platform/service.ts'
import { refuse } from './refusals.ts'
import { deskClasses } from './retention.ts'

/** Moderation: contents of every service are reported, reviewed and decided about. */
export const desk: HouseService = {
  name: 'desk',
  area: 'house',
  about: {
    name: { fr: 'Modération', en: 'Moderation' },
    act: { fr: 'Signaler un contenu', en: 'Report content' },
    promise: { fr: 'Une personne regarde chaque signalement.', en: 'A person looks at every report.' },
    publicName: 'moderation',
    host: 'moderation',
    audience: 'everyone',
    duty: { roles: ['moderator'], act: { fr: 'Modérer', en: 'Moderate' }, path: '/file' },
    mark: { strokes: 'M5 21V4 M5 5c4-2 6 2 10 0 1.500-.7 3-1 4-1v9c-1 0-2.500.3-4 1-4 2-6-2-10 0', hue: 25 },
  },
  styles: new URL('./styles.css', import.meta.url),
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  retention: deskClasses,
  blobs: [{ table: 'evidence', column: 'blob_key' }],
  open: async (platform) => (await import('./running.ts')).openDesk(platform),
}
