import type { Kysely } from 'kysely'
import { Type } from 'typebox'
import { defineJob, type Job } from '../../platform/jobs/job.ts'
import { Reader } from '../../platform/language/reader.ts'
import { sayDate } from '../../platform/figures/dates.ts'
import { sayFactor, sayValue } from '../../platform/figures/numbers.ts'
import type { OddValue } from '../../platform/figures/odd-values.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Editions } from './editions/editions.ts'
import { newOddValues } from './odd-values.ts'
import type { ReportTables } from './tables.ts'
import { words } from './words.ts'

/** What reports do in the background: the files of what was published, and a word to the technicians about odd values. */
export function reportJobs({ db, editions, platform }: { db: Kysely<ReportTables>; editions: Editions; platform: Platform }): Job[] {
  return [
    defineJob({
      name: 'keep-files',
      payload: Type.Object({ year: Type.Integer(), number: Type.Integer() }),
      run: ({ year, number }) => editions.keepFiles(year, number),
    }),
    defineJob({ name: 'tell-odd-values', schedule: '50 * * * *', payload: Type.Object({}), run: () => tellOddValues(db, platform) }),
  ]
}

/** Writes to the technicians about today's odd values, each once; where nobody can be written to, the log says it. */
export async function tellOddValues(db: Kysely<ReportTables>, platform: Platform): Promise<void> {
  const { database, figures, config, association, mail, addresses, today, log } = platform
  await db.transaction().execute(async (transaction) => {
    const odd = await newOddValues(transaction, database, today())
    if (odd.length === 0) return
    log.warn({ figures: odd.map(({ figure }) => figure) }, 'odd values were sampled')
    const to = config.legal.abuse_email || association.email
    if (!to) return
    const reader = new Reader(config.language, config.time_zone)
    const series = await figures.series({ withPrivate: true })
    const say = reader.say(words)
    const lines = odd.map((one) =>
      sayOddValue(one, series.get(one.figure)?.label[reader.language] ?? one.figure, series.get(one.figure)?.unit ?? 'count', reader),
    )
    await mail.send(transaction, {
      to,
      language: config.language,
      subject: say('odd.subject', { count: odd.length }),
      paragraphs: [say('odd.lead'), ...lines, say('odd.do')],
      action: { label: say('odd.action'), url: addresses.of('report') },
    })
  })
}

/** « Images : 190 480 le 26 novembre 2026, 51 000 la veille : × 3,73. » */
export function sayOddValue({ date, value, what, before }: OddValue, label: string, unit: string, reader: Reader): string {
  const say = reader.say(words)
  const said = { label, value: sayValue({ value, state: 'known' }, unit, reader), date: sayDate(date, reader) }
  if (what !== 'far' || !before) return say(`odd.${what === 'over-100' ? 'over' : 'negative'}`, said)
  const factor = sayFactor(before.value, value, reader)
  return say('odd.far', { ...said, before: sayValue({ value: before.value, state: 'known' }, unit, reader), since: sayDate(before.date, reader), factor })
}
