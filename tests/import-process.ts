/**
 * A process that imports links of Lstu or YOURLS. It stops in the middle for ever where that is asked for, and says so;
 * else it says at its end what it took over, and how much memory that took beside what it had before, garbage left out.
 */
import { pino } from 'pino'
import { dailyFigures } from '../src/commons/link/figures.ts'
import { importLstu } from '../src/commons/link/imports/lstu.ts'
import { importYourls } from '../src/commons/link/imports/yourls.ts'
import { Addresses } from '../src/platform/addresses.ts'
import { openBlobs } from '../src/platform/blobs/open.ts'
import { Figures } from '../src/platform/figures/figures.ts'
import { loadConfig } from '../src/platform/config/load.ts'
import { Database, type Connection } from '../src/platform/database/database.ts'
import { openSource } from '../src/platform/imports/open-source.ts'
import type { Source } from '../src/platform/imports/source.ts'
import { PubSub } from '../src/platform/pubsub/pubsub.ts'
import { services } from '../src/services.ts'
import { manner } from './foreign-links.ts'

/** What is asked of the process, as JSON in its first argument. */
export interface ImportAsked {
  of: 'lstu' | 'yourls'
  connection: Connection
  file: string
  /** After how many rows it stops for ever. */
  stopsAfter?: number
}

/** What it says at its end, as JSON. */
export interface ImportTold {
  counts: Record<string, number>
  /** Bytes at most; 0 unless it was started with `--expose-gc`. */
  memory: number
}

/** Rows after which its memory is looked at. */
const LOOK = 5000

const asked: ImportAsked = JSON.parse(process.argv[2] ?? '')
const log = pino({ level: 'silent' })
const { config } = loadConfig(process.env, '/', services)
const liveHeap = () => {
  globalThis.gc?.()
  return globalThis.gc ? process.memoryUsage().heapUsed : 0
}
const source = await openSource(asked.file)
let given = 0
let before = 0
let most = 0

const watched: Source = {
  name: source.name,
  tables: source.tables,
  async *rows(table, columns) {
    for await (const row of source.rows(table, columns)) {
      yield row
      given++
      if (given % LOOK === 0) most = Math.max(most, liveHeap())
      if (given !== asked.stopsAfter) continue
      console.log('in the middle')
      await new Promise(() => setInterval(() => {}, 1000))
    }
  },
  [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
}
const database = new Database(asked.connection)
const figures = new Figures(database, log, () => Temporal.Now.plainDateISO())
await figures.declare([{ service: 'link', daily: dailyFigures }])
const platform = {
  config,
  database,
  figures,
  addresses: new Addresses(config, services, 8080),
  blobs: await openBlobs(config, log),
  pubsub: new PubSub(asked.connection, log),
  log,
}
before = liveHeap()
const how = manner()
await (asked.of === 'lstu' ? importLstu : importYourls)(platform, watched, how)
const told: ImportTold = { counts: how.counts(), memory: Math.max(0, most - before) }
console.log(JSON.stringify(told))
process.exit()
