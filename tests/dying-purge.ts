/** A process that begins a purge, says so when it is in the middle of its second batch, and never ends by itself. */
import { sql } from 'kysely'
import { pino } from 'pino'
import { openBlobs } from '../src/platform/blobs/open.ts'
import { loadConfig } from '../src/platform/config/load.ts'
import { Database } from '../src/platform/database/database.ts'
import type { Purge } from '../src/platform/retention/class.ts'
import { Retention } from '../src/platform/retention/retention.ts'
import { cellar, emptyBottles } from './cellar/cellar.ts'

const { connection } = JSON.parse(process.argv[2] ?? '')
const { config } = loadConfig(process.env, '/', [])

let batches = 0
const endless: Purge = async (db, over) => {
  const purged = await emptyBottles(db, over)
  if (++batches < 2) return purged
  await sql`select 1`.execute(db)
  console.log('in the middle')
  await new Promise(() => setInterval(() => {}, 1000))
  return purged
}

const retention = new Retention({
  database: new Database(connection),
  blobs: await openBlobs(config, pino({ level: 'silent' })),
  services: [cellar({ purge: endless })],
  timeZone: 'UTC',
})
await retention.purge({ signal: new AbortController().signal })
