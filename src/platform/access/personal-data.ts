import type { Readable } from 'node:stream'

/** Receives one person's data, service by service, for the archive that they take away. */
export interface ExportSink {
  /** One file of the archive; `links.json` of the service `link` becomes `link/links.json`. */
  add(name: string, content: object | string | Buffer | Readable): Promise<void>
}

/** What happens to a person's publications when their account is erased: deleted, or kept without an author. */
export type EraseMode = 'delete' | 'anonymise'

/** What a service holds of one person. Each act is safe to run twice: it may be killed half-way. */
export interface PersonalData {
  /** Gives everything that is held of an account. */
  export(account: string, sink: ExportSink): Promise<void>
  /** Erases it; afterwards nothing here names the account. */
  erase(account: string, mode: EraseMode): Promise<void>
  /**
   * Days for which it goes on keeping what a member has whose membership has ended; the account begins to close after
   * the longest of these. None when nothing is said.
   */
  keepsForDays?: number
  /**
   * Puts it to rest, or wakes it again: the account is suspended, or is so no more. A job tells it, perhaps more than
   * once.
   */
  freeze?(account: string, isFrozen: boolean): Promise<void>
}
