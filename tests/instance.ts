/** A real instance for tests: its own database, the real server on a free port of loopback, real requests. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runMigrations } from 'graphile-worker'
import { Client } from 'pg'
import { inject } from 'vitest'
import { loadConfig, type LoadedConfig } from '../src/platform/config/load.ts'
import { Database, type Connection } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrations.ts'
import { openWeb, type Web } from '../src/platform/http/web.ts'
import type { Instance } from '../src/platform/instance.ts'
import { quiet } from '../src/platform/jobs/worker.ts'
import type { Network } from '../src/platform/outgoing/network.ts'
import { migrationsOf } from '../src/platform/schemas.ts'
import type { Service } from '../src/platform/service.ts'
import { services as allServices } from '../src/services.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** Bytes as they came, compressed where they were. */
  raw: Buffer
  text: string
  json: () => any // oxlint-disable-line typescript/no-explicit-any -- a test looks at what it gets
}

export interface Asking {
  method?: string
  headers?: Record<string, string>
  /** An object goes as JSON, a URLSearchParams as a form, a FormData as a form with files, bytes as they are. */
  body?: object | string | URLSearchParams | FormData | Buffer
}

export interface TestInstance extends AsyncDisposable {
  instance: Instance
  port: number
  /** What each host answers. */
  routes: Web['routes']
  /** Asks a host (`link`, or `` for the portal) for a path. */
  ask(host: string, path: string, asking?: Asking): Promise<Answer>
  /** Asks a service on its own host, whatever that is called. */
  askService(name: string, path: string, asking?: Asking): Promise<Answer>
}

type TestDatabase = { host: string; user: string; database: string }

/** An empty database of the tests' PostgreSQL; dropped with it. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase('template1')
}

/** A database that every service, and the queue, has migrated: a copy costs a sixth of what the migrations do. */
export async function migratedDatabase(): Promise<TestDatabase> {
  migrated ??= migrateTemplate()
  await migrated
  return makeDatabase(TEMPLATE)
}

async function makeDatabase(template: string): Promise<TestDatabase> {
  const database = `test_${randomBytes(6).toString('hex')}`
  await inServer((client) => client.query(`create database ${database} template ${template}`))
  return { host: inject('databaseHost'), user: 'bagad', database }
}

const TEMPLATE = 'migrated'
let migrated: Promise<void> | undefined

/** Makes the template where there is none yet; the other processes of the run wait for it. */
function migrateTemplate(): Promise<void> {
  return inServer(async (client) => {
    await client.query('select pg_advisory_lock(1)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE])
    if (rowCount) return
    const empty = await emptyDatabase()
    {
      await using database = new Database(empty)
      await migrate(database, migrationsOf(allServices))
      await runMigrations({ pgPool: database.pool, logger: quiet })
    }
    await client.query(`alter database ${empty.database} rename to ${TEMPLATE}`)
  })
}

async function inServer<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ host: inject('databaseHost'), user: 'bagad', database: 'postgres' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Data of this process's test instances, which share one key. */
const dataOfTests = mkdtempSync(join(tmpdir(), 'bagad-data-'))
process.on('exit', () => rmSync(dataOfTests, { recursive: true, force: true }))

/** A new folder, removed at the end. */
export function emptyFolder(): string {
  return mkdtempSync(join(dataOfTests, 'folder-'))
}

/** Configuration for tests: nothing of the machine's, loopback, a free port. */
export function testConfig(env: Record<string, string> = {}, services: readonly Service[] = []): LoadedConfig {
  return loadConfig(
    {
      BAGAD_DATA: dataOfTests,
      BAGAD_PORT: '0',
      BAGAD_LISTEN: '127.0.0.1,::1',
      BAGAD_DEMO: 'off',
      BAGAD_LOG_LEVEL: 'error',
      BAGAD_ACCESS_LOG: 'false',
      ...env,
    },
    '/',
    [...new Set([...allServices, ...services])],
  )
}

/** What every instance of a test has: the house's services. */
const house = allServices.filter(({ area }) => area === 'house')

/** The house's services and those that a test names, in their usual order; services of the test's own come last. */
function withHouse(named: readonly Service[]): Service[] {
  const usual = allServices.filter((service) => house.includes(service) || named.includes(service))
  return [...usual, ...named.filter((service) => !allServices.includes(service))]
}

/** The run shows what a test prints only when the test fails: an error that is provoked on purpose fills no log. */
const CONSOLE = { write: (line: string) => console.log(line.trimEnd()) }

interface TestOptions {
  env?: Record<string, string>
  connection?: Connection
  /** Those that the test speaks of, beside the house's. */
  services?: readonly Service[]
  /** All services, where a test is about an instance without some of the house's. */
  only?: Service[]
  network?: Network
}

export async function openTestInstance(options: TestOptions = {}): Promise<TestInstance> {
  const connection = options.connection ?? (await migratedDatabase())
  const loaded = testConfig(options.env, options.services)
  const web = await openWeb(
    { ...options, services: options.only ?? withHouse(options.services ?? []), loaded, connection, logTo: CONSOLE },
    { mayMove: false, wasOurs: false },
  )
  return {
    instance: web.instance,
    port: web.port,
    routes: web.routes,
    ask: (host, path, asking) =>
      ask(web.port, host ? `${host}.${loaded.config.domain}` : loaded.config.domain, path, asking),
    askService: (name, path, asking) => ask(web.port, web.instance.platform.addresses.host(name), path, asking),
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  }
}

/** One request to loopback under any host name; Node itself does not resolve `*.localhost`. */
export async function ask(
  port: number,
  host: string,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
  if (body instanceof FormData) {
    const form = new Response(body)
    const type = form.headers.get('content-type') ?? ''
    const bytes = Buffer.from(await form.arrayBuffer())
    return ask(port, host, path, { method, headers: { 'content-type': type, ...headers }, body: bytes })
  }
  const isForm = body instanceof URLSearchParams
  const content =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
      ? body
      : isForm
        ? body.toString()
        : JSON.stringify(body)
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: {
          host: `${host}:${port}`,
          ...(content !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(content) }),
          ...headers,
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const raw = Buffer.concat(chunks)
          const text = raw.toString()
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, raw, text, json: () => JSON.parse(text) })
        })
        answer.on('error', reject)
      },
    )
    asked.on('error', reject)
    asked.end(content)
  })
}

/** What a browser sends, as far as our answers depend on it. */
export const BROWSER = { accept: 'text/html,application/xhtml+xml', 'accept-language': 'fr-FR,fr;q=0.9' }
