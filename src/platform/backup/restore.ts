import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod, utimes } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Blobs } from '../blobs/blobs.ts'
import { giveToOwnerNow } from '../children/owner.ts'
import type { Connection } from '../database/database.ts'
import type { MigrationSet } from '../database/migrations.ts'
import { InstanceKey } from '../keys/instance-key.ts'
import { mapConcurrent } from '../concurrency.ts'
import { nameOfKey } from './backup.ts'
import { BackupLock } from './lock.ts'
import { fileName, fileOf, type Manifest } from './manifest.ts'
import { BackupLocation, makeFolder } from './location.ts'
import { BackupRefused, inWords } from './refused.ts'
import { RestoredDatabase } from './restore-database.ts'
import { fsyncPath } from './fsync.ts'
import type { Decryption } from './encryption.ts'
import { damaged, linesOf, readStored, storeFile } from './stored-file.ts'
import type { Tree } from './trees.ts'
import { verifyCopy } from './verify.ts'

/** Blobs that are put back at once. */
const AT_ONCE = 4

/** Where a copy goes. */
export interface Target {
  connection: Connection
  /** Migrations of everything that this version knows. */
  sets: MigrationSet[]
  blobs: Blobs
  trees: readonly Tree[]
  /** File of the key of the instance. */
  keyFile: string
}

export interface RestoreOptions {
  folder: string
  /** The last one when none is named. */
  copy?: string | undefined
  /** Undefined: the copy must not be encrypted. */
  opening: Decryption | undefined
  /** Whether it may be restored without its key, with another: what was sealed with it can then never be read again. */
  isKeyLost: boolean
  signal: AbortSignal
  progress: (line: string) => void
}

/**
 * Makes an empty instance that of a copy. Killed in the middle, it is no instance, and the same command run again does
 * it anew; failed, it is empty again.
 *
 * @throws BackupRefused when something stands in the way, with its remedy
 */
export async function restore(target: Target, options: RestoreOptions): Promise<Manifest> {
  const place = BackupLocation.open(options.folder)
  const manifest = place.manifest(options.copy)
  const opening = openingFor(manifest, options)
  await verifyCopy(place, manifest, { only: ({ path }) => !path.startsWith('../'), progress: () => {} })
  await using database = await RestoredDatabase.open({ ...target, manifest })
  const trees = treesFor(manifest, target.trees)
  const claim = new BackupLock({ blobs: manifest.blobs ? target.blobs : undefined, trees, begun: database.begun })
  await claim.refuseFull()
  const copy = new OpenCopy(place, manifest, opening)
  const key = await keyToWrite(copy, target, options)
  await database.begin(claim.id)
  try {
    await claim.take()
    if (key !== undefined) writeKey(target.keyFile, key)
    for (const tree of trees) await plantTree(copy, tree, options)
    if (manifest.blobs) await putBlobs(copy, target.blobs, options)
    await database.fill((table) => copy.read(fileOf(table)), options)
  } catch (error) {
    await claim.undo()
    if (key !== undefined) rmSync(target.keyFile, { force: true })
    await database.undo()
    throw inWords(error, 'the data')
  }
  await claim.release()
  return manifest
}

/** A copy whose own files were verified. */
class OpenCopy {
  readonly manifest: Manifest
  readonly #place: BackupLocation
  readonly #opening: Decryption | undefined

  constructor(place: BackupLocation, manifest: Manifest, opening: Decryption | undefined) {
    this.#place = place
    this.manifest = manifest
    this.#opening = opening
  }

  /** A file of the copy, as it was before it was compressed and encrypted. */
  read(file: string, isCompressed = true): Promise<Readable> {
    const name = fileName(file, { isCompressed, isSealed: this.manifest.recipients.length > 0 })
    return readStored(join(this.#place.folderOf(this.manifest.id), name), { isCompressed, opening: this.#opening })
  }

  async *list<Line extends TSchema>(file: string, schema: Line): AsyncGenerator<Static<Line>> {
    for await (const line of linesOf(await this.read(file))) yield Value.Parse(schema, JSON.parse(line))
  }

  /**
   * Hands a content to a work that says what it has got; it must be the one that was stored.
   *
   * @throws BackupRefused when it is not
   */
  async content(
    { name, sha256 }: { name: string; sha256: string },
    work: (content: Readable) => Promise<string>,
  ): Promise<void> {
    const path = this.#place.pathOf(name)
    if (!existsSync(path)) throw damaged(path)
    let got: string
    try {
      got = await work(await readStored(path, { isCompressed: false, opening: this.#opening }))
    } catch (error) {
      throw isOfSystem(error) ? error : damaged(path)
    }
    if (got !== sha256) throw damaged(path)
  }
}

const BlobLine = Type.Object({ key: Type.String(), sha256: Type.String(), name: Type.String() })

async function putBlobs(copy: OpenCopy, blobs: Blobs, { signal, progress }: RestoreOptions): Promise<void> {
  const { count } = copy.manifest.blobs ?? { count: 0 }
  let done = 0
  await mapConcurrent(copy.list('blobs', BlobLine), AT_ONCE, async (line) => {
    signal.throwIfAborted()
    await copy.content(line, async (content) => (await blobs.put(line.key, content, { signal })).sha256)
    progress(`${++done} of ${count} files`)
  })
}

const TreeLine = Type.Union([
  Type.Object({ kind: Type.Literal('folder'), path: Type.String(), mode: Type.Integer() }),
  Type.Object({ kind: Type.Literal('link'), path: Type.String(), target: Type.String() }),
  Type.Object({
    kind: Type.Literal('file'),
    path: Type.String(),
    mode: Type.Integer(),
    modifiedAt: Type.Number(),
    sha256: Type.String(),
    name: Type.String(),
  }),
])

/** Folders get their modes last: a read-only one is filled first. */
async function plantTree(
  copy: OpenCopy,
  { name: tree, folder }: Tree,
  { signal, progress }: RestoreOptions,
): Promise<void> {
  const modes: [path: string, mode: number][] = []
  const files: string[] = []
  for await (const line of copy.list(`tree-${tree}`, TreeLine)) {
    signal.throwIfAborted()
    const path = resolve(folder, line.path)
    if (!path.startsWith(folder + sep)) throw damaged(`tree-${tree}`)
    if (line.kind === 'link') symlinkSync(line.target, path)
    else if (line.kind === 'folder') {
      mkdirSync(path, { mode: 0o700 })
      giveToOwnerNow(path)
      modes.unshift([path, line.mode])
    } else {
      await copy.content(
        line,
        async (content) => (await storeFile(content, path, { isCompressed: false, sealing: undefined, signal })).sum,
      )
      await chmod(path, line.mode)
      await utimes(path, line.modifiedAt / 1000, line.modifiedAt / 1000)
      files.push(path)
      progress(`${files.length} files of ${tree}`)
    }
  }
  await fsyncPath(folder, files)
  for (const [path, mode] of modes) await chmod(path, mode)
}

/** The trees of a copy, where this instance has them. */
function treesFor({ trees }: Manifest, here: readonly Tree[]): Tree[] {
  return trees.map(({ name }) => {
    const tree = here.find((one) => one.name === name)
    if (!tree)
      throw new BackupRefused(`the copy has the files "${name}", which nothing here keeps. Is a service switched off?`)
    return { name, folder: resolve(tree.folder) }
  })
}

function openingFor({ recipients }: Manifest, { opening }: RestoreOptions): Decryption | undefined {
  if (recipients.length === 0) return undefined
  if (!opening)
    throw new BackupRefused(
      `the copy is encrypted for ${recipients.join(', ')}. Name the file of an identity: --identity FILE.`,
    )
  return opening
}

/**
 * The key that the copy brings, where there is none yet.
 *
 * @throws BackupRefused when neither the copy nor the instance has the right one
 */
async function keyToWrite(
  copy: OpenCopy,
  { keyFile }: Target,
  { isKeyLost }: RestoreOptions,
): Promise<string | undefined> {
  const { key, recipients } = copy.manifest
  if (existsSync(keyFile)) {
    if (isKeyLost || nameOfKey(InstanceKey.open({ data: dirname(keyFile), key_file: keyFile })) === key)
      return undefined
    throw new BackupRefused(
      `${keyFile} is not the key of the instance that the copy is of. Put the right one there; if it is lost: --key-is-lost.`,
    )
  }
  if (recipients.length > 0) return textOf(await copy.read('instance.key', false))
  if (isKeyLost) return undefined
  throw new BackupRefused(
    `the copy is not encrypted, so it does not have the key of its instance. Put that file at ${keyFile}; if it is lost: --key-is-lost.`,
  )
}

function writeKey(keyFile: string, key: string): void {
  makeFolder(dirname(keyFile))
  writeFileSync(keyFile, key, { mode: 0o600, flag: 'wx' })
  giveToOwnerNow(keyFile)
}

/** Whether an error comes from the disk, the network or a cancellation, and says nothing about the content. */
function isOfSystem(error: unknown): boolean {
  return (
    error instanceof BackupRefused ||
    (error instanceof Error && (error.name === 'AbortError' || ('code' in error && typeof error.code === 'string')))
  )
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
