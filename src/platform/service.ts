import type { IncomingMessage } from 'node:http'
import type { Command } from 'commander'
import type { Identity } from './access/identity.ts'
import type { PersonalData } from './access/personal-data.ts'
import type { Role } from './access/roles.ts'
import type { Tree } from './backup/trees.ts'
import type { Installation } from './cli/with-instance.ts'
import type { Config } from './config/settings.ts'
import type { BlobNames } from './doctor/blobs-and-rows.ts'
import type { DailyFigure, Figure } from './figures/figure.ts'
import type { App } from './http/app.ts'
import type { Importer } from './imports/importer.ts'
import type { Job } from './jobs/job.ts'
import type { InEveryLanguage } from './language/languages.ts'
import type { Desk } from './moderation/desk.ts'
import type { Moderated } from './moderation/moderated.ts'
import type { Platform } from './platform.ts'
import type { RefusalList } from './refusals.ts'
import type { RetentionClass } from './retention/class.ts'

/**
 * The contract: what the platform must know of a service. Everything that is written once for all services (the portal,
 * the figures, the status page, the command line…) reads these two interfaces and nothing else.
 */
export interface Service {
  /** Folder, SQL schema, job and scope prefix: `events`. */
  name: string
  /** The folder that it stands in. */
  room: 'commons' | 'hosting' | 'association' | 'house'
  about: About
  /** Folder of its numbered SQL files, when it keeps tables. */
  migrations?: URL
  /** What it refuses, for the pages that explain each refusal. */
  refusals?: RefusalList
  /** What it keeps, for how long, and how that goes. */
  retention?: readonly RetentionClass[]
  /** The software that it replaces, whose data `bagad import` takes over. */
  imports?: readonly Importer[]
  /**
   * What `bagad <service>` can do; each command opens the instance when it is called, and imports its code then. Those of
   * the house's rooms stand at the top: `bagad user`.
   */
  commands?(installation: () => Installation): Command[]
  /** Which of its columns name blobs, so that none is without its row, and no row without its blob. */
  blobs?: readonly BlobNames[]
  /** Folders of files that lie neither in the database nor among the blobs: they go into the backup, and come back. */
  trees?(config: Config): readonly Tree[]
  /**
   * Opens what the service keeps while it runs (caches, sockets); closed when the process stops. It imports the rest of
   * the service only now: the supervisor and most commands need no more of a service than this object.
   */
  open(platform: Platform): Promise<Running>
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
  /** Exact addresses on the bare domain, below `/.well-known/`, where a protocol looks for them. */
  wellKnown?(app: App): void
  /**
   * Answers that must cost next to nothing: given before a route is looked for, and without any hook. Only the head of a
   * request is known there, and only an answer without a body can be given. The security headers are added.
   */
  fastPath?: {
    /** The pattern under which these answers are counted: `/:slug`. */
    route: string
    /** @returns undefined for what takes the ordinary way */
    answer: (request: FastRequest) => FastAnswer | undefined
  }
  /** Work in the background, by the clock or when asked for. */
  jobs?: Job[]
  /** Who people are, and what they may do: one service answers that for all. */
  identity?: Identity
  /** What people put here, as whoever moderates handles it. */
  content?: Moderated
  /** Where contents are reported and judged: one service does that for all. */
  desk?: Desk
  /** What it holds of one person: given to them, erased, put to rest. */
  person?: PersonalData
  /** Lines for whoever watches the start; asked for once, by the web process, when it is ready. */
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
  headers: Readonly<Record<string, string>>
}

/** One thing that can be well or not. */
export interface Check {
  label: InEveryLanguage
  /** Resolves when it is well; throws what is wrong. */
  look: () => Promise<void>
}
