import { existsSync } from 'node:fs'
import type { Blobs } from '../blobs/blobs.ts'
import type { Config } from '../config/settings.ts'
import type { Database } from '../database/database.ts'
import type { Job } from '../jobs/job.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import type { Check, Service } from '../service.ts'
import { makeBackup, megabytes } from './backup.ts'
import { pruneCopies } from './prune.ts'
import { BackupLocation } from './location.ts'
import { Encryption } from './encryption.ts'
import type { Tree } from './trees.ts'

/** Hours after which the last copy is too old: one night may be missed. */
const STALE = 50

interface ScheduledNeeds {
  config: Config
  database: Database
  blobs: Blobs
  key: InstanceKey
  services: readonly Service[]
}

/** The copy of each night, in the folder that the configuration names, and those that are kept of them. */
export class ScheduledBackup {
  readonly #needs: ScheduledNeeds

  constructor(needs: ScheduledNeeds) {
    this.#needs = needs
  }

  /** Undefined where no folder is named: then nothing is backed up by itself. */
  get folder(): string | undefined {
    return this.#needs.config.backup.folder
  }

  /** @throws BackupRefused, or what the clock's next try may find gone */
  async run({
    signal,
    progress,
  }: {
    signal: AbortSignal
    progress: (line: string) => void
  }): Promise<{ written: number; removed: string[] } | undefined> {
    const { folder } = this
    if (folder === undefined) return undefined
    const { config, database, key, blobs, services } = this.#needs
    const { recipients } = config.backup
    const sealing = recipients.length > 0 ? new Encryption(recipients) : undefined
    const { written } = await makeBackup(
      { database, key, files: { blobs, trees: treesOf(services, config) } },
      { folder, sealing, signal, progress },
    )
    const { keep_daily: daily, keep_weekly: weekly, keep_monthly: monthly } = config.backup
    return {
      written,
      removed: await pruneCopies(BackupLocation.open(folder), { daily, weekly, monthly }, config.time_zone),
    }
  }

  get job(): Job {
    return {
      name: 'backup',
      pool: 'slow',
      deadline: { hours: 12 },
      schedule: '23 1 * * *',
      tries: 4,
      run: async (_, { signal, log }) => {
        const made = await this.run({ signal, progress: () => {} })
        if (made) log.info({ written: megabytes(made.written), removed: made.removed }, 'a copy of everything was made')
      },
    }
  }

  /** Whether copies are to be made, and there is none yet: the first one need not wait for the night. */
  get isFirstDue(): boolean {
    return this.folder !== undefined && this.lastAt === undefined
  }

  /** Moment of the last whole copy; undefined when there is none, or no folder. */
  get lastAt(): Temporal.Instant | undefined {
    if (this.folder === undefined || !existsSync(this.folder)) return undefined
    const place = BackupLocation.open(this.folder)
    return place.copies.length > 0 ? Temporal.Instant.from(place.manifest().madeAt) : undefined
  }

  /** Lines of the status page: one where copies are made. */
  get checks(): Check[] {
    return this.folder === undefined
      ? []
      : [{ label: { fr: 'Sauvegarde', en: 'Backup' }, look: async () => this.#look() }]
  }

  #look(): void {
    const { lastAt } = this
    if (!lastAt) throw new Error(`there is no copy in ${this.folder} yet`)
    const hours = Math.floor(Temporal.Now.instant().since(lastAt).total('hours'))
    if (hours > STALE) throw new Error(`the last copy in ${this.folder} is ${hours} hours old; "bagad jobs" tells why`)
  }
}

/** Folders of files that services keep, and that go into a copy. */
export function treesOf(services: readonly Service[], config: Config): Tree[] {
  return services.flatMap((service) => service.trees?.(config) ?? [])
}
