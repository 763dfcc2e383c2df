import { statfs } from 'node:fs/promises'
import { runMigrations } from 'graphile-worker'
import type { DestinationStream } from 'pino'
import { Credentials } from './access/credentials.ts'
import { noIdentity } from './access/identity.ts'
import { Addresses } from './addresses.ts'
import { organisationProfile } from './organisation-profile.ts'
import { beforeMigration } from './backup/before-migration.ts'
import { ScheduledBackup } from './backup/scheduled.ts'
import { openBlobs } from './blobs/open.ts'
import type { LoadedConfig } from './config/load.ts'
import type { Config } from './config/settings.ts'
import { StartRefused } from './children/account.ts'
import type { ProcessRole } from './children/roles.ts'
import { Database, type Connection } from './database/database.ts'
import { migrate } from './database/migrations.ts'
import { Figures, publicName } from './figures/figures.ts'
import { ageFigures, sampleFigures } from './figures/jobs.ts'
import { Jobs } from './jobs/jobs.ts'
import { quiet } from './jobs/worker.ts'
import { InstanceKey } from './keys/instance-key.ts'
import { ProofOfWork } from './limits/proof-of-work.ts'
import { Rates } from './limits/rates.ts'
import { ownChecks } from './own-checks.ts'
import { internet, type Network } from './outgoing/network.ts'
import { Outgoing } from './outgoing/outgoing.ts'
import { openLog } from './log.ts'
import { mailJobs } from './mail/jobs.ts'
import { Mail } from './mail/mail.ts'
import { Outbox } from './mail/outbox.ts'
import { Relay } from './mail/relay.ts'
import { senderOf } from './mail/sender.ts'
import { Delivery } from './mail/delivery.ts'
import { Metrics } from './metrics/metrics.ts'
import { BlockList } from './moderation/block-list.ts'
import { OfferRegistry } from './offers/offers.ts'
import type { HousePlatform } from './platform.ts'
import { PubSub } from './pubsub/pubsub.ts'
import { purgeJob } from './retention/jobs.ts'
import { Retention } from './retention/retention.ts'
import { migrationsOf } from './schemas.ts'
import type { Running, Service } from './service.ts'
import { AuditTrail } from './audit-trail/audit-trail.ts'
import { EVERYONE, httpFigures, type Whose } from './visits/figures.ts'
import { settleVisits } from './visits/settling.ts'

/** One process's view of the instance: the platform, and the opened services. */
export interface Instance extends AsyncDisposable {
  platform: HousePlatform
  running: ReadonlyMap<string, Running>
}

export interface OpenOptions {
  loaded: LoadedConfig
  services: Service[]
  connection: Connection
  /** What this process does. */
  role: ProcessRole
  /** What the web server listens on, for public addresses. */
  port: number
  /** What stands for the internet in tests. */
  network?: Network
  /** Where the log goes, when not to standard output. */
  logTo?: DestinationStream
}

/**
 * Opens the database (bringing it up to date), the platform and every enabled service, and fills the demonstration
 * where it is wanted. Any number of processes may do this at once on one database. What was opened is closed in reverse
 * order.
 */
export async function openInstance({
  loaded,
  services: all,
  connection,
  role,
  port,
  network = internet,
  logTo,
}: OpenOptions): Promise<Instance> {
  const { config } = loaded
  const services = all.filter(({ name }) => config.services[name]?.enabled !== false)
  await using opened = new AsyncDisposableStack()
  const log = openLog(config.log_level, logTo)
  const metrics = new Metrics(log)
  const database = opened.use(
    new Database(connection, { onError: (error) => log.warn({ err: error }, 'a connection to the database broke') }),
  )
  const key = InstanceKey.open(config)
  await migrate(database, migrationsOf(services), beforeMigration({ config, database, key, log }))

  await runMigrations({ pgPool: database.pool, logger: quiet })
  const isDemonstration = await settleDemonstration(database, loaded)
  const isRelaxed = settleLimits(config)
  const today = () => Temporal.Now.plainDateISO(config.time_zone)
  const pubsub = opened.use(new PubSub(connection, log))
  const blobs = opened.use(await openBlobs(config, log))
  const jobs = new Jobs(database)
  measure(metrics, { database, pubsub, data: config.data })
  const running = new Map<string, Running>()
  const addresses = new Addresses(config, services, port)
  const association = organisationProfile(config, isDemonstration)
  const outbox = new Outbox(database, jobs)
  const backup = new ScheduledBackup({ config, database, blobs, key, services })
  const delivery = new Delivery({
    database,
    relay: new Relay(config),
    from: senderOf(config, association),
    isDemonstration,
  })
  const auditTrail = new AuditTrail(database, key)
  const offers = new OfferRegistry()
  const rates = new Rates({ database, key, today, isRelaxed })
  const platform: HousePlatform = {
    config,
    database,
    log,
    metrics,
    pubsub,
    blobs,
    jobs,
    key,
    // Asked for at each request, when every service is open.
    get identity() {
      return offers.get('identity') ?? noIdentity
    },
    credentials: new Credentials({ identity: () => platform.identity, rates }),
    rates,
    proofOfWork: new ProofOfWork(database, key),
    isRelaxed,
    isDemonstration,
    services,
    running,
    addresses,
    mail: new Mail({ jobs, outbox, addresses, association, isDemonstration }),
    offers,
    blockList: new BlockList(database, auditTrail),
    backup,
    auditTrail,
    retention: new Retention({ database, blobs, services, timeZone: config.time_zone }),
    outgoing: new Outgoing({ addresses, network, email: association.email }),
    figures: new Figures(database, log, today),
    association,
    checks: [...ownChecks({ database, jobs, blobs, outbox }), ...backup.checks],
    today,
  }
  jobs.declare('platform', [
    sampleFigures(platform.figures, today),
    ageFigures(platform.figures, today),
    settleVisits({ database, figures: platform.figures, whose: (name) => whoseOf(services, name) }, today),
    purgeJob(platform.retention),
    backup.job,
    ...mailJobs(delivery),
  ])
  for (const service of services) {
    const one = opened.use(await openService(service, platform, role))
    running.set(service.name, one)
    offers.register(service.name, one.offers ?? {})
    jobs.declare(service.name, one.jobs ?? [])
  }
  for (const one of running.values()) await one.started?.()
  const open = services.filter(({ name }) => running.has(name))
  await platform.figures.declare(
    [
      { service: 'http', daily: httpFigures(EVERYONE) },
      ...open.map((service) => {
        const { figures = [], daily = [] } = running.get(service.name) ?? {}
        return {
          service: publicName(service),
          figures,
          daily: [...daily, ...httpFigures(whoseOf(services, service.name))],
        }
      }),
    ],
    open,
  )
  if (isDemonstration) await fillDemonstration(platform)

  const closing = opened.move()
  return { platform, running, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/**
 * Opens one service.
 *
 * @throws StartRefused naming the service, with the cause
 */
async function openService(service: Service, platform: HousePlatform, role: ProcessRole): Promise<Running> {
  try {
    return await service.open(platform, { role })
  } catch (error) {
    if (error instanceof StartRefused) throw error
    const cause = error instanceof Error ? error.message : String(error)
    throw new StartRefused(`the service ${service.name} could not be opened: ${cause}`, { cause: error })
  }
}

function measure(
  metrics: Metrics,
  { database: { pool }, pubsub, data }: { database: Database; pubsub: PubSub; data: string },
): void {
  metrics.watch('database_connections', 'Connections of this process to the database, by what they do.', {
    labels: ['state'],
    read: () => [
      [{ state: 'busy' }, pool.totalCount - pool.idleCount],
      [{ state: 'idle' }, pool.idleCount],
    ],
  })
  metrics.watch('database_waiting', 'Queries that wait for a free connection.', { read: () => pool.waitingCount })
  metrics.watch('data_free_bytes', 'Room that is left on the disk of the data folder.', {
    read: async () => {
      const { bavail, bsize } = await statfs(data)
      return bavail * bsize
    },
  })
  metrics.watch('news_reconnections_total', 'Times that this process had to listen for news again.', {
    kind: 'total',
    read: () => pubsub.reconnections,
  })
}

/** Whose figures those of a service's host are. */
function whoseOf(services: Service[], name: string): Whose {
  const service = services.find((one) => one.name === name)
  return service
    ? { service: publicName(service), name: service.about.name }
    : { service: name, name: { fr: name, en: name } }
}

const LOOPBACK = /^(127\.|::1$|localhost$)/

const isOnLoopback = ({ listen }: Config) => listen.every((address) => LOOPBACK.test(address))

/** @throws StartRefused when limits are to be relaxed on an address that others can reach */
function settleLimits(config: Config): boolean {
  if (config.limits === 'relaxed' && !isOnLoopback(config))
    throw new StartRefused(
      'relaxed limits are for loopback addresses only. Unset BAGAD_LIMITS, or set BAGAD_LISTEN=127.0.0.1.',
    )
  return config.limits === 'relaxed'
}

/**
 * Whether this instance shows the demonstration. The first start decides, and the database remembers; asking for it by
 * name decides again. Never on an address that others can reach.
 *
 * @throws StartRefused when it is asked for by name on such an address
 */
async function settleDemonstration(database: Database, { config, file }: LoadedConfig): Promise<boolean> {
  const isPrivate = isOnLoopback(config)
  if (config.demo === 'on' && !isPrivate)
    throw new StartRefused(
      'the demonstration listens on loopback addresses only. Set BAGAD_DEMO=off, or BAGAD_LISTEN=127.0.0.1.',
    )
  const isWanted = config.demo === 'on' || (config.demo === 'auto' && !file && !config.database_url)
  const { rows } = await database.pool.query<{ is_demonstration: boolean }>(
    `insert into platform.instance (is_demonstration) values ($1)
     on conflict (is_only) do update set is_demonstration = instance.is_demonstration or $2
     returning is_demonstration`,
    [isWanted && isPrivate, config.demo === 'on'],
  )
  return rows[0]?.is_demonstration === true && config.demo !== 'off' && isPrivate
}

/** Makes the example of every service that has none yet: one process at a time, each example once. */
async function fillDemonstration({ database, running }: HousePlatform): Promise<void> {
  const { rows } = await database.pool.query<{ service: string }>('select service from platform.demonstration')
  const todo = [...running].filter(([name, { demo }]) => demo && !rows.some(({ service }) => service === name))
  for (const [name, service] of todo) {
    await service.demo?.()
    await database.pool.query('insert into platform.demonstration (service) values ($1) on conflict do nothing', [name])
  }
}
