import type { PagesOfService } from '../../../tests/pages.ts'
import { link } from '../../commons/link/service.ts'
import { desk } from './service.ts'

export const deskPages: PagesOfService = {
  service: desk,
  services: [link],
  roles: ['admin'],
  pages: [
    { path: '/signaler' },
    { path: '/contester' },
    { path: '/file', isSignedIn: true },
    { path: '/file/link/held', isSignedIn: true },
    { path: '/blocages', isSignedIn: true },
    { path: '/journal', isSignedIn: true },
  ],
  prepare: async (it) => {
    const url = `https://www.openstreetmap.org/${'a-long-path/'.repeat(20)}`
    await it.ask('link', '/api/v1/links', { method: 'POST', body: { url, slug: 'held' } })
    await it.ask('link', '/api/v1/reports', {
      method: 'POST',
      body: { url: `http://link.localhost:${it.port}/held`, category: 'minor', explanation: 'Regardez.' },
    })
  },
}
