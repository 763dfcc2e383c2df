import type { IncomingMessage } from 'node:http'
import type { Command } from 'commander'
import type { PersonalData } from './access/personal-data.ts'
import type { Role } from './access/roles.ts'
import type { Tree } from './backup/trees.ts'
import type { ProcessRole } from './children/roles.ts'
import type { Installation } from './cli/with-instance.ts'
import type { Config, ServiceSettings } from './config/settings.ts'
import type { BlobNames } from './doctor/orphans.ts'
import type { DailyFigure, Figure } from './figures/figure.ts'
import type { App } from './http/app.ts'
import type { Importer } from './imports/importer.ts'
import type { Job } from './jobs/job.ts'
import type { InEveryLanguage } from './language/languages.ts'
import type { Moderated } from './moderation/moderated.ts'
import type { Offers } from './offers/offers.ts'
import type { Usage } from './offers/usage.ts'
import type { HousePlatform, Platform } from './platform.ts'
import type { RefusalList } from './refusals.ts'
import type { RetentionClass } from './retention/class.ts'

/**
 * The contract between the platform and a service. Everything that is written once for all services (the portal, the
 * figures, the status page, the command line…) reads these two interfaces and nothing else.
 *
 * A service that strangers may write to needs the members marked **public**; the tests ask for them.
 */
export type Service = OrdinaryService | HouseService

/** A service that people come for. It knows no other service; what they do for one another are offers. */
export interface OrdinaryService extends ServiceDescription {
  /** The folder that it stands in. */
  area: 'commons' | 'hosting' | 'association'
  /**
   * Opens what the service keeps while it runs (caches, sockets); closed when the process stops. It imports the rest of
   * the service only now: the supervisor and most commands need no more of a service than this object.
   *
   * @example
   * open: async (platform, process) => (await import('./running.ts')).openBoard(platform, process)
   */
  open(platform: Platform, process: ServiceProcess): Promise<Running>
}

/** A part of the house, which the other services share: it sees all of them. */
export interface HouseService extends ServiceDescription {
  area: 'house'
  open(platform: HousePlatform, process: ServiceProcess): Promise<Running>
}

/** The process in which a service is opened. */
export interface ServiceProcess {
  /** What the process does: only `web` answers requests, only `worker` runs jobs, `command` does neither. */
  role: ProcessRole
}

/** What the platform knows of a service before it is opened. */
export interface ServiceDescription {
  /** Folder, SQL schema, job and scope prefix: `events`. */
  name: string
  about: About
  /**
   * Its own settings, below `[services.<name>]` of `bagad.toml`: checked, printed and documented like the platform's.
   * `settingsOf(platform.config, 'board', settings)` gives them typed.
   *
   * @example
   * settings: defineSettings({ longest_note: count('Characters of the longest note.', 2000) })
   */
  settings?: ServiceSettings
  /** Its own style sheet, loaded on its pages only: `new URL('./styles.css', import.meta.url)`. */
  styles?: URL
  /** Folder of its numbered SQL files, when it keeps tables. */
  migrations?: URL
  /** **public** What it refuses, for the pages that explain each refusal. */
  refusals?: RefusalList
  /** **public** What it keeps, for how long, and how that is deleted. */
  retention?: readonly RetentionClass[]
  /** The software that it replaces, whose data `bagad import` takes over. */
  imports?: readonly Importer[]
  /**
   * What `bagad <service>` can do; each command opens the instance when it is called, and imports its code then. Those
   * of the house stand at the top: `bagad user`.
   */
  commands?(installation: () => Installation): Command[]
  /** Which of its columns name blobs, so that none is without its row, and no row without its blob. */
  blobs?: readonly BlobNames[]
  /** Folders of files that lie neither in the database nor among the blobs: they go into the backup, and come back. */
  trees?(config: Config): readonly Tree[]
}

/** What a service is, in the words of the people who use it. */
export interface About {
  /** Its short name, in the bar: « Liens ». */
  name: InEveryLanguage
  /** What one does there: « Raccourcir une adresse ». */
  act: InEveryLanguage
  /** Its promise in one line. */
  promise: InEveryLanguage
  /** Name under which its figures and its host are known, when that is not the folder: `mobilizon`. */
  publicName?: string
  /** First parts of further hosts that lead to it: `stats` is `stats.<domain>`. */
  aliases?: readonly string[]
  /** First part of its host, when that is neither of its names: `id`. */
  host?: string
  audience: Audience
  mark: Mark
  /** What search engines and other robots are asked to leave alone: the whole host, or paths that begin so. */
  robots?: 'none' | readonly string[]
  /** Whether its pages are public, so that a short link may lead to them. */
  hasPublicPages?: boolean
  /** What those of some roles do there, for the page of their account. */
  duty?: Duty
}

/** Work of the house that those of one of the roles do, and where. */
export interface Duty {
  roles: readonly Role[]
  /** « Modérer » */
  act: InEveryLanguage
  path: string
}

/** Who may use a service: everyone without an account, or members. */
export type Audience = 'everyone' | 'members'

/** The drawn mark of a service: strokes on a grid of 24, no fill, and its own hue (degrees of OKLCH). */
export interface Mark {
  strokes: string
  hue: number
}

/** Everything that one running service does, over the same opened state. All but routes may be absent. */
export interface Running extends AsyncDisposable {
  /** Routes on the service's own host. */
  routes(app: App): void
  /** Called once when all services of the process are open: from here on, offers of others can be taken. */
  started?(): Promise<void>
  /** What it does for other services, by name: see `offers/offers.ts`. */
  offers?: Partial<Offers>
  /** What an account uses here, a line each, for its own page and for those who help it. */
  usage?(account: string): Promise<readonly Usage[]>
  /** Exact addresses on the bare domain, below `/.well-known/`, where a protocol looks for them. */
  wellKnown?(app: App): void
  /**
   * Answers that must cost next to nothing: given before a route is looked for, and without any hook. Only the head of
   * a request is known there, and only an answer without a body can be given. The security headers are added.
   */
  fastPath?: {
    /** The pattern under which these answers are counted: `/:slug`. */
    route: string
    /** @returns undefined for what takes the ordinary way */
    answer: (request: FastRequest) => FastAnswer | undefined
  }
  /** Work in the background, by the clock or when asked for. */
  jobs?: Job[]
  /** **public** What people put here, as moderators handle it. */
  content?: Moderated
  /** **public** What it holds of one person: given to them, erased, frozen. */
  person?: PersonalData
  /**
   * Lines for the terminal of the operator who starts the program; asked for once, by the web process, when it is
   * ready.
   */
  greeting?(): Promise<string[]>
  /** What the annual report counts. */
  figures?: Figure[]
  /** What it counts of each day. */
  daily?: DailyFigure[]
  /** Lines of the status page. */
  checks?: Check[]
  /** A lively example for the demonstration. Safe to run twice: a killed first start runs it again. */
  demo?: () => Promise<void>
}

/** What the fast path knows of a request. */
export type FastRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

/** An answer without a body. */
export interface FastAnswer {
  status: number
  location: string
  /** One and the same object for all answers of a kind. */
  headers: Readonly<Record<string, string>>
}

/** One thing that works or not. */
export interface Check {
  label: InEveryLanguage
  /** Resolves when it works; throws what is wrong. */
  look: () => Promise<void>
}
