import type { TestInstance } from '../../tests/instance.ts'
import type { PagesOfService } from '../../tests/pages.ts'
import { board } from './service.ts'

/** The path of the notice of the demonstration, whose words are as long as people make them. */
export async function noticePath(it: TestInstance): Promise<string> {
  const { rows } = await it.instance.platform.database.pool.query<{ id: string }>(
    `update board.notice set title = repeat('Pommes', 16), text = repeat('https://exemple.fr/', 50) returning id`,
  )
  return `/n/${rows[0]?.id}`
}

export const boardPages: PagesOfService = {
  service: board,
  pages: [{ path: '/' }, { path: '/n/:id', make: noticePath }, { path: '/n/gone' }],
}
