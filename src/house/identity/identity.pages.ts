import sharp from 'sharp'
import type { PagesOfService } from '../../../tests/pages.ts'
import { roomsOf } from '../../../tests/people.ts'
import { identity } from './service.ts'

export const identityPages: PagesOfService = {
  service: identity,
  roles: ['admin', 'volunteer'],
  pages: [
    { path: '/login' },
    { path: '/mot-de-passe-oublie' },
    {
      path: '/invitation/:secret',
      make: async (it) => {
        const guest = { email: 'guest@example.org', name: 'Awen Riou', language: 'fr' } as const
        return `/invitation/${(await roomsOf(it).invitations.send(guest, { id: null, name: '' })).secret}`
      },
    },
    ...[
      '/compte',
      '/compte/securite',
      '/compte/appareils',
      '/compte/organisations',
      '/compte/applications',
      '/compte/donnees',
      '/compte/journal',
      '/confirmer',
      '/logout',
      '/administration',
      '/administration/invitations',
      '/administration/organisations',
      '/administration/recuperations',
      '/administration/applications',
      '/administration/journal',
    ].map((path) => ({ path, isSignedIn: true as const })),
  ],
  prepare: async (it, account) => {
    const { db, pictures, applications, appPasswords, tokens } = roomsOf(it)
    const picture = await sharp({ create: { width: 60, height: 60, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    await pictures.setOfPerson(account, picture)
    const forum = { client_name: 'Forum', redirect_uris: ['https://forum.example/back'] }
    const { client } = await applications.add(forum, { by: null })
    await pictures.setOfApplication(client, picture)
    await appPasswords.make(db, account, 'téléphone', ['dav'])
    await tokens.add(db, account, { scopes: ['link:write'], label: 'lettre' })
  },
}
