import type { LoadedConfig } from '../config/load.ts'
import { connectionOf } from '../database/connection.ts'
import { openWeb } from '../http/web.ts'
import { openInstance } from '../instance.ts'
import { Worker } from '../jobs/worker.ts'
import type { Platform } from '../platform.ts'
import type { Service } from '../service.ts'
import type { Role } from './roles.ts'

/** What a process tells its supervisor once it serves. */
export interface Ready {
  ready: true
  port: number
  /** For each running service that people see: its name, its address, and what one does there. */
  services: { name: string; address: string; act: string }[]
  portal: string
}

interface ServeOptions {
  loaded: LoadedConfig
  services: Service[]
  role: Role
  /** Whether a taken port gives way to a free one. */
  mayMove: boolean
  /** Whether the last run of this instance had the port, and may be letting go of it just now. */
  wasOurs: boolean
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
    process.once('SIGTERM', () => resolve())
    process.once('disconnect', () => resolve())
    // Ctrl-C reaches the whole group; under a supervisor it is the supervisor who says when.
    process.on('SIGINT', () => (process.connected ? undefined : resolve()))
  })
}

async function serveWeb({ loaded, services, mayMove, wasOurs }: ServeOptions, stopped: Promise<void>): Promise<void> {
  await using web = await openWeb({ loaded, services, connection: connectionOf(loaded.config) }, { mayMove, wasOurs })
  tellReady(web.instance.platform, web.port)
  await stopped
}

async function serveWork({ loaded, services }: ServeOptions, stopped: Promise<void>): Promise<void> {
  const connection = connectionOf(loaded.config)
  await using instance = await openInstance({ loaded, services, connection, port: loaded.config.port })
  const { jobs, log, database } = instance.platform
  await using _ = new Worker({ connection, jobs: jobs.declared, log })
  await jobs.enqueue(database.schema('platform'), 'platform.sample-figures', {}, { key: 'platform.sample-figures' })
  tellReady(instance.platform, loaded.config.port)
  await stopped
}

function tellReady({ services, running, addresses }: Platform, port: number): void {
  const shown = services.filter(({ name, room }) => room !== 'house' && running.has(name))
  const ready: Ready = {
    ready: true,
    port,
    portal: addresses.portal(''),
    services: shown.map(({ name, about }) => ({ name, address: addresses.origin(name), act: about.act.en })),
  }
  process.send?.(ready)
}
