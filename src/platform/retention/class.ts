import type { QueryExecutorProvider } from 'kysely'
import type { InEveryLanguage } from '../language/languages.ts'
import type { Reader } from '../language/reader.ts'

/**
 * Something that is kept: what, of whom, why, where, for how long, and how it goes. The register of processing, the
 * page « Combien de temps nous gardons » and the purge are made of these, so what is promised is what is done.
 */
export interface RetentionClass {
  /** Name within the service, `forgotten-links`. */
  name: string
  what: InEveryLanguage
  whose: InEveryLanguage
  why: InEveryLanguage
  /** Where it lies: a table (`link.link`), a folder, a cookie. */
  where: string
  time: Time
  /** Ends or forgets what is over its time; absent where it goes by itself (a cookie, a file that is replaced). */
  purge?: Purge
}

/** For how long: a time after something, or until something happens. */
export type Time = TimeAfter | { until: InEveryLanguage }

export interface TimeAfter {
  for: Temporal.DurationLike
  /** What the time counts from, as it is read behind it: « après l’envoi » makes « 30 jours après l’envoi ». */
  after: InEveryLanguage
}

/**
 * Purges one batch, in the given transaction. It may be killed at any moment, and then runs again: what it does must be
 * in that transaction.
 *
 * @param db the transaction, over whatever schema
 */
export type Purge = (db: QueryExecutorProvider, over: ExpiredBefore) => Promise<Purged>

export interface ExpiredBefore {
  /** What the time counts from must be older than this; for a time without a length, now. */
  before: Temporal.Instant
  /** Rows that one batch may touch at most. Fewer means that nothing more is over. */
  limit: number
}

export interface Purged {
  rows: number
  /** Keys of the blobs that no row names any more. */
  blobs?: string[]
}

/** The moment before which something must have happened for its time to be over. */
export function overBefore({ time }: RetentionClass, now: Temporal.Instant, timeZone: string): Temporal.Instant {
  return 'until' in time ? now : now.toZonedDateTimeISO(timeZone).subtract(time.for).toInstant()
}

/** A time as it is read: « 30 jours après l’envoi ». */
export function formatTime(time: Time, reader: Reader): string {
  return 'until' in time ? time.until[reader.language] : `${reader.duration(time.for)} ${time.after[reader.language]}`
}
