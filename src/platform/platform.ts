import type { Logger } from 'pino'
import type { Addresses } from './addresses.ts'
import type { Association } from './association.ts'
import type { Config } from './config/settings.ts'
import type { Database } from './database/database.ts'
import type { Figures } from './figures/figures.ts'
import type { News } from './pubsub/news.ts'
import type { Service, Running } from './service.ts'

/** What every service stands on; given to each when it opens. */
export interface Platform {
  config: Config
  database: Database
  addresses: Addresses
  figures: Figures
  /** News between all processes on this database. */
  news: News
  log: Logger
  /** Who runs this instance, in words. */
  association: Association
  /** Whether this instance shows a demonstration association. */
  isDemonstration: boolean
  /** The services of this instance, as the portal shows them. Running ones come once all are open. */
  services: readonly Service[]
  running: ReadonlyMap<string, Running>
  /** The civil date in the association's zone. */
  today: () => Temporal.PlainDate
}
