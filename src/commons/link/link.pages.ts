import type { TestInstance } from '../../../tests/instance.ts'
import type { PagesOfService } from '../../../tests/pages.ts'
import { link } from './service.ts'

const URL_OF_ALL = `https://www.openstreetmap.org/${'a-long-path/'.repeat(20)}`

/** Creates an anonymous link; returns its management path. */
async function shorten(it: TestInstance, slug: string, password = ''): Promise<string> {
  const answer = await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: URL_OF_ALL, slug, password } })
  return new URL(answer.json().manage).pathname
}

/** Creates a link with these columns; returns its path. */
const madeAs = (slug: string, columns: string) => async (it: TestInstance) => {
  await shorten(it, slug)
  await it.instance.platform.database.pool.query(`update link.link set ${columns} where slug = $1`, [slug])
  return `/${slug}`
}

export const linkPages: PagesOfService = {
  service: link,
  pages: [
    { path: '/' },
    { path: '/venir+' },
    { path: '/login' },
    { path: '/nowhere' },
    { path: '/stats' },
    { path: '/modifier/:secret', make: (it) => shorten(it, 'locked', 'truite') },
    { path: '/young', make: madeAs('young', `warns_until = now() + interval '1 day'`) },
    {
      path: '/dead',
      make: madeAs('dead', `warns_until = null, health = 'dead', failing_since = now() - interval '12 days'`),
    },
    { path: '/locked' },
    { path: '/locked+' },
    { path: '/held', make: madeAs('held', `state = 'held', reason = 'odd', held_at = now()`) },
    { path: '/over', make: madeAs('over', `valid_until = now() - interval '1 day'`) },
  ],
}
