import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { StoredBlob } from '../blobs/blobs.ts'
import { HashingStream } from '../blobs/hashing-stream.ts'
import type { Database } from '../database/database.ts'
import { mapConcurrent } from '../concurrency.ts'
import { makeFolder, type BackupLocation } from './location.ts'
import type { Encryption } from './encryption.ts'
import { copyFile, storeFile, type Stored } from './stored-file.ts'

/** Contents that are copied at once. */
const AT_ONCE = 4

/** Something whose content is to be in the backup. */
export interface Item {
  /** Where it comes from: `blob link/…`, `tree boxes/…`. */
  origin: string
  size: number
  /** Milliseconds since 1970. */
  modifiedAt: number
  /** Undefined when it is gone by now. */
  open(): Promise<FileHandle | Readable | undefined>
}

/** Where the content of an item is in the place. */
export interface KeptItem {
  /** Of the content itself. */
  sha256: string
  /** The SHA-256 of what is kept, which it is named after. */
  name: string
  size: number
}

/**
 * The contents of a place: each is there once, named after what lies there, and written once however many copies have
 * it.
 */
export class Contents {
  readonly #place: BackupLocation
  readonly #sealing: Encryption | undefined
  readonly #pool: Database['pool']
  readonly #copy: string
  /** Paths of what this copy has added. */
  readonly new: string[] = []
  /** Bytes that this copy has added. */
  added = 0

  constructor({
    place,
    sealing,
    database,
    copy,
  }: {
    place: BackupLocation
    sealing: Encryption | undefined
    database: Database
    copy: string
  }) {
    this.#place = place
    this.#sealing = sealing
    this.#pool = database.pool
    this.#copy = copy
  }

  /** The name under which this place is known, and for whom it is encrypted. */
  get #known(): string {
    return `${this.#place.id} ${this.#sealing?.name ?? 'plain'}`
  }

  /**
   * Keeps the contents of some items: copies those that are not there yet, or have changed.
   *
   * @returns what is kept of each, by its origin; what went away meanwhile is not among them
   */
  async keep(items: Item[], signal: AbortSignal): Promise<Map<string, KeptItem>> {
    const { rows } = await this.#pool.query<{
      origin: string
      size: number
      modified_at: number
      sha256: string
      name: string
    }>(
      'select origin, size, modified_at, sha256, name from backup.known_content where place = $1 and origin = any ($2)',
      [this.#known, items.map(({ origin }) => origin)],
    )
    const known = new Map(rows.map((row) => [row.origin, row]))
    const kept = new Map<string, KeptItem>()
    const remembered: Item[] = []
    await mapConcurrent(items, AT_ONCE, async (item) => {
      const before = known.get(item.origin)
      const isThere =
        before?.size === item.size &&
        before.modified_at === item.modifiedAt &&
        existsSync(this.#place.pathOf(before.name))
      const one = isThere
        ? { sha256: before.sha256, name: before.name, size: item.size }
        : await this.#copyIn(item, signal)
      if (!one) return
      kept.set(item.origin, one)
      remembered.push(item)
    })
    await this.#remember(
      remembered,
      remembered.flatMap(({ origin }) => kept.get(origin) ?? []),
    )
    return kept
  }

  async #copyIn(item: Item, signal: AbortSignal): Promise<KeptItem | undefined> {
    signal.throwIfAborted()
    const unfinished = join(this.#place.folder, 'contents', 'unfinished', randomUUID())
    const content = await item.open()
    if (!content) return undefined
    const { sha256, size, stored } = await this.#store(content, unfinished, signal)
    const { sum: name, bytes } = stored
    const path = this.#place.pathOf(name)
    if (existsSync(path) && (await stat(path)).size === bytes) await rm(unfinished)
    else {
      makeFolder(dirname(path))
      await rename(unfinished, path)
      this.new.push(path)
      this.added += bytes
    }
    return { sha256, name, size }
  }

  /** What the content is, and what is stored of it, which differ once it is sealed. */
  async #store(
    content: FileHandle | Readable,
    path: string,
    signal: AbortSignal,
  ): Promise<StoredBlob & { stored: Stored }> {
    const isStream = content instanceof Readable
    if (this.#sealing) {
      const plain = HashingStream.of(isStream ? content : content.createReadStream(), signal)
      const stored = await storeFile(plain, path, { isCompressed: false, sealing: this.#sealing, signal })
      return { ...plain.kept(), stored }
    }
    const stored = isStream
      ? await storeFile(content, path, { isCompressed: false, sealing: undefined, signal })
      : await copyFile(content, path, signal)
    return { sha256: stored.sum, size: stored.bytes, stored }
  }

  async #remember(items: Item[], kept: KeptItem[]): Promise<void> {
    await this.#pool.query(
      `insert into backup.known_content (place, origin, size, modified_at, sha256, name, copy)
       select $1, origin, size, modified_at, sha256, name, $7
       from unnest($2::text[], $3::bigint[], $4::float8[], $5::text[], $6::text[]) as item (origin, size, modified_at, sha256, name)
       on conflict (place, origin) do update set size = excluded.size, modified_at = excluded.modified_at, sha256 = excluded.sha256, name = excluded.name, copy = excluded.copy`,
      [
        this.#known,
        items.map(({ origin }) => origin),
        items.map(({ size }) => size),
        items.map(({ modifiedAt }) => modifiedAt),
        kept.map(({ sha256 }) => sha256),
        kept.map(({ name }) => name),
        this.#copy,
      ],
    )
  }

  /** Forgets what is in none of the copies that will come: it was not among this one's. */
  async forgetOthers(): Promise<void> {
    await this.#pool.query('delete from backup.known_content where place = $1 and copy <> $2', [
      this.#known,
      this.#copy,
    ])
  }
}
