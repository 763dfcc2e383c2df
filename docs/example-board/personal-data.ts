import type { Kysely } from 'kysely'
import type { PersonalData } from '../../src/platform/access/personal-data.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import type { Notices } from './notices.ts'
import type { BoardTables } from './tables.ts'

interface PersonalDataNeeds {
  db: Kysely<BoardTables>
  notices: Notices
  pictures: KeptPictures
}

/** What the board holds of a person with an account: their notices, with the pictures. */
export function personalDataOf({ db, notices, pictures }: PersonalDataNeeds): PersonalData {
  const of = (account: string) => db.selectFrom('notice').selectAll().where('account', '=', account).execute()
  return {
    export: async (account, sink) => {
      const own = await of(account)
      if (own.length === 0) return
      const files = own.map(({ id, title, text, state, made_at: madeAt }) => ({ id, title, text, state, madeAt }))
      await sink.add('notices.json', files)
      for (const { id, picture } of own) {
        const bytes = picture ? await pictures.read(picture) : undefined
        if (bytes) await sink.add(`${id}.webp`, bytes)
      }
    },
    // A notice without its author has no one who answers for it: it is deleted, whatever was chosen.
    erase: async (account) => {
      for (const notice of await of(account)) await notices.delete(notice, { account })
    },
  }
}
