import { sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import type { Addresses } from '../../src/platform/addresses.ts'
import type { ContentState, Moderated, ModeratedContent } from '../../src/platform/moderation/moderated.ts'
import type { Notice } from './notices.ts'
import type { BoardTables } from './tables.ts'

/** Notices as moderators handle them, by their ids. */
export function moderatedNotices(db: Kysely<BoardTables>, addresses: Addresses): Moderated {
  const notices = db.selectFrom('notice').selectAll()
  return {
    find: async (path) => {
      const [, id = ''] = /^\/notices\/([\w-]+)/.exec(path) ?? []
      return (await notices.where('id', '=', id).executeTakeFirst())?.id
    },
    look: async (ids) => {
      const rows = await notices.where('id', 'in', ['', ...ids]).execute()
      return new Map(rows.map((row) => [row.id, contentOf(row, addresses)]))
    },
    hide: (transaction, ids) => setState(transaction, ids, 'hidden', ['shown']),
    remove: (transaction, ids) => setState(transaction, ids, 'removed', ['shown', 'hidden']),
    restore: (transaction, ids) => setState(transaction, ids, 'shown', ['hidden', 'removed']),
    sameAuthor: async (id) => {
      const author = db.selectFrom('notice').select('author').where('id', '=', id)
      const rows = await notices.where('author', '=', author).where('id', '<>', id).execute()
      return rows.map((row) => row.id)
    },
  }
}

/** @returns the ids of those that were in one of the states `from` */
async function setState(
  db: QueryExecutorProvider,
  ids: readonly string[],
  to: ContentState,
  from: readonly ContentState[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update board.notice set state = ${to} where id = any (${ids}) and state = any (${from}) returning id`.execute(db)
  return rows.map((row) => row.id)
}

function contentOf(
  { id, title, text, picture, state, made_at, author, hash }: Notice,
  addresses: Addresses,
): ModeratedContent {
  return {
    content: id,
    address: addresses.of('board', `/notices/${id}`),
    title,
    standing: state,
    madeAt: made_at,
    author,
    preview: { text, pictures: picture ? [picture] : [] },
    facts: [],
    hash,
  }
}
