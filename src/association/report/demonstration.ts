import { readFile } from 'node:fs/promises'
import type { Figures } from '../../platform/figures/figures.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Reports } from './writing/reports.ts'

/** The figures of a real association's report; the text around them is our own. */
const HISTORY = new URL('../../../data/report-2023.json', import.meta.url)
const TEXT = new URL('./demonstration-2023.md', import.meta.url)

const YEAR = 2023

/** The author of the demonstration. */
const AUTHOR = 'Bagad'

/** Why the gaps of that report stay; its public figures show the same. */
const REASONS = {
  stock: 'Des adhésions en retard, des retours et des départs ont été comptés à d’autres dates.',
  floor: 'Le rapport imprimé a coupé le nombre après la virgule au lieu de l’arrondir.',
} as const

/** Advisory lock: web and worker start at the same time. */
const LOCK = 4_207_006

/**
 * Creates the report of 2023 of the demonstration, approved and published. Idempotent, also when interrupted or
 * concurrent.
 */
export async function plantReport(
  reports: Reports,
  { figures, database }: Pick<Platform, 'figures' | 'database'>,
): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await plantOnce(reports, figures)
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK])
    client.release()
  }
}

async function plantOnce(reports: Reports, figures: Figures): Promise<void> {
  await figures.import(JSON.parse(await readFile(HISTORY, 'utf8')), { onConflict: 'keep' })
  const there = (await reports.list()).find(({ year }) => year === YEAR)
  if (there?.state === 'published') return
  const { title, revision, body } = there ? await reports.find(YEAR) : await reports.begin(YEAR, 'fr', AUTHOR)
  const text = await readFile(TEXT, 'utf8')
  if (body !== text) await reports.write(YEAR, { title, body: text, base: revision }, AUTHOR)
  for (const gap of await reports.gaps(await reports.find(YEAR))) {
    const reason = gap.what === 'stock' || gap.what === 'floor' ? REASONS[gap.what] : undefined
    if (reason) await reports.accept(YEAR, gap, reason, AUTHOR)
  }
  const { state } = await reports.find(YEAR)
  if (state === 'draft') await reports.step(YEAR, 'review', AUTHOR)
  if (state !== 'approved') await reports.step(YEAR, 'approved', AUTHOR)
  await reports.publish(YEAR, AUTHOR)
}
