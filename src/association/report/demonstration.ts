import { readFile } from 'node:fs/promises'
import type { Figures } from '../../platform/figures/figures.ts'
import type { Reports } from './writing/reports.ts'

/** The figures of a real association's report, and a text of our own around them. */
const HISTORY = new URL('../../../data/report-2023.json', import.meta.url)
const TEXT = new URL('./demonstration-2023.md', import.meta.url)

const YEAR = 2023

/** Who is said to have written the demonstration. */
const AUTHOR = 'Bagad'

/** Why the gaps of that report stay as they are; everyone can read in its figures that this is so. */
const REASONS = {
  stock: 'Des adhésions en retard, des retours et des départs ont été comptés à d’autres dates.',
  floor: 'Le rapport imprimé a coupé le nombre après la virgule au lieu de l’arrondir.',
} as const

/** The report of 2023 of the demonstration, written, approved and published. Safe to run twice. */
export async function plantReport(reports: Reports, figures: Figures): Promise<void> {
  await figures.import(JSON.parse(await readFile(HISTORY, 'utf8')), { onConflict: 'keep' })
  const there = (await reports.list()).find(({ year }) => year === YEAR)
  if (there?.state === 'published') return
  if (!there) await reports.begin(YEAR, 'fr', AUTHOR)
  const { title, revision, state } = await reports.find(YEAR)
  await reports.write(YEAR, { title, body: await readFile(TEXT, 'utf8'), base: revision }, AUTHOR)
  for (const gap of await reports.gaps({ year: YEAR })) {
    const reason = gap.what === 'stock' || gap.what === 'floor' ? REASONS[gap.what] : undefined
    if (reason) await reports.accept(YEAR, gap, reason, AUTHOR)
  }
  if (state === 'draft') await reports.step(YEAR, 'review', AUTHOR)
  if (state !== 'approved') await reports.step(YEAR, 'approved', AUTHOR)
  await reports.publish(YEAR, AUTHOR)
}
