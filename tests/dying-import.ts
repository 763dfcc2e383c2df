/** A process that begins to import links of Lstu, says so when it is in the middle, and never ends by itself. */
import { pino } from 'pino'
import { importLstu } from '../src/commons/link/imports/lstu.ts'
import { Addresses } from '../src/platform/addresses.ts'
import { openBlobs } from '../src/platform/blobs/open.ts'
import { loadConfig } from '../src/platform/config/load.ts'
import { Database } from '../src/platform/database/database.ts'
import { ImportReport } from '../src/platform/imports/import-report.ts'
import { openSource } from '../src/platform/imports/open-source.ts'
import type { Source } from '../src/platform/imports/source.ts'
import { News } from '../src/platform/pubsub/news.ts'
import { services } from '../src/services.ts'

const { connection, file, rows } = JSON.parse(process.argv[2] ?? '')
const log = pino({ level: 'silent' })
const { config } = loadConfig(
  process.env,
  '/',
  services.map(({ name }) => name),
)
const source = await openSource(file)

/** The source as it is, up to a row that never comes. */
const endless: Source = {
  name: source.name,
  tables: source.tables,
  async *rows(table, columns) {
    let given = 0
    for await (const row of source.rows(table, columns)) {
      yield row
      if (++given < rows) continue
      console.log('in the middle')
      await new Promise(() => setInterval(() => {}, 1000))
    }
  },
  [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
}
const platform = {
  database: new Database(connection),
  addresses: new Addresses(config, services, 8080),
  blobs: await openBlobs(config, log),
  news: new News(connection, log),
  log,
}
await importLstu(platform, endless, { dryRun: false, report: new ImportReport(() => {}) })
