import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { dialectOf, type Dialect } from './dump-dialects.ts'
import { DumpReader, type DumpPart } from './dump-reader.ts'
import { reasonOf, requireColumns, SourceError, type Cell, type Source, type SourceRow } from './source.ts'

/** Bytes at the beginning and at the end of a dump that tell what it is, and that it is whole. */
const EDGE = 8192

/** Bytes read from the disk at once. */
const PIECE = 256 * 1024

/** First bytes of files that are no dumps, and what to do with each. */
const OTHERS: [beginning: string, remedy: string][] = [
  ['PGDMP', 'it is in pg_dump’s own format: make it again with pg_dump --format=plain'],
  ['SQLite format 3', 'it is a compressed SQLite file: unpack it first'],
  ['PK\x03\x04', 'it is a zip archive: unpack it first'],
  ['BZh', 'it is compressed by bzip2: unpack it first'],
  ['\xfd7zXZ', 'it is compressed by xz: unpack it first'],
  ['\x28\xb5\x2f\xfd', 'it is compressed by zstd: unpack it first'],
]

/**
 * A dump as SQL text, plain or compressed by gzip. It is read through once to learn its tables, then once for each
 * table asked for.
 */
export class Dump implements Source {
  readonly name: string
  readonly tables: ReadonlyMap<string, readonly string[]>
  readonly #path: string
  readonly #dialect: Dialect
  readonly #bytes: ReadonlyMap<string, readonly string[]>

  private constructor(path: string, dialect: Dialect, survey: Survey) {
    this.#path = path
    this.name = basename(path)
    this.#dialect = dialect
    this.tables = survey.tables
    this.#bytes = survey.bytes
  }

  /**
   * @throws SourceError when it is no dump that is read, or when it is damaged or cut off: told before any row is given
   */
  static async open(path: string): Promise<Dump> {
    const name = basename(path)
    const beginning = await readBeginning(path, name)
    const other = OTHERS.find(([magic]) => beginning.startsWith(magic))
    if (other) throw new SourceError(`${name} is no SQL text: ${other[1]}`)
    const dialect = dialectOf(beginning)
    if (!dialect)
      throw new SourceError(
        `${name} does not begin as mysqldump, mariadb-dump, pg_dump or the .dump of sqlite3 begin: it is not known how to read it`,
      )
    return new Dump(path, dialect, await survey(path, name, dialect, beginning))
  }

  async *rows(table: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
    requireColumns(this, table, columns)
    const reader = new DumpReader(this.name, this.#dialect, piecesOf(this.#path))
    for (let part = await reader.next(); part; part = await reader.next())
      if (part.kind === 'rows' && part.table === table) yield* this.#rowsOf(reader, part, columns)
  }

  async *#rowsOf(
    reader: DumpReader,
    part: Extract<DumpPart, { kind: 'rows' }>,
    columns: readonly string[],
  ): AsyncGenerator<SourceRow> {
    const there = part.columns ?? this.tables.get(part.table) ?? []
    const absent = columns.find((column) => !there.includes(column))
    if (absent)
      throw new SourceError(
        `${this.name}, ${reader.where}: the rows of ${part.table} are written without the column ${absent}`,
      )
    const places = columns.map((column) => ({
      column,
      index: there.indexOf(column),
      isBytes: this.#bytes.get(part.table)?.includes(column) ?? false,
    }))
    for (let cells = await reader.row(); cells; cells = await reader.row()) {
      const { where } = reader
      if (cells.length !== there.length)
        throw new SourceError(
          `${this.name}, ${where}: there are ${cells.length} values for the ${there.length} columns of ${part.table}`,
        )
      const values: Record<string, Cell> = {}
      for (const { column, index, isBytes } of places) values[column] = reader.cell(cells[index] ?? null, isBytes)
      yield { where, values }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

interface Survey {
  tables: Map<string, string[]>
  bytes: Map<string, string[]>
}

/** Reads the whole of a dump once: what tables it has, and whether it is whole. */
async function survey(path: string, name: string, { whole, ...dialect }: Dialect, beginning: string): Promise<Survey> {
  const found: Survey = { tables: new Map(), bytes: new Map() }
  let end = ''
  async function* watched() {
    for await (const piece of piecesOf(path)) {
      end = (end + Buffer.from(piece.subarray(-EDGE)).toString('latin1')).slice(-EDGE)
      yield piece
    }
  }
  const reader = new DumpReader(name, { whole, ...dialect }, watched())
  for (let part = await reader.next(); part; part = await reader.next()) {
    if (part.kind === 'table') found.bytes.set(part.table, part.bytes)
    const columns = part.columns ?? []
    if (!found.tables.has(part.table) || columns.length > 0)
      found.tables.set(part.table, [...new Set([...(found.tables.get(part.table) ?? []), ...columns])])
  }
  if (whole.begins.test(beginning) && !whole.ends.test(end))
    throw new SourceError(`${name} is not whole: its last lines do not say that the dump is complete`)
  return found
}

async function readBeginning(path: string, name: string): Promise<string> {
  try {
    const parts: Buffer[] = []
    let length = 0
    for await (const piece of piecesOf(path)) {
      parts.push(Buffer.from(piece))
      length += piece.length
      if (length >= EDGE) break
    }
    return Buffer.concat(parts).subarray(0, EDGE).toString('latin1')
  } catch (error) {
    throw error instanceof SourceError
      ? error
      : new SourceError(`${name} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
}

/** The bytes of a file, unpacked when they are compressed. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: PIECE })
  if (!isCompressed(path)) return yield* file
  try {
    yield* pipeline(file, createGunzip({ chunkSize: PIECE }), () => {})
  } catch (error) {
    throw new SourceError(`${basename(path)} cannot be unpacked: ${reasonOf(error)}`, { cause: error })
  }
}

function isCompressed(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const magic = Buffer.alloc(2)
    readSync(file, magic)
    return magic[0] === 0x1f && magic[1] === 0x8b
  } finally {
    closeSync(file)
  }
}
