import { randomUUID } from 'node:crypto'
import type { Dir } from 'node:fs'
import {
  access,
  constants,
  mkdir,
  open,
  opendir,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  type FileHandle,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import { giveToOwner } from '../children/owner.ts'
import { BlobMissing, BlobRangeError, type Blobs, type BlobStat, type ByteRange, type StoredBlob } from './blobs.ts'
import { boundsOf } from './bounds.ts'
import { checkKey, checkPrefix } from './keys.ts'
import { HashingStream } from './hashing-stream.ts'

/** Ends the name of a file, and is in no key: so that `a` and `a/b` can both be there. */
const MARK = '='

/**
 * How old the leftover of a killed put is when it is swept, in milliseconds: longer than any upload goes without a
 * byte.
 */
const LEFT_FOR = 24 * 3600 * 1000

/** Tries to place a file whose folder was removed at that moment, because its last blob was. */
const TRIES = 10

/** Bytes that must be free for the store to be well. */
const LEAST_FREE = 64 * 1024 * 1024

/**
 * Blobs as files of a folder: `kept/pic/2026/0f3a=` is the blob `pic/2026/0f3a`. Content is written to `unfinished/`,
 * made to last (fsync), then renamed: no crash leaves half a blob.
 */
export class FileBlobs implements Blobs {
  readonly #kept: string
  readonly #unfinished: string
  readonly #sweeping: Promise<void>

  /** @param folder `<data>/blobs`; made when the first blob is put */
  constructor(folder: string, log: Logger) {
    this.#kept = join(folder, 'kept')
    this.#unfinished = join(folder, 'unfinished')
    this.#sweeping = this.#sweep().catch((error: unknown) =>
      log.warn({ err: error }, 'leftovers of unfinished blobs could not be swept'),
    )
  }

  async put(
    key: string,
    content: Readable | Uint8Array,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<StoredBlob> {
    const path = this.#pathOf(key)
    const unfinished = join(this.#unfinished, randomUUID())
    const measure = HashingStream.of(content, signal)
    try {
      await makeFolder(this.#unfinished)
      const file = await open(unfinished, 'wx', 0o600)
      await pipeline(measure, file.createWriteStream({ flush: true }))
      await giveToOwner(unfinished)
      await place(unfinished, path)
    } catch (error) {
      await rm(unfinished, { force: true })
      throw measure.errored ?? error
    } finally {
      measure.destroy()
    }
    return measure.kept()
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    const file = await this.open(key)
    return range ? readRange(file, key, range) : file.createReadStream()
  }

  async open(key: string): Promise<FileHandle> {
    const file = await orUndefined(open(this.#pathOf(key)))
    if (!file) throw new BlobMissing(key)
    return file
  }

  async stat(key: string): Promise<BlobStat | undefined> {
    return statFile(key, this.#pathOf(key))
  }

  async *list(prefix = ''): AsyncGenerator<BlobStat> {
    checkPrefix(prefix)
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    for await (const key of this.#walk(folder)) {
      const found = key.startsWith(prefix) && (await statFile(key, this.#pathOf(key)))
      if (found) yield found
    }
  }

  /** Keys below a folder of keys, itself with its final `/`. */
  async *#walk(folder: string): AsyncGenerator<string> {
    const entries: Dir | undefined = await orUndefined(opendir(join(this.#kept, folder)))
    for await (const entry of entries ?? []) {
      if (entry.isDirectory()) yield* this.#walk(`${folder}${entry.name}/`)
      else if (entry.name.endsWith(MARK)) yield folder + entry.name.slice(0, -MARK.length)
    }
  }

  /** The folders that this leaves empty go too. */
  async delete(key: string): Promise<void> {
    const path = this.#pathOf(key)
    await rm(path, { force: true })
    for (let folder = dirname(path); folder !== this.#kept; folder = dirname(folder)) {
      const isRemoved = await rmdir(folder).then(
        () => true,
        () => false,
      )
      if (!isRemoved) return
    }
  }

  async look(): Promise<void> {
    await makeFolder(this.#unfinished)
    await access(this.#unfinished, constants.W_OK)
    const { bavail, bsize } = await statfs(this.#unfinished)
    if (bavail * bsize < LEAST_FREE) throw new Error(`the disk of ${this.#unfinished} is full`)
  }

  #pathOf(key: string): string {
    checkKey(key)
    return join(this.#kept, key + MARK)
  }

  /** A put in progress keeps writing: a file unchanged for a day was left by a process that died. */
  async #sweep(): Promise<void> {
    const entries: Dir | undefined = await orUndefined(opendir(this.#unfinished))
    for await (const { name } of entries ?? []) {
      const path = join(this.#unfinished, name)
      const found = await orUndefined(stat(path))
      if (found && Date.now() - found.mtimeMs > LEFT_FOR) await rm(path, { force: true })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sweeping
  }
}

async function readRange(file: FileHandle, key: string, range: ByteRange): Promise<Readable> {
  const { size } = await file.stat()
  const bounds = boundsOf(range, size)
  if (bounds) return file.createReadStream({ start: bounds.first, end: bounds.last })
  await file.close()
  throw new BlobRangeError(key, size)
}

async function statFile(key: string, path: string): Promise<BlobStat | undefined> {
  const found = await orUndefined(stat(path))
  return (
    found && { key, size: found.size, modifiedAt: Temporal.Instant.fromEpochMilliseconds(Math.floor(found.mtimeMs)) }
  )
}

/** Gives a finished file its final name, in a folder that is made for it. */
async function place(unfinished: string, path: string): Promise<void> {
  const folder = dirname(path)
  for (let left = TRIES; ; left--) {
    const isPlaced = await orUndefined(makeFolder(folder).then(() => rename(unfinished, path).then(() => true)))
    if (isPlaced) break
    if (left === 0) throw new Error(`the folder ${folder} is removed again and again`)
  }
  await makeLast(folder)
}

/** Makes a folder and those above it, each closed to others. */
async function makeFolder(folder: string): Promise<void> {
  const made = await orUndefined(makeOneFolder(folder))
  if (made !== undefined || dirname(folder) === folder) return
  await makeFolder(dirname(folder))
  await makeOneFolder(folder)
}

/** @returns whether it is new */
async function makeOneFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  await giveToOwner(folder)
  await makeLast(dirname(folder))
  return true
}

/** What a folder lists lasts once the folder itself was synchronised. */
async function makeLast(folder: string): Promise<void> {
  const handle = await orUndefined(open(folder))
  if (!handle) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What comes of a file or folder, undefined when there is none. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
