import { prepareDataFolder, unprivilegedAccount } from '../children/account.ts'
import type { LoadedConfig } from '../config/load.ts'
import { connectionOf } from '../database/connection.ts'
import type { Connection } from '../database/database.ts'
import { startEmbedded } from '../database/embedded.ts'
import { moveOlder } from '../database/older.ts'
import type { Service } from '../service.ts'

/** What a command line needs to open the instance. */
export interface Installation {
  loaded: LoadedConfig
  services: Service[]
}

/**
 * Does some work on the database of an installation as it is; an embedded one that does not run is started for the time
 * of the work.
 */
export async function withDatabase<T>(
  { loaded: { config }, services }: Installation,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const account = unprivilegedAccount(config.user, config.data)
  if (!config.database_url) {
    prepareDataFolder(config.data, account)
    await moveOlder(config, services, account)
  }
  const server = config.database_url ? undefined : await startEmbedded(config.data, account)
  try {
    return await work(connectionOf(config))
  } finally {
    if (server && !server.adopted) await server.stop()
  }
}
