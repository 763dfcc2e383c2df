import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { BackupRefused } from './refused.ts'
import { damaged } from './stored-file.ts'

/** Of the files and folders of a backup: a program that knows a lower one refuses to read. */
export const FORMAT = 1

export const Table = Type.Object({
  schema: Type.String(),
  name: Type.String(),
  /** Without those that are computed. */
  columns: Type.Array(Type.String()),
  rows: Type.Integer(),
})
export type Table = Static<typeof Table>

export const Sequence = Type.Object({
  schema: Type.String(),
  name: Type.String(),
  value: Type.Integer(),
  isCalled: Type.Boolean(),
})
export type Sequence = Static<typeof Sequence>

export const Applied = Type.Object({ schema: Type.String(), name: Type.String(), sum: Type.String() })
export type Applied = Static<typeof Applied>

const Size = Type.Object({ count: Type.Integer(), bytes: Type.Integer() })

/** What a copy is, and what belongs to it. Written last: what has none is no copy. */
export const Manifest = Type.Object({
  format: Type.Integer(),
  id: Type.String(),
  madeAt: Type.String(),
  /** Version of the program, and of PostgreSQL. */
  program: Type.String(),
  postgres: Type.String(),
  /** A name of the key of the instance, by which it is known again. */
  key: Type.String(),
  recipients: Type.Array(Type.String()),
  migrations: Type.Array(Applied),
  tables: Type.Array(Table),
  sequences: Type.Array(Sequence),
  /** Null when the copy is of the database alone. */
  blobs: Type.Union([Size, Type.Null()]),
  trees: Type.Array(Type.Object({ name: Type.String(), count: Type.Integer(), bytes: Type.Integer() })),
  /** SHA-256 of the file that has the sums of all others. */
  sums: Type.String(),
})
export type Manifest = Static<typeof Manifest>

const FILE = 'manifest.json'

/** Name of a file of a copy below its folder, by what was done to it. */
export function fileName(
  path: string,
  { isCompressed, isSealed }: { isCompressed: boolean; isSealed: boolean },
): string {
  return path + (isCompressed ? '.zst' : '') + (isSealed ? '.age' : '')
}

/** Where the rows of a table are, as PostgreSQL's COPY writes them (text). */
export function fileOf({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `tables/${schema}.${name}`
}

/** A sum over what the manifest itself says stands before it, so that no byte of it changes unseen. */
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify({ sum: sumOf(JSON.stringify(manifest)), ...manifest }, undefined, 1)
  const unfinished = join(folder, `${FILE}.unfinished`)
  {
    await using file = await open(unfinished, 'w', 0o600)
    await file.writeFile(`${text}\n`)
    await file.sync()
  }
  await rename(unfinished, join(folder, FILE))
  for (const one of [folder, dirname(folder)]) {
    await using handle = await open(one)
    await handle.sync()
  }
}

export function hasManifest(folder: string): boolean {
  return existsSync(join(folder, FILE))
}

/** @throws BackupRefused when it was changed, or comes from a newer Bagad */
export function readManifest(folder: string): Manifest {
  const path = join(folder, FILE)
  const read = parsed(readFileSync(path, 'utf8'))
  if (!Value.Check(Type.Object({ sum: Type.String(), format: Type.Integer() }), read)) throw damaged(path)
  const { sum, ...manifest } = read
  if (sumOf(JSON.stringify(manifest)) !== sum) throw damaged(path)
  if (manifest.format > FORMAT)
    throw new BackupRefused(
      `${path} was written by a newer Bagad (format ${manifest.format}). Use that version, or a newer one.`,
    )
  return Value.Parse(Manifest, manifest)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
