import { link } from '../../src/commons/link/service.ts'
import type { TestInstance } from '../../tests/instance.ts'
import type { PagesOfService } from '../../tests/pages.ts'
import { tokenFor } from '../../tests/people.ts'
import { board } from './service.ts'

/** Puts up a notice as a program does; gives its path. */
export async function addNotice(it: TestInstance, login: string): Promise<string> {
  const token = await tokenFor(it, login, ['board:write'])
  const answer = await it.ask('board', '/api/v1/notices', {
    method: 'POST',
    body: { title: 'Vélo '.repeat(20), text: 'https://exemple.fr/'.repeat(50) },
    headers: { authorization: `Bearer ${token}` },
  })
  return new URL(answer.json().address).pathname
}

export const boardPages: PagesOfService = {
  service: board,
  services: [link],
  pages: [
    { path: '/' },
    { path: '/new', isSignedIn: true },
    { path: '/notices/:other', make: (it) => addNotice(it, 'soazig') },
    { path: '/notices/:own', make: (it) => addNotice(it, 'lead'), isSignedIn: true },
  ],
}
