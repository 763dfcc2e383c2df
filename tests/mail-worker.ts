/** A process that sends e-mails until it is killed; the connection and the settings come as JSON in its argument. */
import { pino } from 'pino'
import { loadConfig } from '../src/platform/config/load.ts'
import { Database } from '../src/platform/database/database.ts'
import { Jobs } from '../src/platform/jobs/jobs.ts'
import { Worker } from '../src/platform/jobs/worker.ts'
import { mailJobs } from '../src/platform/mail/jobs.ts'
import { Relay } from '../src/platform/mail/relay.ts'
import { Delivery } from '../src/platform/mail/delivery.ts'

const { connection, env } = JSON.parse(process.argv[2] ?? '')
const database = new Database(connection)
const jobs = new Jobs(database)
const relay = new Relay(loadConfig(env, '/', []).config)
const sending = new Delivery({
  database,
  relay,
  from: { name: 'Infini', address: 'noreply@localhost' },
  isDemonstration: false,
})
jobs.declare('platform', mailJobs(sending))
export const worker = new Worker({ connection, jobs: jobs.declared, log: pino({ level: 'silent' }) })
