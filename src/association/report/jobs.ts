import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Editions } from './editions/editions.ts'
import { oddValuesOf, rememberTold, untold } from './odd-values.ts'
import { oddValuesEmail } from './odd-values-email.ts'
import type { ReportTables } from './tables.ts'

/** The background jobs of reports: the files of editions, and the e-mail about odd values. */
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
      run: () => reportOddValues(db, platform),
    }),
  ]
}

/** Sends the technicians an e-mail about today's odd values, each once; without an address they are logged. */
export async function reportOddValues(db: Kysely<ReportTables>, platform: Platform): Promise<void> {
  const { database, config, association, mail, today, log } = platform
  const day = today()
  const odd = await untold(db, await oddValuesOf(database, day), day)
  if (odd.length === 0) return
  const to = config.legal.abuse_email || association.email
  const letter = to && { to, ...(await oddValuesEmail(odd, platform)) }
  await db.transaction().execute(async (transaction) => {
    if (!(await rememberTold(transaction, odd, day))) throw new Error('the same odd values are being told')
    log.warn({ figures: odd.map(({ figure }) => figure) }, 'odd values were sampled')
    if (letter) await mail.send(transaction, letter)
  })
}
