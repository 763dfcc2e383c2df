import type { OrdinaryService } from '../../platform/service.ts'
import { refuse } from './refusals.ts'
import { linkCommands } from './commands.ts'
import { linkImporters } from './imports/importers.ts'
import { linkClasses } from './retention.ts'

/** Short links: a short address, easy to say, to print and to scan, that redirects to a long one. */
export const link: OrdinaryService = {
  name: 'link',
  area: 'commons',
  about: {
    name: { fr: 'Liens', en: 'Links' },
    act: { fr: 'Raccourcir une adresse', en: 'Shorten an address' },
    promise: {
      fr: 'Une adresse courte, facile à dire et à imprimer, avec son code QR.',
      en: 'A short address that is easy to say and to print, with its QR code.',
    },
    audience: 'everyone',
    mark: {
      strokes:
        'M10 14.5a4.2 4.2 0 0 0 6.2.3l3-3a4.3 4.3 0 0 0-6-6.1l-1.5 1.4 M14 9.5a4.2 4.2 0 0 0-6.2-.3l-3 3a4.3 4.3 0 0 0 6 6.1l1.5-1.4',
      hue: 235,
    },
  },
  styles: new URL('./styles.css', import.meta.url),
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  retention: linkClasses,
  blobs: [{ table: 'block_list', column: 'blob_key' }],
  imports: linkImporters,
  commands: linkCommands,
  open: async (platform, process) => (await import('./running.ts')).openLink(platform, process),
}
