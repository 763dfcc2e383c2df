import type { Kysely } from 'kysely'
import type { PersonalData } from '../../src/platform/access/personal-data.ts'
import type { Notices } from './notices.ts'
import type { BoardTables } from './tables.ts'

/** What the board holds of a person with an account: their notices. */
export function personalDataOf(db: Kysely<BoardTables>, notices: Notices): PersonalData {
  const of = (account: string) => db.selectFrom('notice').selectAll().where('account', '=', account).execute()
  return {
    export: async (account, sink) => {
      const own = (await of(account)).map(({ title, text, state, made_at: madeAt }) => ({ title, text, state, madeAt }))
      if (own.length > 0) await sink.add('notices.json', own)
    },
    // A notice without its author answers to nobody: it goes, whatever was chosen.
    erase: async (account) => {
      for (const notice of await of(account)) await notices.delete(notice, { account })
    },
  }
}
