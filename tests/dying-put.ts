/** A process that begins to put the blob `killed`, says so when it is in the middle, and never ends by itself. */
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { loadConfig } from '../src/platform/config/load.ts'
import { openBlobs } from '../src/platform/blobs/open.ts'

async function* endless() {
  for (let sent = 0; sent < 20; sent++) yield Buffer.alloc(1024 * 1024)
  console.log('in the middle')
  await new Promise(() => setInterval(() => {}, 1000))
}

const blobs = await openBlobs(loadConfig(process.env, '/', []).config, pino({ level: 'silent' }))
await blobs.put('killed', Readable.from(endless(), { objectMode: false }))
