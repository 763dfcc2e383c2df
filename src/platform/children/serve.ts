import type { ScheduledBackup } from '../backup/scheduled.ts'
import type { LoadedConfig } from '../config/load.ts'
import { connectionOf } from '../database/connection.ts'
import type { HttpServer } from '../http/server.ts'
import { openWeb } from '../http/web.ts'
import { openInstance } from '../instance.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { Worker } from '../jobs/worker.ts'
import type { Outbox } from '../mail/outbox.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { serveMetrics } from '../metrics/server.ts'
import type { HousePlatform } from '../platform.ts'
import type { Service } from '../service.ts'
import type { Role } from './roles.ts'

/** What a process tells its supervisor once it serves. */
export interface Ready {
  ready: true
  port: number
  /** Port of its metrics and health, on loopback. */
  metricsPort: number
  /** For each running service that people see: its name, its address, and what one does there. */
  services: { name: string; address: string; act: string }[]
  portal: string
  /** What the services print to the operator at start. */
  greeting: string[]
}

interface ServeOptions {
  loaded: LoadedConfig
  services: Service[]
  role: Role
  /** Whether a taken port gives way to a free one. */
  mayMove: boolean
  /** Whether the last run of this instance had the port, and may be letting go of it just now. */
  wasOurs: boolean
  /** Port of the metrics, as the supervisor wishes; undefined: as configured. */
  metricsPort: number | undefined
}

/** Runs one role until the process is told to stop; then lets what runs finish, and closes everything in order. */
export async function serve(options: ServeOptions): Promise<void> {
  const stopped = untilStopped()
  process.title = `bagad ${options.role}`
  if (options.role === 'web') await serveWeb(options, stopped)
  else await serveWork(options, stopped)
}

/** Resolves at SIGTERM, at SIGINT in a terminal of our own, or when the supervisor is gone. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // Not once: a signal to the whole group comes again from the supervisor, and must not kill what is stopping in
    // order.
    process.on('SIGTERM', () => resolve())
    process.once('disconnect', () => resolve())
    // Ctrl-C reaches the whole group; under a supervisor it is the supervisor who says when.
    process.on('SIGINT', () => (process.connected ? undefined : resolve()))
  })
}

async function serveWeb(options: ServeOptions, stopped: Promise<void>): Promise<void> {
  const { loaded, services, mayMove, wasOurs } = options
  await using web = await openWeb({ loaded, services, connection: connectionOf(loaded.config) }, { mayMove, wasOurs })
  await using inner = await measured(web.instance.platform, options)
  notifyReady(web.instance.platform, web.port, inner.port, await greetings(web.instance.platform))
  await stopped
}

async function serveWork(options: ServeOptions, stopped: Promise<void>): Promise<void> {
  const { loaded, services } = options
  const connection = connectionOf(loaded.config)
  await using instance = await openInstance({ loaded, services, connection, role: 'worker', port: loaded.config.port })
  const { jobs, log, database, metrics, mail, backup } = instance.platform
  await using _ = new Worker({ connection, jobs: jobs.declared, log })
  measureQueues(metrics, jobs, mail.outbox)
  measureBackup(metrics, backup)
  await using inner = await measured(instance.platform, options)
  await jobs.enqueue(database.schema('platform'), 'platform.sample-figures', {}, { key: 'platform.sample-figures' })
  if (backup.isFirstDue)
    await jobs.enqueue(database.schema('platform'), 'platform.backup', {}, { key: 'platform.backup' })
  notifyReady(instance.platform, loaded.config.port, inner.port, [])
  await stopped
}

/** The queues are the same for all processes; the worker tells them. */
function measureQueues(metrics: Metrics, jobs: Jobs, outbox: Outbox): void {
  metrics.watch('jobs', 'Jobs in the queue: those that are due and wait for a worker, and those that were given up.', {
    labels: ['state'],
    read: async () => {
      const { waiting, failed } = await jobs.state()
      return [
        [{ state: 'waiting' }, waiting],
        [{ state: 'failed' }, failed],
      ]
    },
  })
  metrics.watch('jobs_late_seconds', 'How long the oldest waiting job has waited.', {
    read: async () => (await jobs.state()).lateBy,
  })
  metrics.watch('mail_waiting', 'Letters that wait to be sent.', { read: () => outbox.late(0) })
  metrics.watch('mail_late', 'Letters that have waited for more than an hour.', { read: () => outbox.late(60) })
}

/** Told where copies are made; infinite while there is none. */
function measureBackup(metrics: Metrics, backup: ScheduledBackup): void {
  if (backup.folder === undefined) return
  metrics.watch('backup_age_seconds', 'Age of the last copy in the folder of backups.', {
    read: () => (backup.lastAt ? Temporal.Now.instant().since(backup.lastAt).total('seconds') : Infinity),
  })
}

/**
 * Measures the process, and tells it on its inner port. A port that was asked for by name may not move; one that the
 * supervisor chose, or the default, may.
 */
function measured(platform: HousePlatform, { loaded, metricsPort: wished }: ServeOptions): Promise<HttpServer> {
  platform.metrics.watchProcess()
  const isDefault = loaded.settings.find(({ name }) => name === 'metrics_port')?.source === 'default'
  return serveMetrics(platform, {
    port: wished ?? loaded.config.metrics_port,
    mayMove: wished !== undefined || isDefault,
  })
}

/** What there is to say; nothing that fails here is a reason not to serve. */
async function greetings({ running, log }: HousePlatform): Promise<string[]> {
  const lines: string[] = []
  for (const [service, one] of running)
    try {
      lines.push(...((await one.greeting?.()) ?? []))
    } catch (error) {
      log.error({ err: error, service }, 'a service has no word for the start')
    }
  return lines
}

function notifyReady(
  { services, running, addresses }: HousePlatform,
  port: number,
  metrics: number,
  greeting: string[],
): void {
  const shown = services.filter(({ name, area }) => area !== 'house' && running.has(name))
  const ready: Ready = {
    ready: true,
    port,
    metricsPort: metrics,
    portal: addresses.portal(''),
    greeting,
    services: shown.map(({ name, about }) => ({ name, address: addresses.origin(name), act: about.act.en })),
  }
  if (process.send) process.send(ready)
  else for (const line of greeting) console.log(line)
}
