import type { Logger } from 'pino'
import type { Credentials } from './access/credentials.ts'
import type { Identity } from './access/identity.ts'
import type { Addresses } from './addresses.ts'
import type { OrganisationProfile } from './organisation-profile.ts'
import type { ScheduledBackup } from './backup/scheduled.ts'
import type { Blobs } from './blobs/blobs.ts'
import type { Config } from './config/settings.ts'
import type { Database } from './database/database.ts'
import type { Figures } from './figures/figures.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { InstanceKey } from './keys/instance-key.ts'
import type { ProofOfWork } from './limits/proof-of-work.ts'
import type { Rates } from './limits/rates.ts'
import type { OfferRegistry } from './offers/offers.ts'
import type { Outgoing } from './outgoing/outgoing.ts'
import type { Mail } from './mail/mail.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { BlockList } from './moderation/block-list.ts'
import type { PubSub } from './pubsub/pubsub.ts'
import type { Retention } from './retention/retention.ts'
import type { Check, Service, Running } from './service.ts'
import type { AuditTrail } from './audit-trail/audit-trail.ts'

/** What every service stands on; given to each when it opens. */
export interface Platform {
  config: Config
  database: Database
  addresses: Addresses
  figures: Figures
  /** News between all processes on this database. */
  pubsub: PubSub
  /** Work in the background, asked for in the transaction of the change that needs it. */
  jobs: Jobs
  /** The secret of the instance, for whatever must be signed, sealed or named without being known. */
  key: InstanceKey
  /** Who people are, and what they may do. */
  identity: Identity
  /**
   * What programs show in place of a session; `request.caller` has read it already, but in the APIs of replaced
   * software.
   */
  credentials: Credentials
  /** How often strangers may do what costs us. */
  rates: Rates
  /** A second of a stranger's machine, in place of a picture puzzle. */
  proofOfWork: ProofOfWork
  /** What is too large for the database. */
  blobs: Blobs
  /** E-mails to people. */
  mail: Mail
  /** Keeps out what was taken down, and where it came from. */
  blockList: BlockList
  /** What the services do for one another. */
  offers: Pick<OfferRegistry, 'get'>
  /** Who put what here, and from where: written by every service, looked at by those who must say why. */
  auditTrail: AuditTrail
  /** What is over its time, and blobs that nothing names any more. */
  retention: Retention
  /** The only way out to an address that a person gave. */
  outgoing: Outgoing
  log: Logger
  /** Who runs this instance, in words. */
  association: OrganisationProfile
  /** Whether rates, proof of work, quarantine of new content… are off (`BAGAD_LIMITS=relaxed`); on loopback only. */
  isRelaxed: boolean
  /** Whether this instance shows a demonstration association. */
  isDemonstration: boolean
  /** The civil date in the association's zone. */
  today: () => Temporal.PlainDate
}

/** What the parts of the house stand on: they see the other services, and what concerns the whole instance. */
export interface HousePlatform extends Platform {
  /** The services of this instance, in the order in which the portal shows them. */
  services: readonly Service[]
  /** Those that are open; all of them are once `started` is called. */
  running: ReadonlyMap<string, Running>
  /** Lines of the status page about what all services stand on. */
  checks: readonly Check[]
  /** The copy of each night. */
  backup: ScheduledBackup
  /** What this process measures, told on its inner port. */
  metrics: Metrics
}
