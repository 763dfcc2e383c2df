import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { LoadedConfig } from '../config/load.ts'
import { moveOlder } from '../database/older.ts'
import { startEmbedded, type EmbeddedServer } from '../database/embedded.ts'
import type { Service } from '../service.ts'
import { prepareDataFolder, StartRefused, unprivilegedAccount, type Account } from './account.ts'
import { ONE_SUPERVISOR } from './one-supervisor.ts'
import type { Ready } from './serve.ts'
import { Supervised } from './supervised.ts'

/** How long a supervisor that was just killed may still seem to hold its lock. */
const LOCK_PATIENCE = 3_000

/**
 * `bagad start`: PostgreSQL, a web process and a worker process as children, each started again when it dies, stopped
 * in the right order. Resolves when everything has been stopped.
 *
 * @throws StartRefused with the cause and the remedy when it cannot start
 */
export async function supervise(loaded: LoadedConfig, services: readonly Service[], version: string): Promise<void> {
  const { config } = loaded
  const stop = stopSignal()
  const account = unprivilegedAccount(config.user, config.data)
  for (const folder of prepareDataFolder(config.data, account))
    console.log(`${folder} may now be passed through by the group of ${account?.name}.`)
  console.log(`Bagad ${version}`)
  console.log(`  data      ${config.data}${account ? ` (as ${account.name})` : ''}`)

  if (!config.database_url) await moveOlder(config, services, account)
  const database = config.database_url ? undefined : await EmbeddedKeeper.start(config.data, account)
  const asked = loaded.settings.find(({ name }) => name === 'port')
  const ports = new PortsFile(config.data)
  let port = config.port
  const metrics: { web?: number; worker?: number } = {}
  const env = () => ({ ...process.env, BAGAD_PORT: String(port), BAGAD_DATA: config.data })
  const web = new Supervised('web', {
    account,
    env,
    args: () => [
      ...(asked?.source === 'default' && port === config.port ? ['--may-move'] : []),
      ...(ports.had(port) ? ['--was-ours'] : []),
      ...metricsArgs(metrics.web),
    ],
  })
  const worker = new Supervised('worker', { account, env, args: () => metricsArgs(metrics.worker) })
  try {
    const ready = await unlessStopped(web.start(), stop)
    if (ready) {
      port = ready.port
      metrics.web = ready.metricsPort
      metrics.worker = config.metrics_port === 0 ? 0 : Math.min(ready.metricsPort + 1, 65_535)
      ports.write({ web: port, metrics: metrics.web })
      const working = await unlessStopped(worker.start(), stop)
      if (working) {
        metrics.worker = working.metricsPort
        ports.write({ web: port, metrics: metrics.web, worker_metrics: metrics.worker })
        console.log(
          `  metrics   http://127.0.0.1:${metrics.web}/metrics (web), http://127.0.0.1:${metrics.worker}/metrics (worker)`,
        )
      }
    }
    if (ready && !stop.aborted) announce(ready, config.pid_file)
    await stopped(stop)
  } finally {
    await Promise.all([web.stop(), worker.stop()])
    await database?.stop()
    if (config.pid_file) rmSync(config.pid_file, { force: true })
  }
}

/** Aborts at the first SIGTERM, SIGINT or SIGHUP, or when the launcher is gone. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => controller.abort())
  if (process.send) process.once('disconnect', () => controller.abort())
  return controller.signal
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return Promise.race([work, stopped(signal).then(() => undefined)])
}

/**
 * A port that a process had is asked for again when it is started again, so that the metrics keep their address.
 */
function metricsArgs(port: number | undefined): string[] {
  return port === undefined ? [] : ['--metrics-port', String(port)]
}

function announce({ services, portal, greeting }: Ready, pidFile: string | undefined): void {
  for (const { name, address, act } of services) console.log(`  ${name.padEnd(9)} ${address}  ${act}`)
  for (const line of greeting) console.log(line)
  if (pidFile) writeFileSync(pidFile, `${process.pid}\n`)
  console.log(`ready ${portal}`)
}

/** `<data>/ports.json`: the ports that this instance last had. */
class PortsFile {
  readonly #path: string

  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'ports.json')
  }

  had(port: number): boolean {
    return existsSync(this.#path) && JSON.parse(readFileSync(this.#path, 'utf8')).web === port
  }

  write(ports: Record<string, number>): void {
    writeFileSync(this.#path, `${JSON.stringify(ports)}\n`)
  }
}

/** Keeps the embedded PostgreSQL running, and keeps a second supervisor off the same data. */
class EmbeddedKeeper {
  readonly #dataFolder: string
  readonly #account: Account | undefined
  #server: EmbeddedServer
  #lock: Client | undefined
  #isStopping = false

  private constructor(dataFolder: string, account: Account | undefined, server: EmbeddedServer) {
    this.#dataFolder = dataFolder
    this.#account = account
    this.#server = server
  }

  static async start(dataFolder: string, account: Account | undefined): Promise<EmbeddedKeeper> {
    const keeper = new EmbeddedKeeper(dataFolder, account, await startEmbedded(dataFolder, account))
    await keeper.#takeLock()
    return keeper
  }

  async #takeLock(): Promise<void> {
    const client = new Client({ ...this.#server.connection, application_name: 'bagad supervisor' })
    client.on('error', () => {})
    await client.connect()
    const deadline = Date.now() + LOCK_PATIENCE
    for (;;) {
      const { rows } = await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1) as is_ours', [
        ONE_SUPERVISOR,
      ])
      if (rows[0]?.is_ours) break
      if (Date.now() > deadline) {
        await client.end()
        throw new StartRefused(
          `another Bagad runs on the data in ${this.#dataFolder}. Stop it first, or set BAGAD_DATA to another folder.`,
        )
      }
      await sleep(200)
    }
    client.once('end', () => void this.#serverIsGone())
    this.#lock = client
  }

  /** The connection that holds the lock ends when the server does: the news of its death, adopted or not. */
  async #serverIsGone(): Promise<void> {
    for (let wait = 200; !this.#isStopping; wait = Math.min(wait * 2, 10_000)) {
      console.error('PostgreSQL is gone; it is started again.')
      try {
        this.#server = await startEmbedded(this.#dataFolder, this.#account)
        return await this.#takeLock()
      } catch (error) {
        console.error(error instanceof Error ? error.message : error)
        await sleep(wait)
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#lock?.end().catch(() => {})
    await this.#server.stop()
  }
}
