import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { openBlobs } from '../blobs/open.ts'
import { StartRefused, type Account } from '../children/account.ts'
import { ONE_SUPERVISOR } from '../children/one-supervisor.ts'
import type { Config } from '../config/settings.ts'
import { Database } from '../database/database.ts'
import { clusterOf, startEmbedded, stopOrphan } from '../database/embedded.ts'
import { InstanceKey } from '../keys/instance-key.ts'
import { openLog } from '../log.ts'
import { migrationsOf } from '../schemas.ts'
import type { Service } from '../service.ts'
import { makeBackup } from './backup.ts'
import { restore } from './restore.ts'

interface Move {
  config: Config
  services: readonly Service[]
  account: Account | undefined
  /** Version that the data are of. */
  major: number
}

/**
 * Moves the data of an older major version of the embedded PostgreSQL to the present one: a copy is made on the old
 * server and restored on a new one, whose folder gets its name once it is whole. Killed, it begins anew at the next
 * start; the old data stay as they are.
 *
 * @throws BackupRefused or StartRefused when something stands in the way
 */
export async function moveData({ config, services, account, major }: Move): Promise<void> {
  const { data } = config
  using _ = oneAtATime(join(data, 'moving.pid'))
  const folder = join(data, 'moving')
  const unfinished = `${clusterOf()}.moving`
  await stopOrphan(data, unfinished)
  for (const name of ['moving', unfinished]) rmSync(join(data, name), { recursive: true, force: true })
  console.error(
    `The data of PostgreSQL ${major} are moved to a newer one; those of before stay in ${join(data, clusterOf(major))}.`,
  )
  const key = InstanceKey.open(config)
  const work = { folder, signal: new AbortController().signal, progress: () => {} }

  const old = await startEmbedded(data, account, { major })
  try {
    await using database = new Database(old.connection)
    await refuseInUse(old.connection, data)
    await makeBackup({ database, key, files: undefined }, { ...work, sealing: undefined })
  } finally {
    await old.stop()
  }

  const present = await startEmbedded(data, account, { name: unfinished })
  try {
    await using blobs = await openBlobs(config, openLog(config.log_level))
    const target = {
      connection: present.connection,
      sets: migrationsOf(services),
      blobs,
      trees: [],
      keyFile: InstanceKey.pathOf(config),
    }
    await restore(target, { ...work, opening: undefined, isKeyLost: false })
  } finally {
    await present.stop()
  }
  renameSync(join(data, unfinished), join(data, clusterOf()))
  rmSync(folder, { recursive: true, force: true })
  console.error('They are moved.')
}

/** A supervisor of the version before may still run on these data. */
async function refuseInUse(connection: { host: string; user: string; database: string }, data: string): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  const { rows } = await client.query<{ is_free: boolean }>('select pg_try_advisory_lock($1) as is_free', [
    ONE_SUPERVISOR,
  ])
  await client.end()
  if (!rows[0]?.is_free) throw new StartRefused(`another Bagad runs on the data in ${data}. Stop it first.`)
}

/**
 * There is no server yet whose locks could tell: a file with the id of who moves does; that of a dead process counts
 * for nothing.
 */
function oneAtATime(path: string): Disposable {
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new StartRefused(`the data are being moved by process ${holder}. Wait for its end.`)
  writeFileSync(path, `${process.pid}\n`)
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
