import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { figuresOf } from './figures.ts'
import { Links } from './links.ts'
import { linkRoutes } from './routes.tsx'
import type { LinkTables } from './tables.ts'

/** Where the demonstration's links lead: pages that a person in Brest may want on a poster. */
const DEMONSTRATION = [
  { slug: 'venir', url: 'https://www.openstreetmap.org/?mlat=48.3904&mlon=-4.4861#map=16/48.3904/-4.4861' },
  { slug: 'chatons', url: 'https://www.chatons.org/' },
  { slug: 'bus', url: 'https://www.bibus.fr/' },
]

export async function openLink(platform: Platform): Promise<Running> {
  const links = new Links(platform.database.schema<LinkTables>('link'), platform.addresses.host('link'), platform.today)
  return {
    routes: (app) => linkRoutes(app, links, platform.addresses),
    figures: figuresOf(links),
    checks: [{ label: { fr: 'Liens', en: 'Links' }, look: async () => void (await links.totals()) }],
    demo: () => links.plant(DEMONSTRATION),
    [Symbol.asyncDispose]: async () => {},
  }
}
