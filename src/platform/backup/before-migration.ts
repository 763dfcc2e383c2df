import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config/settings.ts'
import type { Database } from '../database/database.ts'
import type { BeforeUnsafe } from '../database/migrations.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import { makeBackup } from './backup.ts'
import { pruneCopies } from './prune.ts'
import { BackupLocation } from './location.ts'
import { BackupRefused } from './refused.ts'
import { Encryption } from './encryption.ts'

/** Copies from before migrations that stay below the data folder, where no other folder is named. */
const KEPT = { daily: 5, weekly: 0, monthly: 0 }

interface Needs {
  config: Config
  database: Database
  key: InstanceKey
  log: Logger
}

/** Copies the database before a new version changes what is in it: files are touched by no migration. */
export function beforeMigration({ config, database, key, log }: Needs): BeforeUnsafe {
  const { folder: named, recipients, before_migrations: isWanted } = config.backup
  const folder = named ?? join(config.data, 'backups')
  return async (names) => {
    if (!isWanted) return
    log.warn({ migrations: names, folder }, 'the database is copied before it is changed')
    const sealing = recipients.length > 0 ? new Encryption(recipients) : undefined
    try {
      await makeBackup(
        { database, key, files: undefined },
        { folder, sealing, waits: true, signal: new AbortController().signal, progress: () => {} },
      )
      if (named === undefined) await pruneCopies(BackupLocation.open(folder), KEPT, config.time_zone)
    } catch (error) {
      if (!(error instanceof BackupRefused)) throw error
      throw new BackupRefused(
        `this version changes the database (${names.join(', ')}), which is copied before; that failed: ${error.message} To do without: BAGAD_BACKUP_BEFORE_MIGRATIONS=false.`,
      )
    }
  }
}
