import type { PagesOfService } from '../../../tests/pages.ts'
import { link } from '../../commons/link/service.ts'
import { portal } from './service.ts'

export const portalPages: PagesOfService = {
  service: portal,
  services: [link],
  pages: [
    { path: '/' },
    { path: '/chiffres' },
    { path: '/mentions-legales' },
    { path: '/conditions' },
    { path: '/confidentialite' },
    { path: '/conservation' },
    { path: '/statut' },
    { path: '/courrier' },
    { path: '/courrier/1' },
    { path: '/problems/link/too-long' },
    { path: '/nowhere' },
  ],
  prepare: async ({ instance }) => {
    const { mail, database } = instance.platform
    const action = { label: 'Changer le lien', url: 'https://example.org/a-very-long-address/'.padEnd(200, 'x') }
    await mail.send(database.schema('outbox'), {
      to: 'claire@example.org',
      language: 'fr',
      subject: 'Votre lien',
      paragraphs: ['Il ne mène plus nulle part.'],
      action,
    })
  },
}
