import { sql, type Kysely, type QueryExecutorProvider } from 'kysely'
import type { ContentState, Moderated } from '../../src/platform/moderation/moderated.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { hashOf, type Notice } from './notices.ts'
import type { BoardTables } from './tables.ts'

/** Notices as moderators handle them, by their ids. */
export function moderatedNotices(db: Kysely<BoardTables>, addresses: Platform['addresses']): Moderated {
  return {
    find: async (path) => {
      const id = /^\/n\/([\w-]+)/.exec(path)?.[1] ?? ''
      return (await db.selectFrom('notice').select('id').where('id', '=', id).executeTakeFirst())?.id
    },
    look: async (ids) => {
      const rows = await db
        .selectFrom('notice')
        .selectAll()
        .where('id', 'in', ['', ...ids])
        .execute()
      return new Map(rows.map((notice) => [notice.id, contentOf(notice, addresses)]))
    },
    hide: (transaction, ids) => setState(transaction, ids, ['shown', 'removed'], 'hidden'),
    remove: (transaction, ids) => setState(transaction, ids, ['shown', 'hidden', 'unconfirmed'], 'removed'),
    restore: (transaction, ids) => setState(transaction, ids, ['hidden', 'removed'], 'shown'),
    sameAuthor: async (id) => {
      const account = db.selectFrom('notice').select('account').where('id', '=', id)
      const others = db.selectFrom('notice').select('id').where('account', '=', account).where('id', '<>', id)
      return (await others.execute()).map((notice) => notice.id)
    },
  }
}

/** @returns the ids of those that were in one of the states `from` */
async function setState(
  db: QueryExecutorProvider,
  ids: readonly string[],
  from: readonly Notice['state'][],
  to: Notice['state'],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update board.notice set state = ${to} where id = any (${ids}::text[]) and state = any (${from}::text[])
    returning id`.execute(db)
  return rows.map(({ id }) => id)
}

const STATES: Record<Notice['state'], ContentState> = {
  unconfirmed: 'gone',
  shown: 'shown',
  hidden: 'hidden',
  removed: 'removed',
}

function contentOf(notice: Notice, addresses: Platform['addresses']) {
  return {
    content: notice.id,
    address: addresses.of('board', `/n/${notice.id}`),
    title: notice.title,
    state: STATES[notice.state],
    madeAt: notice.made_at,
    author: notice.account,
    mailbox: { address: notice.email, language: notice.language },
    preview: { text: notice.text, pictures: notice.picture ? [notice.picture] : [] },
    facts: [],
    hash: hashOf(notice.title, notice.text),
  }
}
