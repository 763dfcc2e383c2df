import type { Logger } from 'pino'
import type { DomainBlockList } from './block-list.ts'
import { DomainBlockLists } from './block-lists.ts'
import type { KeptList, ListStore } from './list-store.ts'

interface KnownList {
  blobKey: string
  list: DomainBlockList
}

/** The block lists of this process. Each is read once, and again when its row names another blob. */
export class KnownLists {
  readonly #store: ListStore
  readonly #log: Logger
  #known = new Map<string, KnownList>()
  lists = new DomainBlockLists([])
  /** Names of unreadable lists: their last readable version stays in use. */
  unread: readonly string[] = []

  constructor(store: ListStore, log: Logger) {
    this.#store = store
    this.#log = log
  }

  /** Reads new lists one by one. @throws when the rows are unreadable; then everything stays as it was */
  async refresh(): Promise<void> {
    const kept = await this.#store.all()
    const known = new Map<string, KnownList>()
    const unread: string[] = []
    for (const one of kept) {
      const before = this.#known.get(one.name)
      const now = before?.blobKey === one.blobKey ? before : await this.#read(one)
      if (!now) unread.push(one.name)
      const held = now ?? before
      if (held) known.set(one.name, held)
    }
    this.#known = known
    this.unread = unread
    this.lists = new DomainBlockLists(Array.from(known.values(), ({ list }) => list))
  }

  async #read(kept: KeptList): Promise<KnownList | undefined> {
    try {
      return { blobKey: kept.blobKey, list: await this.#store.read(kept) }
    } catch (error) {
      this.#log.warn(
        { err: error, list: kept.name },
        'a block list could not be read; what was known of it still holds',
      )
      return undefined
    }
  }
}
