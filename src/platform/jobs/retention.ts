import { sql } from 'kysely'
import type { RetentionClass } from '../retention/class.ts'
import { IS_SETTLED } from './jobs.ts'

export const jobsClasses: RetentionClass[] = [
  {
    name: 'settled-jobs',
    what: {
      fr: 'Travaux réguliers qui ont échoué, et qui ont réussi depuis',
      en: 'Scheduled jobs that failed, and have succeeded since',
    },
    whose: { fr: 'personne', en: 'no one' },
    why: { fr: 'réparer', en: 'repair' },
    where: '`graphile_worker.jobs`',
    time: { for: { days: 30 }, after: { fr: 'après l’échec', en: 'after the failure' } },
    purge: async (db, { before, limit }) => {
      const { rows } = await sql`
        select id from graphile_worker.complete_jobs(array(
          select id from graphile_worker.jobs as failed
          where attempts >= max_attempts and updated_at < ${before.toString()}::timestamptz and ${sql.raw(IS_SETTLED)} limit ${limit}
        ))`.execute(db)
      return { rows: rows.length }
    },
  },
]
