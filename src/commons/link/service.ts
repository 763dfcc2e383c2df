import type { Service } from '../../platform/service.ts'
import { figuresOf } from './figures.ts'
import { Links } from './links.ts'
import { refuse } from './refusals.ts'
import { linkRoutes } from './routes.tsx'
import type { LinkTables } from './tables.ts'

/** Where the demonstration's links lead: pages that a person in Brest may want on a poster. */
const DEMONSTRATION = [
  { slug: 'venir', url: 'https://www.openstreetmap.org/?mlat=48.3904&mlon=-4.4861#map=16/48.3904/-4.4861' },
  { slug: 'chatons', url: 'https://www.chatons.org/' },
  { slug: 'bus', url: 'https://www.bibus.fr/' },
]

/** Short links: an address that can be said, printed and scanned, in place of a long one. */
export const link: Service = {
  name: 'link',
  room: 'commons',
  about: {
    name: { fr: 'Liens', en: 'Links' },
    act: { fr: 'Raccourcir une adresse', en: 'Shorten an address' },
    promise: {
      fr: 'Une adresse courte, facile à dire et à imprimer, avec son code QR.',
      en: 'A short address that is easy to say and to print, with its QR code.',
    },
    audience: 'everyone',
    mark: { strokes: 'M10 14.5a4.2 4.2 0 0 0 6.2.3l3-3a4.3 4.3 0 0 0-6-6.1l-1.5 1.4 M14 9.5a4.2 4.2 0 0 0-6.2-.3l-3 3a4.3 4.3 0 0 0 6 6.1l1.5-1.4', hue: 235 },
  },
  migrations: new URL('./migrations/', import.meta.url),
  refusals: refuse,
  open: async (platform) => {
    const links = new Links(platform.database.schema<LinkTables>('link'), platform.addresses.host('link'), platform.today)
    return {
      routes: (app) => linkRoutes(app, links, platform.addresses),
      figures: figuresOf(links),
      checks: [{ label: { fr: 'Liens', en: 'Links' }, look: async () => void (await links.totals()) }],
      demo: () => links.plant(DEMONSTRATION),
      [Symbol.asyncDispose]: async () => {},
    }
  },
}
