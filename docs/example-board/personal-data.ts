import type { Kysely } from 'kysely'
import type { PersonalData } from '../../src/platform/access/personal-data.ts'
import type { KeptPictures } from '../../src/platform/images/kept-pictures.ts'
import { freeBlobs } from '../../src/platform/retention/freed-blobs.ts'
import type { BoardTables } from './tables.ts'

/** What the board holds of a person: their notices, with the pictures. */
export function personalDataOf(db: Kysely<BoardTables>, pictures: KeptPictures): PersonalData {
  return {
    export: async (account, sink) => {
      const notices = await db.selectFrom('notice').selectAll().where('author', '=', account).execute()
      if (notices.length === 0) return
      await sink.add(
        'notices.json',
        notices.map(({ id, title, text, state, made_at, ends_at }) => ({ id, title, text, state, made_at, ends_at })),
      )
      for (const { id, picture } of notices) {
        const bytes = picture ? await pictures.read(picture) : undefined
        if (bytes) await sink.add(`${id}.webp`, bytes)
      }
    },
    erase: async (account, mode) => {
      if (mode === 'anonymise') {
        await db.updateTable('notice').set({ author: null }).where('author', '=', account).execute()
        return
      }
      await db.transaction().execute(async (transaction) => {
        const erased = await transaction
          .deleteFrom('notice')
          .where('author', '=', account)
          .returning('picture')
          .execute()
        await freeBlobs(
          transaction,
          erased.flatMap(({ picture }) => picture ?? []),
        )
      })
    },
  }
}
