import type { Account } from '../children/account.ts'
import type { Config } from '../config/settings.ts'
import type { Service } from '../service.ts'
import { majorToMove } from './embedded.ts'

/**
 * Moves the data of an older PostgreSQL to the present one, where there are any; else it costs a look, and loads
 * nothing.
 */
export async function moveOlder(
  config: Config,
  services: readonly Service[],
  account: Account | undefined,
): Promise<void> {
  const major = majorToMove(config.data)
  if (major === undefined) return
  const { moveData } = await import('../backup/moving.ts')
  await moveData({ config, services, account, major })
}
