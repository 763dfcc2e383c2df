import type { Kysely } from 'kysely'
import type { PersonalData } from '../../platform/access/personal-data.ts'
import type { Figures } from '../../platform/figures/figures.ts'
import type { ReportTables } from './tables.ts'

/** Replaces the account of an erased person. */
const GONE = '-'

/**
 * The personal data of authors of reports. The reports belong to the association and stay; a person's comments are
 * erased on request.
 */
export function personOf(db: Kysely<ReportTables>, figures: Figures): PersonalData {
  return {
    export: async (account, sink) => {
      const comments = await db
        .selectFrom('comment')
        .select(['report', 'quote', 'text', 'written_at'])
        .where('written_by', '=', account)
        .orderBy('id')
        .execute()
      const versions = await db
        .selectFrom('version')
        .select(['report', 'revision', 'title', 'body', 'written_at'])
        .where('written_by', '=', account)
        .execute()
      if (comments.length > 0)
        await sink.add(
          'comments.json',
          comments.map(({ written_at: at, ...comment }) => ({ ...comment, at: at.toString() })),
        )
      if (versions.length > 0)
        await sink.add(
          'versions.json',
          versions.map(({ written_at: at, ...version }) => ({ ...version, at: at.toString() })),
        )
    },
    erase: async (account, mode) => {
      await db.transaction().execute(async (transaction) => {
        if (mode === 'delete') await transaction.deleteFrom('comment').where('written_by', '=', account).execute()
        await transaction.updateTable('comment').set({ written_by: GONE }).where('written_by', '=', account).execute()
        await transaction.updateTable('comment').set({ settled_by: GONE }).where('settled_by', '=', account).execute()
        await transaction.updateTable('version').set({ written_by: GONE }).where('written_by', '=', account).execute()
        await transaction.updateTable('report').set({ approved_by: GONE }).where('approved_by', '=', account).execute()
        await transaction
          .updateTable('accepted_gap')
          .set({ accepted_by: GONE })
          .where('accepted_by', '=', account)
          .execute()
        await transaction.updateTable('erratum').set({ written_by: GONE }).where('written_by', '=', account).execute()
        await transaction.updateTable('property').set({ written_by: GONE }).where('written_by', '=', account).execute()
        await transaction
          .updateTable('edition')
          .set({ published_by: GONE })
          .where('published_by', '=', account)
          .execute()
      })
      await figures.forgetPerson(account, GONE)
    },
  }
}
