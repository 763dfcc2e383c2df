import type { Platform } from '../../src/platform/platform.ts'
import type { Running } from '../../src/platform/service.ts'
import { Rings } from './rings.ts'
import { bellRoutes } from './routes.tsx'
import type { BellTables } from './tables.ts'

export async function openBell(platform: Platform): Promise<Running> {
  const rings = new Rings(platform.database.schema<BellTables>('bell'), platform.figures)
  return {
    routes: (app) => bellRoutes(app, rings),
    daily: [
      {
        id: 'bell.rings',
        unit: 'count',
        label: { fr: 'Coups de sonnette', en: 'Rings' },
        definition: { fr: 'Ce jour-là.', en: 'On that day.' },
        isTallied: true,
      },
    ],
    demo: () => rings.ring('Anne'),
    [Symbol.asyncDispose]: async () => {},
  }
}
