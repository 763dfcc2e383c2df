import type { Job } from '../jobs/job.ts'
import type { Retention } from './retention.ts'

/** One purge for everything that is over its time, each hour. */
export function purgeJob(retention: Retention): Job {
  return {
    name: 'purge',
    pool: 'slow',
    deadline: { hours: 1 },
    schedule: '17 * * * *',
    run: async (_, { signal, log }) => {
      const { rows, blobs } = await retention.purge({ signal })
      log.info({ rows: Object.fromEntries(rows), blobs }, 'what was over its time is gone')
    },
  }
}
