import { sql, type Kysely } from 'kysely'
import type { Job } from '../../platform/jobs/job.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import { HealthCheck } from './health/health-check.ts'
import type { LinkTables } from './tables.ts'
import type { SpamSurge } from './spam-surge.ts'

/** How long a link may be held before it opens by itself: nobody waits for us longer than a day. */
const HELD_AT_MOST = '24 hours'

interface JobNeeds {
  db: Kysely<LinkTables>
  surge: SpamSurge
  outgoing: Outgoing
  /** Judges all links anew. */
  rescanAll: (signal: AbortSignal) => Promise<void>
}

/** What link does in the background: by the clock, and whenever a rule or a list has changed (a trigger asks for it). */
export function linkJobs({ db, surge, outgoing, rescanAll }: JobNeeds): Job[] {
  return [
    { name: 'rescan', pool: 'slow', deadline: { hours: 6 }, run: (_, { signal }) => rescanAll(signal) },
    surge.job,
    new HealthCheck(db, outgoing).job,
    { name: 'open-held', schedule: '*/10 * * * *', run: () => openHeld(db) },
  ]
}

/** Links that nobody has looked at within a day open, unless they are held without an end; their week of showing where they lead begins then. */
async function openHeld(db: Kysely<LinkTables>): Promise<void> {
  await sql`
    update link.link set state = 'active', reason = null, held_at = null, warns_until = greatest(warns_until, now() + interval '7 days')
    where state = 'held' and held_at < now() - ${sql.lit(HELD_AT_MOST)}::interval`.execute(db)
}
