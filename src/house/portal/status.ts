import type { InEveryLanguage } from '../../platform/language/languages.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Check } from '../../platform/service.ts'

/** One line of the status page. */
export interface StatusRow {
  label: InEveryLanguage
  isWell: boolean
}

/** How long a check may take before it counts as failed, in milliseconds. */
const WITHIN = 3000

/** Looks at the database and at what every running service checks, all at once; a check that hangs has failed. */
export async function lookAtServices({ services, running, database, jobs, log }: Platform): Promise<StatusRow[]> {
  const ofServices = services.flatMap(({ name, about, room }): Check[] => {
    const one = running.get(name)
    if (!one || room === 'house') return []
    return one.checks ?? [{ label: about.name, look: async () => {} }]
  })
  const own: Check[] = [{ label: { fr: 'Base de données', en: 'Database' }, look: async () => void (await database.pool.query('select 1')) }, queueCheck(jobs)]
  return Promise.all(
    [...own, ...ofServices].map(async ({ label, look }) => {
      try {
        await within(WITHIN, look())
        return { label, isWell: true }
      } catch (error) {
        log.warn({ err: error, check: label.en }, 'a check failed')
        return { label, isWell: false }
      }
    }),
  )
}

/** How late background work may be before people should know, in seconds. */
const LATE = 15 * 60

function queueCheck(jobs: Jobs): Check {
  return {
    label: { fr: 'Travail en arrière-plan', en: 'Background work' },
    look: async () => {
      const { failed, lateBy } = await jobs.state()
      if (failed > 0) throw new Error(`${failed} jobs were given up; "bagad jobs" tells which`)
      if (lateBy > LATE) throw new Error(`the oldest job has waited for ${Math.round(lateBy)} s: does a worker run?`)
    },
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
