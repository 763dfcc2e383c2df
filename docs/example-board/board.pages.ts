import type { PagesOfService } from '../../tests/pages.ts'
import type { TestInstance } from '../../tests/instance.ts'
import { board } from './service.ts'

/** The path of the notice of the demonstration. */
async function noticePath(it: TestInstance): Promise<string> {
  const { rows } = await it.instance.platform.database.pool.query<{ id: string }>('select id from board.notice limit 1')
  return `/n/${rows[0]?.id}`
}

export const boardPages: PagesOfService = {
  service: board,
  pages: [{ path: '/' }, { path: '/n/:id', make: noticePath }, { path: '/n/gone' }],
}
