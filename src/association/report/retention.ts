import { sql } from 'kysely'
import type { Purge, RetentionClass } from '../../platform/retention/class.ts'

/** Abandoned drafts that were never published, with their tables. */
const forgetDrafts: Purge = async (db, { before, limit }) => {
  const { rows } = await sql<{ year: number }>`
    delete from report.report where year in (
      select year from report.report
      where changed_at < ${before.toString()}::timestamptz and not exists (select from report.edition where edition.report = year)
      order by year limit ${limit} for update skip locked
    ) returning year`.execute(db)
  const years = rows.map(({ year }) => year)
  await sql`delete from figures.arrangement where report = any (${years}::integer[]) and not published`.execute(db)
  return { rows: rows.length }
}

/** The retention classes of reports and their authors. */
export const reportClasses: RetentionClass[] = [
  {
    name: 'drafts',
    what: {
      fr: 'Rapports en cours d’écriture, avec leurs versions et leurs commentaires',
      en: 'Reports being written, with their versions and comments',
    },
    whose: { fr: 'qui les écrit', en: 'their authors' },
    why: {
      fr: 'le compte rendu que l’association fait d’elle-même (intérêt légitime)',
      en: 'the association’s account of itself (legitimate interest)',
    },
    where: '`report.*`',
    time: { for: { years: 1 }, after: { fr: 'sans changement', en: 'without a change' } },
    purge: forgetDrafts,
  },
  {
    name: 'published',
    what: {
      fr: 'Rapports publiés, avec le numéro de compte de qui les a écrits',
      en: 'Published reports, with the account numbers of their authors',
    },
    whose: { fr: 'qui les écrit', en: 'their authors' },
    why: {
      fr: 'le compte rendu que l’association fait d’elle-même (intérêt légitime)',
      en: 'the association’s account of itself (legitimate interest)',
    },
    where: '`report.*`, `figures.*`',
    time: {
      until: {
        fr: 'pour toujours ; le numéro de compte s’en va quand le compte est effacé',
        en: 'for ever; the account number goes when the account is erased',
      },
    },
  },
]
