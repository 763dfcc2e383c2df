import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Editions } from './editions/editions.ts'
import { oddValuesEmail } from './odd-values-email.ts'
import { newOddValues } from './odd-values.ts'
import type { ReportTables } from './tables.ts'

/** What reports do in the background: the files of what was published, and a word to the technicians about odd values. */
export function reportJobs({
  db,
  editions,
  platform,
}: {
  db: Kysely<ReportTables>
  editions: Editions
  platform: Platform
}): Job[] {
  return [
    defineJob({
      name: 'keep-files',
      pool: 'slow',
      payload: Type.Object({ year: Type.Integer(), number: Type.Integer() }),
      run: ({ year, number }) => editions.keepFiles(year, number),
    }),
    defineJob({
      name: 'tell-odd-values',
      pool: 'slow',
      schedule: '50 * * * *',
      payload: Type.Object({}),
      run: () => tellOddValues(db, platform),
    }),
  ]
}

/** Writes to the technicians about today's odd values, each once; where nobody can be written to, the log says it. */
export async function tellOddValues(db: Kysely<ReportTables>, platform: Platform): Promise<void> {
  const { database, config, association, mail, today, log } = platform
  await db.transaction().execute(async (transaction) => {
    const odd = await newOddValues(transaction, database, today())
    if (odd.length === 0) return
    log.warn({ figures: odd.map(({ figure }) => figure) }, 'odd values were sampled')
    const to = config.legal.abuse_email || association.email
    if (!to) return
    await mail.send(transaction, { to, ...(await oddValuesEmail(odd, platform)) })
  })
}
