import { readFile } from 'node:fs/promises'
import type { HousePlatform } from '../../platform/platform.ts'
import type { Running } from '../../platform/service.ts'
import { portalRoutes } from './routes.tsx'

/** The figures of the demonstration: those of a real association's report. */
const HISTORY = new URL('../../../data/report-2023.json', import.meta.url)

export async function openPortal(platform: HousePlatform): Promise<Running> {
  return {
    routes: (app) => portalRoutes(app, platform),
    demo: async () => void (await platform.figures.import(JSON.parse(await readFile(HISTORY, 'utf8')))),
    [Symbol.asyncDispose]: async () => {},
  }
}
