import { existsSync } from 'node:fs'
import { prepareDataFolder, unprivilegedAccount } from '../children/account.ts'
import type { LoadedConfig } from '../config/load.ts'
import { connectionOf } from '../database/connection.ts'
import { startEmbedded } from '../database/embedded.ts'
import { openInstance, type Instance } from '../instance.ts'
import type { Service } from '../service.ts'

/** What a command line needs to open the instance. */
export interface Installation {
  loaded: LoadedConfig
  services: Service[]
}

/**
 * Does some work on the instance, beside a running server or without one: then the embedded database is started for the
 * time of the work.
 */
export async function withInstance<T>({ loaded, services }: Installation, work: (instance: Instance) => Promise<T>): Promise<T> {
  const { config } = loaded
  const account = unprivilegedAccount(config.user, config.data)
  if (!config.database_url && !existsSync(config.data)) prepareDataFolder(config.data, account)
  const server = config.database_url ? undefined : await startEmbedded(config.data, account)
  try {
    await using instance = await openInstance({ loaded, services, connection: connectionOf(config), port: config.port })
    return await work(instance)
  } finally {
    if (server && !server.adopted) await server.stop()
  }
}
