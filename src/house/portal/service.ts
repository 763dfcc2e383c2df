import type { HouseService } from '../../platform/service.ts'

/** The portal, on the bare domain: the association, its services, its figures, the legal pages, the status. */
export const portal: HouseService = {
  name: 'portal',
  area: 'house',
  about: {
    name: { fr: 'Accueil', en: 'Front page' },
    act: { fr: 'Accueil', en: 'Front page' },
    promise: { fr: 'Qui nous sommes, et ce que vous pouvez faire ici.', en: 'Who we are, and what you can do here.' },
    audience: 'everyone',
    hasPublicPages: true,
    mark: { strokes: 'M4 20V10l8-6 8 6v10 M9.5 20v-6h5v6', hue: 75 },
  },
  styles: new URL('./styles.css', import.meta.url),
  open: async (platform) => (await import('./running.ts')).openPortal(platform),
}
