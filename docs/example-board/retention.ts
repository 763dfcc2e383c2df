import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../../src/platform/retention/class.ts'

/** Deletes notices whose last day is over; their pictures are given up with them. */
const purge: Purge = async (db, { before, limit }) => {
  const { rows } = await sql<{ picture: string | null }>`
    delete from board.notice where id in (
      select id from board.notice where ends_at < ${before.toString()}::timestamptz
      order by ends_at limit ${limit} for update skip locked
    ) returning coalesce(picture, hidden_picture) as picture`.execute(db)
  return { rows: rows.length, blobs: rows.flatMap(({ picture }) => picture ?? []) }
}

export const boardClasses: RetentionClass[] = [
  {
    name: 'notices',
    what: { fr: 'Annonces, avec l’adresse de leur auteur·ice', en: 'Notices, with the e-mail address of their author' },
    whose: { fr: 'qui passe une annonce', en: 'authors of notices' },
    why: { fr: 'le service lui-même', en: 'the service itself' },
    where: '`board.notice`',
    time: {
      until: { fr: 'jusqu’à leur dernier jour, ou leur effacement', en: 'until their last day, or their deletion' },
    },
    purge,
  },
]
