import type { Blobs } from './blobs/blobs.ts'
import type { Database } from './database/database.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Outbox } from './mail/outbox.ts'
import type { Check } from './service.ts'

/** How late background work may be before people should know, in seconds. */
const LATE = 15 * 60

/** How long an e-mail may wait before people should know, in minutes. */
const LONG = 60

interface Checked {
  database: Database
  jobs: Jobs
  blobs: Blobs
  outbox: Outbox
}

/** Lines of the status page about what all services stand on. */
export function ownChecks({ database, jobs, blobs, outbox }: Checked): Check[] {
  return [
    {
      label: { fr: 'Base de données', en: 'Database' },
      look: async () => void (await database.pool.query('select 1')),
    },
    { label: { fr: 'Travail en arrière-plan', en: 'Background work' }, look: () => lookAtQueue(jobs) },
    { label: { fr: 'Fichiers', en: 'Files' }, look: () => blobs.look() },
    { label: { fr: 'Envoi des courriels', en: 'Sending of mail' }, look: () => lookAtOutbox(outbox) },
  ]
}

async function lookAtQueue(jobs: Jobs): Promise<void> {
  const { failed, lateBy } = await jobs.state()
  if (failed > 0) throw new Error(`${failed} jobs were given up; "bagad jobs" tells which`)
  if (lateBy > LATE) throw new Error(`the oldest job has waited for ${Math.round(lateBy)} s: does a worker run?`)
}

async function lookAtOutbox(outbox: Outbox): Promise<void> {
  const late = await outbox.late(LONG)
  if (late > 0) throw new Error(`${late} letters have waited for more than ${LONG} minutes; "bagad outbox" tells why`)
}
