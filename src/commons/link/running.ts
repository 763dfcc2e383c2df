import type { Platform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { Clicks } from './clicks.ts'
import { Directory } from './directory.ts'
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

export async function openLink({ database, addresses, news, log, today }: Platform): Promise<Running> {
  const db = database.schema<LinkTables>('link')
  const clicks = new Clicks(db, log, today)
  const links = new Links({ db, clicks, ownHost: addresses.host('link'), directory: new Directory(news) })
  return {
    routes: (app) => linkRoutes(app, links, addresses),
    figures: figuresOf(links),
    checks: [{ label: { fr: 'Liens', en: 'Links' }, look: async () => void (await links.totals()) }],
    demo: () => links.plant(DEMONSTRATION),
    [Symbol.asyncDispose]: () => clicks[Symbol.asyncDispose](),
  }
}
