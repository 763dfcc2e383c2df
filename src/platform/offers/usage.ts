import type { Logger } from 'pino'
import type { InEveryLanguage } from '../language/languages.ts'
import type { Running } from '../service.ts'

/** One line of what an account uses in a service: « 12 liens, 3 400 visites ». */
export interface Usage {
  label: InEveryLanguage
  value: InEveryLanguage
  /** Where it is managed. */
  address?: string
  lastUsedOn?: Temporal.PlainDate
}

/** Milliseconds that one service may take to answer. */
const DEADLINE = 2_000

/**
 * What an account uses, by service; `undefined` stands for a service that failed or took too long.
 *
 * @param account number of the account
 */
export async function usageOf(
  running: ReadonlyMap<string, Running>,
  account: string,
  log: Logger,
): Promise<ReadonlyMap<string, readonly Usage[] | undefined>> {
  const asked = [...running].map(async ([service, one]) => {
    if (!one.usage) return [service, []] as const
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('no answer in time')), DEADLINE).unref(),
    )
    try {
      return [service, await Promise.race([one.usage(account), late])] as const
    } catch (error) {
      log.warn({ err: error, service }, 'a service could not tell what an account uses')
      return [service, undefined] as const
    }
  })
  return new Map((await Promise.all(asked)).filter(([, lines]) => lines === undefined || lines.length > 0))
}
