import { openInstance, type Instance } from '../instance.ts'
import { withDatabase, type Installation } from './with-database.ts'

export type { Installation } from './with-database.ts'

/** Does some work on the instance, beside a running server or without one. */
export function withInstance<T>(
  { loaded, services }: Installation,
  work: (instance: Instance) => Promise<T>,
): Promise<T> {
  return withDatabase({ loaded, services }, async (connection) => {
    await using instance = await openInstance({
      loaded,
      services,
      connection,
      role: 'command',
      port: loaded.config.port,
    })
    return await work(instance)
  })
}
