import { copyFileSync, mkdtempSync, openSync, readSync, closeSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { requireColumns, SourceError, type Cell, type Source, type SourceRow } from './source.ts'

/**
 * First bytes of every SQLite database, and the place of the byte that tells a write-ahead log
 * (https://sqlite.org/fileformat2.html).
 */
const MAGIC = 'SQLite format 3\0'
const READ_VERSION = 19
const WRITE_AHEAD = 2

/** What SQLite keeps beside a database until it is merged into it. */
const COMPANIONS = ['-wal', '-journal']

/** Tries to copy files that do not change meanwhile. */
const TRIES = 3

export function isSqlite(beginning: Uint8Array): boolean {
  return Buffer.from(beginning.subarray(0, MAGIC.length)).toString('latin1') === MAGIC
}

/**
 * A SQLite file. SQLite itself would create files beside one that has a write-ahead log, or merge that log: such a file
 * is read as it is when the log is empty, and otherwise as a copy together with its log, in a folder of its own that is
 * removed in the end.
 */
export class SqliteFile implements Source {
  readonly name: string
  readonly tables: ReadonlyMap<string, readonly string[]>
  readonly #db: DatabaseSync
  readonly #copy: string | undefined

  /** @throws SourceError when it cannot be opened, is damaged, or goes on changing */
  constructor(path: string) {
    this.name = basename(path)
    const hasCompanion = COMPANIONS.some((suffix) => sizeOf(path + suffix) > 0)
    this.#copy = hasCompanion ? copyWithCompanions(path) : undefined
    try {
      this.#db = this.#copy
        ? new DatabaseSync(join(this.#copy, 'copy'))
        : new DatabaseSync(addressOf(path), { readOnly: true })
      this.tables = this.#readTables()
    } catch (error) {
      this.#removeCopy()
      throw this.#explain(error)
    }
  }

  #readTables(): Map<string, string[]> {
    const columns = this.#db.prepare(
      `select schema.name as "table", column.name as "column" from sqlite_schema as schema, pragma_table_info(schema.name) as column
       where schema.type in ('table', 'view') order by schema.name, column.cid`,
    )
    const tables = new Map<string, string[]>()
    for (const { table, column } of columns.iterate())
      tables.set(String(table), [...(tables.get(String(table)) ?? []), String(column)])
    return tables
  }

  async *rows(table: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
    requireColumns(this, table, columns)
    try {
      const select = this.#db.prepare(`select ${columns.map(quoted).join(', ')} from ${quoted(table)}`)
      select.setReadBigInts(true)
      let number = 0
      for (const row of select.iterate())
        yield {
          where: `row ${++number}`,
          values: Object.fromEntries(columns.map((column) => [column, cellOf(row[column] ?? null)])),
        }
    } catch (error) {
      throw this.#explain(error, table)
    }
  }

  /** What SQLite says of the file, with its name; what is thrown elsewhere passes unchanged. */
  #explain(error: unknown, table?: string): unknown {
    const isSqlites = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
    return isSqlites
      ? new SourceError(`${this.name}${table ? `, table ${table}` : ''}: ${error.message}`, { cause: error })
      : error
  }

  #removeCopy(): void {
    if (this.#copy) rmSync(this.#copy, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#db.close()
    this.#removeCopy()
  }
}

/** With a write-ahead log that is empty, SQLite is told that nothing changes, or it would make one. */
function addressOf(path: string): URL {
  const address = pathToFileURL(path)
  if (readVersion(path) === WRITE_AHEAD) address.searchParams.set('immutable', '1')
  return address
}

function readVersion(path: string): number | undefined {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(READ_VERSION + 1)
    readSync(file, header)
    return header[READ_VERSION]
  } finally {
    closeSync(file)
  }
}

/** @returns the folder of the copy */
function copyWithCompanions(path: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-import-'))
  const state = () => ['', ...COMPANIONS].map((suffix) => `${sizeOf(path + suffix)} ${changedAt(path + suffix)}`).join()
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = state()
      for (const suffix of ['', ...COMPANIONS]) {
        rmSync(join(folder, `copy${suffix}`), { force: true })
        if (sizeOf(path + suffix) > 0) copyFileSync(path + suffix, join(folder, `copy${suffix}`))
      }
      if (state() === before) return folder
    }
    throw new SourceError(`${basename(path)} is being written: stop the software that it belongs to, then import again`)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function cellOf(value: string | number | bigint | Uint8Array | null): Cell {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
}
