import type { QueryExecutorProvider } from 'kysely'
import type { Mailbox } from '../access/identity.ts'
import type { InEveryLanguage } from '../language/languages.ts'
import type { Category } from './categories.ts'

/**
 * What people put here, as the desk handles it. A content bears its public name: a slug, a short, a uuid. What changes
 * something does so in the desk's transaction, and tells its own processes (by a trigger), so that nobody sees it a
 * second later.
 */
export interface Moderated {
  /**
   * The content that an address of the service's own host shows.
   *
   * @param path with its query
   * @returns undefined when it shows none
   */
  find(path: string): Promise<string | undefined>
  /** Contents as a moderator must see them; those that never were are absent. */
  look(contents: readonly string[]): Promise<ReadonlyMap<string, ModeratedContent>>
  /** Hides contents from the public until a moderator decides (451). @returns those that were in sight */
  hide(db: QueryExecutorProvider, contents: readonly string[]): Promise<string[]>
  /** Takes contents down; the address says so, and why (410). @returns those that were not down yet */
  remove(db: QueryExecutorProvider, contents: readonly string[], category: Category): Promise<string[]>
  /** Shows contents again that were hidden or removed. @returns those that are shown again */
  restore(db: QueryExecutorProvider, contents: readonly string[]): Promise<string[]>
  /** Other contents of the same account; of strangers, the desk compares where they came from. */
  sameAuthor(content: string): Promise<string[]>
  /** Other contents that go with it in another way: they lead to the same domain, stand in the same gallery. */
  alike?(content: string): Promise<Alike | undefined>
  /** Keeps others like it from being made again: a domain is denied. */
  deny?(db: QueryExecutorProvider, content: string, note: string): Promise<void>
  /** Contents that wait for a moderator without any report; the riskiest first. */
  waiting?(limit: number): Promise<Waiting[]>
  /** What the desk can switch: whether contents of strangers wait for a look, whether any are taken. */
  switches?: readonly Switch[]
}

/** Where a content stands. `gone`: its author has deleted it, or its time is over. */
export type ContentState = 'shown' | 'hidden' | 'removed' | 'gone'

export interface ModeratedContent {
  content: string
  /** Its public address. */
  address: string
  title: string | null
  state: ContentState
  madeAt: Temporal.Instant
  /** Number of the account that made it, which is told of decisions; null for strangers. */
  author: string | null
  /**
   * Where a stranger who left an address is told of decisions, as an account is. It must be known for a while after a
   * removal.
   */
  mailbox?: Mailbox | undefined
  preview: Preview
  /** What else helps to judge it, a line each. */
  facts: { label: InEveryLanguage; value: InEveryLanguage }[]
  /** Names what it is, to recognise the same thing when it comes again. */
  hash: Buffer | undefined
}

/**
 * What a moderator sees of a content; nothing of it ever runs, and no link in it is active.
 *
 * @example { text: notice.body, pictures: [notice.picture] }
 */
export interface Preview {
  /** An address that it leads to, shown as text. */
  url?: string
  /** Its words, shown as plain text whatever they are, the end of long ones folded away. */
  text?: string
  /**
   * Keys of blobs that are pictures (JPEG, PNG, WebP, GIF; 8 MB each): drawn anew, and blurred until a moderator asks
   * to see.
   */
  pictures?: readonly string[]
}

export interface Alike {
  /** « même site : exemple.fr » */
  label: InEveryLanguage
  contents: string[]
}

export interface Waiting {
  content: string
  since: Temporal.Instant
  why: InEveryLanguage
}

export interface Switch {
  name: string
  label: InEveryLanguage
  choices: readonly { value: string; label: InEveryLanguage }[]
  read(): Promise<{ value: string; note: InEveryLanguage }>
  set(value: string): Promise<void>
}
