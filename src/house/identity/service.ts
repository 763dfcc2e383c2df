import type { HouseService } from '../../platform/service.ts'
import { identityCommands } from './commands.ts'
import { refuse } from './refusals.ts'
import { identityClasses } from './retention.ts'

/** Accounts: who a person is, how they authenticate, and what they may do, here and in other software. */
export const identity: HouseService = {
  name: 'identity',
  area: 'house',
  about: {
    name: { fr: 'Compte', en: 'Account' },
    act: { fr: 'Se connecter', en: 'Sign in' },
    promise: { fr: 'Un seul compte pour tous les services.', en: 'One account for every service.' },
    host: 'id',
    audience: 'everyone',
    mark: {
      strokes: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20c1-4 4-5.5 7.5-5.5s6.500 1.500 7.500 5.500',
      hue: 230,
    },
  },
  styles: new URL('./styles.css', import.meta.url),
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  retention: identityClasses,
  blobs: [
    { prefix: 'identity/export/' },
    { table: 'account', column: 'picture' },
    { table: 'application', column: 'logo' },
  ],
  commands: identityCommands,
  open: async (platform) => (await import('./running.ts')).openIdentity(platform),
}
