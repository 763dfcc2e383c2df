import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { BlobMissing, type Blobs, type BlobStat } from '../blobs/blobs.ts'
import type { Database } from '../database/database.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import { bothOrNeither } from '../concurrency.ts'
import { version } from '../version.ts'
import { Contents, type Item, type KeptItem } from './contents.ts'
import { fileName, fileOf, FORMAT, writeManifest, type Manifest, type Table } from './manifest.ts'
import { BackupLocation } from './location.ts'
import { pruneContents } from './prune.ts'
import { fsyncPath } from './fsync.ts'
import { inWords } from './refused.ts'
import type { Encryption } from './encryption.ts'
import { Snapshot } from './snapshot.ts'
import { storeFile, type Stored } from './stored-file.ts'
import { contentPath, ChecksumFile } from './checksums.ts'
import { entriesOf, openTreeFile, type Tree, type TreeEntry } from './trees.ts'

/** Blobs, or files of a tree, that are looked up together. */
const BATCH = 200

/** What a backup takes. */
export interface Source {
  database: Database
  key: InstanceKey
  /** Undefined: the database alone. */
  files: { blobs: Blobs; trees: readonly Tree[] } | undefined
}

export interface BackupOptions {
  folder: string
  /** Undefined: it is not encrypted, and does not have the key of the instance. */
  sealing: Encryption | undefined
  /** Whether another backup that runs is waited for. */
  waits?: boolean
  signal: AbortSignal
  /** Told now and then how far it is. */
  progress: (line: string) => void
}

/** What was made. */
export interface Made {
  manifest: Manifest
  /** Bytes that were written: contents that were there already are not. */
  written: number
  /** Tables of the database that are not ours. */
  strangers: readonly string[]
}

/**
 * Makes a copy of everything while everything runs: the rows of one moment, all blobs that they name, the trees. What
 * is there from the copies before is not copied again. The manifest is written last: a copy without one is none.
 *
 * @throws BackupRefused when something stands in the way, with its remedy; what was begun is removed then
 */
export async function makeBackup(
  source: Source,
  { folder, sealing, waits = false, signal, progress }: BackupOptions,
): Promise<Made> {
  await using snapshot = await Snapshot.take(source.database.connection, { waits })
  const place = prepared(folder, source.key)
  const { id, folder: copy } = place.begin(Temporal.Now.instant())
  const contents = new Contents({ place, sealing, database: source.database, copy: id })
  const sums = new ChecksumFile(copy)
  try {
    const stop = new AbortController()
    const writing = new Writing({ copy, sums, sealing, signal: AbortSignal.any([signal, stop.signal]), progress })
    const freed = source.files ? await snapshot.freedBlobs() : new Set<string>()
    const [tables, blobs] = await bothOrNeither(
      writing.tables(snapshot),
      writing.blobs(source.files?.blobs, contents, freed),
      stop,
    )
    const sequences = await snapshot.sequences()
    const trees = source.files ? await writing.trees(source.files.trees, contents) : []
    if (sealing)
      await writing.file('instance.key', Readable.from([`${source.key.text}\n`], { objectMode: false }), false)
    const manifest: Manifest = {
      format: FORMAT,
      id,
      madeAt: snapshot.takenAt.toString(),
      program: version,
      postgres: snapshot.postgres,
      key: nameOfKey(source.key),
      recipients: [...(sealing?.recipients ?? [])],
      migrations: [...snapshot.migrations],
      tables,
      sequences,
      blobs,
      trees,
      sums: await sums.close(),
    }
    signal.throwIfAborted()
    await fsyncPath(place.folder, [
      ...contents.new,
      ...contents.new.map(dirname),
      ...writing.paths,
      ...writing.paths.map(dirname),
    ])
    await writeManifest(copy, manifest)
    if (source.files) await contents.forgetOthers()
    return { manifest, written: writing.written + contents.added, strangers: snapshot.strangers }
  } catch (error) {
    sums.destroy()
    place.remove(id)
    place.sweep()
    await pruneContents(place)
    throw inWords(error, place.folder)
  }
}

/** The place of an instance's backups, without what killed ones have left. */
function prepared(folder: string, key: InstanceKey): BackupLocation {
  try {
    const place = BackupLocation.prepare(folder, nameOfKey(key))
    place.sweep()
    return place
  } catch (error) {
    throw inWords(error, folder)
  }
}

/** By which the key of an instance is known again, without being known. */
export function nameOfKey(key: InstanceKey): string {
  return key.keyedHash('backup', 'key').toString('hex').slice(0, 16)
}

interface WritingNeeds extends Omit<BackupOptions, 'folder' | 'waits'> {
  copy: string
  sums: ChecksumFile
}

/** Writes the files of one copy. */
class Writing {
  readonly #copy: string
  readonly #sums: ChecksumFile
  readonly #sealing: Encryption | undefined
  readonly #signal: AbortSignal
  readonly #progress: (line: string) => void
  /** Bytes of the copy's own files, and their paths. */
  written = 0
  readonly paths: string[] = []

  constructor({ copy, sums, sealing, signal, progress }: WritingNeeds) {
    this.#copy = copy
    this.#sums = sums
    this.#sealing = sealing
    this.#signal = signal
    this.#progress = progress
  }

  async file(file: string, content: Readable, isCompressed = true): Promise<Stored> {
    const name = fileName(file, { isCompressed, isSealed: this.#sealing !== undefined })
    const path = join(this.#copy, name)
    this.paths.push(path)
    const stored = await storeFile(content, path, { isCompressed, sealing: this.#sealing, signal: this.#signal })
    await this.#sums.add({ sum: stored.sum, path: name })
    this.written += stored.bytes
    return stored
  }

  async tables(snapshot: Snapshot): Promise<Table[]> {
    const tables: Table[] = []
    for (const [index, table] of snapshot.tables.entries()) {
      const { content, rows } = snapshot.read(table)
      await this.file(fileOf(table), content)
      tables.push({ ...table, rows: rows() })
      this.#progress(
        `tables ${index + 1} of ${snapshot.tables.length}, ${table.schema}.${table.name} with ${rows()} rows`,
      )
    }
    return tables
  }

  async blobs(
    blobs: Blobs | undefined,
    contents: Contents,
    freed: ReadonlySet<string>,
  ): Promise<{ count: number; bytes: number } | null> {
    if (!blobs) return null
    const all = blobs.list()
    const itemOf = ({ key, size, modifiedAt }: BlobStat): Listed<{ key: string }> => ({
      line: { key },
      item: {
        origin: `blob ${key}`,
        size,
        modifiedAt: modifiedAt.epochMilliseconds,
        open: () => (blobs.open ? blobs.open(key) : blobs.get(key)).catch(ifMissing),
      },
    })
    async function* listed() {
      for await (const blob of all) if (!freed.has(blob.key)) yield itemOf(blob)
    }
    return this.#list('blobs', listed(), contents, 'files')
  }

  async trees(trees: readonly Tree[], contents: Contents): Promise<Manifest['trees']> {
    const done: Manifest['trees'] = []
    for (const tree of trees) {
      async function* listed(): AsyncGenerator<Listed<TreeEntry>> {
        for await (const entry of entriesOf(tree)) {
          const open = () => openTreeFile(tree, entry.path)
          yield entry.kind === 'file'
            ? {
                line: entry,
                item: {
                  origin: `tree ${tree.name}/${entry.path}`,
                  size: entry.size,
                  modifiedAt: entry.modifiedAt,
                  open,
                },
              }
            : { line: entry }
        }
      }
      done.push({
        name: tree.name,
        ...(await this.#list(`tree-${tree.name}`, listed(), contents, `files of ${tree.name}`)),
      })
    }
    return done
  }

  /** Copies the contents of what is listed, and writes the list: a line of JSON each. */
  async #list(
    path: string,
    listed: AsyncIterable<Listed<object>>,
    contents: Contents,
    what: string,
  ): Promise<{ count: number; bytes: number }> {
    const total = { count: 0, bytes: 0 }
    const note = async (kept: KeptItem) => {
      total.count++
      total.bytes += kept.size
      await this.#sums.add({ sum: kept.name, path: contentPath(kept.name) })
    }
    const signal = this.#signal
    const progress = this.#progress
    async function* lines() {
      for await (const batch of inBatches(listed)) {
        const items = batch.flatMap(({ item }) => item ?? [])
        const kept = await contents.keep(items, signal)
        let text = ''
        for (const { line, item } of batch) {
          const one = item && kept.get(item.origin)
          if (item && !one) continue
          if (one) await note(one)
          text += `${JSON.stringify({ ...line, ...one })}\n`
        }
        yield text
        progress(`${total.count} ${what}, ${megabytes(total.bytes)}`)
      }
    }
    await this.file(path, Readable.from(lines(), { objectMode: false }))
    return total
  }
}

/** A line of a list, with the item whose content belongs to it, where it has one. */
interface Listed<Line> {
  line: Line
  item?: Item
}

/** What went away since it was listed is no part of the copy: nothing of the copy's moment names it. */
function ifMissing(error: unknown): undefined {
  if (!(error instanceof BlobMissing)) throw error
}

async function* inBatches<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const one of all) {
    batch.push(one)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
