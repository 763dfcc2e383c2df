import type { PagesOfService } from '../../../tests/pages.ts'
import { link } from '../../commons/link/service.ts'
import { report } from './service.ts'

export const reportPages: PagesOfService = {
  service: report,
  services: [link],
  pages: [
    { path: '/' },
    { path: '/reports' },
    { path: '/reports/2023' },
    { path: '/chiffres/members.total' },
    { path: '/fiche-chatons' },
    { path: '/fiche-chatons/link' },
  ],
}
