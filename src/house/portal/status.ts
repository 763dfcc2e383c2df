import type { InEveryLanguage } from '../../platform/language/languages.ts'
import type { HousePlatform } from '../../platform/platform.ts'
import type { Check } from '../../platform/service.ts'

/** One row of the status page. */
export interface StatusRow {
  label: InEveryLanguage
  isWell: boolean
}

/** Time limit of a check, in milliseconds. */
const WITHIN = 3000

/**
 * Runs the checks of the platform and of every running service, all at once; a check that exceeds the limit has failed.
 */
export async function lookAtServices({ services, running, checks, log }: HousePlatform): Promise<StatusRow[]> {
  const ofServices = services.flatMap(({ name, about, area }): Check[] => {
    const one = running.get(name)
    if (!one || area === 'house') return []
    return one.checks ?? [{ label: about.name, look: async () => {} }]
  })
  return Promise.all(
    [...checks, ...ofServices].map(async ({ label, look }) => {
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
