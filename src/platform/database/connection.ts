import type { Config } from '../config/settings.ts'
import type { Connection } from './database.ts'
import { embeddedConnection } from './embedded.ts'

/** Where the database of this configuration is, whether it runs or not. */
export function connectionOf(config: Config): Connection {
  return config.database_url ? { connectionString: config.database_url } : embeddedConnection(config.data)
}
