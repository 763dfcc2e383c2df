/**
 * A process that begins a backup or a restore, and when it is so far says so and never goes on:
 * `{ act: 'backup' | 'restore', connection, folder, at, trees }`, with the settings in its environment.
 */
import { pino } from 'pino'
import { makeBackup } from '../src/platform/backup/backup.ts'
import { restore } from '../src/platform/backup/restore.ts'
import { treesOf } from '../src/platform/backup/scheduled.ts'
import { openBlobs } from '../src/platform/blobs/open.ts'
import { loadConfig } from '../src/platform/config/load.ts'
import { Database } from '../src/platform/database/database.ts'
import { InstanceKey } from '../src/platform/keys/instance-key.ts'
import { migrationsOf } from '../src/platform/schemas.ts'
import { services as ours } from '../src/services.ts'
import { cellar } from './cellar/cellar.ts'

const { act, connection, folder, at, tree } = JSON.parse(process.argv[2] ?? '')
const services = [...ours, cellar({ tree })]
const { config } = loadConfig(process.env, '/', services)
const signal = new AbortController().signal
const blobs = await openBlobs(config, pino({ level: 'silent' }))
const trees = treesOf(services, config)

/** Stops everything in this process, for ever, at the first line that has the word. */
const progress = (line: string) => {
  if (!line.includes(at)) return
  process.stdout.write('in the middle\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

try {
  if (act === 'backup')
    await makeBackup(
      { database: new Database(connection), key: InstanceKey.open(config), files: { blobs, trees } },
      { folder, sealing: undefined, signal, progress },
    )
  else {
    const target = { connection, sets: migrationsOf(services), blobs, trees, keyFile: config.key_file ?? '' }
    await restore(target, { folder, opening: undefined, isKeyLost: false, signal, progress })
  }
  console.log('done')
} catch (error) {
  console.log(String(error))
}
process.exit()
