import type { Service } from '../../platform/service.ts'
import { portalRoutes } from './routes.tsx'

/** The bare domain: who we are, what there is, what we count, the legal pages, the status. */
export const portal: Service = {
  name: 'portal',
  room: 'house',
  about: {
    name: { fr: 'Accueil', en: 'Front page' },
    act: { fr: 'Accueil', en: 'Front page' },
    promise: { fr: 'Qui nous sommes, et ce que vous pouvez faire ici.', en: 'Who we are, and what you can do here.' },
    audience: 'everyone',
    mark: { strokes: 'M4 20V10l8-6 8 6v10 M9.5 20v-6h5v6', hue: 75 },
  },
  open: async (platform) => ({
    routes: (app) => portalRoutes(app, platform),
    demo: async () => {
      const { readFile } = await import('node:fs/promises')
      await platform.figures.import(JSON.parse(await readFile(new URL('../../../data/report-2023.json', import.meta.url), 'utf8')))
    },
    [Symbol.asyncDispose]: async () => {},
  }),
}
