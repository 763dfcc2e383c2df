import type { Readable } from 'node:stream'
import type { ClientAddress } from '../http/from.ts'
import type { Language } from '../language/languages.ts'
import type { Category } from './categories.ts'
import type { ModeratedContent } from './moderated.ts'

/** What a reporter says is wrong. */
export interface AbuseNotice {
  /** Addresses of contents of ours. */
  urls: readonly string[]
  category: Category
  explanation: string
  email?: string | undefined
  /** The key of an encrypted content, sealed for the desk in the reporter's browser. */
  sealedKey?: string | undefined
  language: Language
  from: ClientAddress
}

/** Who decides: a signed-in moderator, or a program with their token. */
export interface Moderator {
  id: string
  name: string
}

export type Verdict = 'keep' | 'hide' | 'remove'

/** What is decided, and what with it. */
export interface DecisionRequest {
  decision: Verdict
  /** What it is about; that of the reports when nothing is said. */
  category?: Category | undefined
  /** Told to the author and to who has reported it. */
  reason: string
  /** For the desk alone. */
  note?: string | undefined
  /** The same thing cannot come again. */
  block?: boolean | undefined
  /** Evidence is kept, encrypted. */
  hold?: boolean | undefined
  /** Nothing more comes from where it came from, for a time. */
  banSource?: boolean | undefined
  /** All that the same author has put in that service. */
  sameAuthor?: boolean | undefined
  /** All that is like it; with `block`, nothing like it comes again. */
  alike?: boolean | undefined
  /**
   * Number of the last decision that the moderator has seen, 0 for none: a later one of another moderator is not
   * overridden unseen.
   */
  after?: number | undefined
}

/** A decision that was made. */
export interface Decision {
  id: number
  decision: Verdict
  category: Category
  reason: string
  note: string
  by: string
  at: Temporal.Instant
  undoneAt: Temporal.Instant | null
  /** How many contents it changed. */
  changed: number
  isBlocked: boolean
  isHeld: boolean
  isSourceBanned: boolean
  /** The content is set aside, and a second person must want it removed. */
  asksSecond: boolean
}

export interface AbuseReport {
  category: Category
  explanation: string
  hasEmail: boolean
  isAppeal: boolean
  sealedKey: string | null
  at: Temporal.Instant
  settledAt: Temporal.Instant | null
}

/** One content in the queue. */
export interface QueuedContent {
  service: string
  content: string
  category: Category
  urgency: number
  reports: number
  isAppealed: boolean
  since: Temporal.Instant
  /** Undefined when it is gone without a trace. */
  seen: ModeratedContent | undefined
}

/** One content with all that is known of it. */
export interface Case extends QueuedContent {
  isOpen: boolean
  history: { reports: AbuseReport[]; decisions: Decision[] }
  /** Name of its author; undefined for strangers. */
  authorName: string | undefined
  /** Names of others by the same author, and whether that is only guessed from where they come. */
  sameAuthor: { contents: string[]; isGuessed: boolean }
  hasEvidence: boolean
}

/** What the platform asks of the desk for all services; the house answers (src/house/desk). */
export interface Moderation {
  /** @throws Refusal `no-content`, `foreign-content`, `already-removed`, `too-many-reports`… */
  report(notice: AbuseNotice): Promise<{ reference: string }>
  /** The most urgent first. @param service only its own */
  queue(options: {
    service?: string | undefined
    offset?: number | undefined
    limit?: number | undefined
  }): Promise<{ items: QueuedContent[]; total: number }>
  /** @throws Refusal `no-content` */
  open(service: string, content: string, by: Moderator): Promise<Case>
  /** @throws Refusal `no-content`, `no-source`, `no-recipient`, `decided-meanwhile`… */
  decide(service: string, content: string, requested: DecisionRequest, by: Moderator): Promise<Decision>
  /**
   * Evidence that was kept, encrypted; that it was opened is written down.
   *
   * @throws Refusal `no-evidence`, `second-person` when another moderator must ask too
   */
  evidence(
    service: string,
    content: string,
    by: Moderator,
    reason: string,
  ): Promise<{ content: Readable; name: string }>
}
