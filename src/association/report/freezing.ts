import { precisionOf } from '../../platform/figures/dates.ts'
import { readFields } from '../../platform/refusals.ts'
import { readLine } from '../../platform/text/read.ts'
import type { ReportContext } from './context.ts'
import { refuse } from './refusals.ts'

/**
 * Freezes all figures under a name, with their values of now or of the end of a past day.
 *
 * @throws Refusal `no-date`, `snapshot-future`, `snapshot-taken`
 */
export async function freezeFigures(
  { figures, today }: Pick<ReportContext, 'figures' | 'today'>,
  { name: written, date, by }: { name: string; date?: string | undefined; by: string },
): Promise<{ name: string; date: string; figures: number }> {
  if (date !== undefined && precisionOf(date) !== 'day') throw refuse('no-date', { date })
  const day = date === undefined ? today() : Temporal.PlainDate.from(date)
  const order = Temporal.PlainDate.compare(day, today())
  if (order > 0) throw refuse('snapshot-future', { date: day.toString() })
  const { name } = readFields({ name: () => readLine(written, { longest: 100 }) })
  const frozen = await figures.snapshots.freeze(name, day, { by, isPast: order < 0 })
  if (frozen === 0) throw refuse('snapshot-taken', { name })
  return { name, date: day.toString(), figures: frozen }
}
