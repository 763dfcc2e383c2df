import type { Database } from '../database/database.ts'
import type { Job } from '../jobs/job.ts'

/** Counts and proofs that are over are forgotten each hour. */
export function forgetOldLimits(database: Database): Job {
  return {
    name: 'forget-old-limits',
    schedule: '17 * * * *',
    run: async () => {
      await database.pool.query('delete from limits.rate where expire < $1', [Date.now()])
      await database.pool.query('delete from limits.spent_proof where expires_at < now()')
    },
  }
}
