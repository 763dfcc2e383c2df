import type { Platform } from '../../src/platform/platform.ts'
import type { Running } from '../../src/platform/service.ts'
import { Rings } from './rings.ts'
import { bellRoutes } from './routes.tsx'
import type { BellTables } from './tables.ts'

export async function openBell(platform: Platform): Promise<Running> {
  const rings = new Rings(platform.database.schema<BellTables>('bell'))
  return {
    routes: (app) => bellRoutes(app, rings),
    figures: [
      {
        id: 'bell.rings',
        kind: 'flow',
        unit: 'count',
        label: { fr: 'Coups de sonnette', en: 'Rings' },
        definition: { fr: 'Depuis le premier jour.', en: 'Since the first day.' },
        sample: () => rings.count(),
      },
    ],
    demo: () => rings.ring('Anne'),
    [Symbol.asyncDispose]: async () => {},
  }
}
