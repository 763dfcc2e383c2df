import { sql, type Kysely } from 'kysely'
import type { Job } from '../../platform/jobs/job.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import { HealthCheck } from './health/health-check.ts'
import type { LinkTables } from './tables.ts'
import type { SpamSurge } from './spam-surge.ts'

/** The longest hold before a link opens by itself. */
const HELD_AT_MOST = '24 hours'

interface JobNeeds {
  db: Kysely<LinkTables>
  surge: SpamSurge
  outgoing: Outgoing
  /** Judges all links again. */
  rescanAll: (signal: AbortSignal) => Promise<void>
}

/** The background jobs of link: scheduled ones, and a rescan that a trigger requests when a rule or list changes. */
export function linkJobs({ db, surge, outgoing, rescanAll }: JobNeeds): Job[] {
  return [
    { name: 'rescan', pool: 'slow', deadline: { hours: 6 }, run: (_, { signal }) => rescanAll(signal) },
    surge.job,
    new HealthCheck(db, outgoing).job,
    { name: 'open-held', schedule: '*/10 * * * *', run: () => openHeld(db) },
  ]
}

/**
 * Opens links that no moderator reviewed within a day, unless they are held with no end; the week of the warning page
 * begins then.
 */
async function openHeld(db: Kysely<LinkTables>): Promise<void> {
  await sql`
    update link.link set state = 'active', reason = null, held_at = null, warns_until = greatest(warns_until, now() + interval '7 days')
    where state = 'held' and held_at < now() - ${sql.lit(HELD_AT_MOST)}::interval`.execute(db)
}
