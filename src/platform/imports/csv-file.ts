import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { CsvError, parse, type Info } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'
import { reasonOf, requireColumns, SourceError, type Cell, type Source, type SourceRow } from './source.ts'

/** What the one table of a file is called. */
export const CSV_TABLE = 'csv'

/** What may stand between two cells, the likeliest first. */
const DELIMITERS = [',', ';', '\t']

/** Bytes within which the line of names ends. */
const HEAD = 64 * 1024

/** Characters of one row; beyond, a quote was never closed. */
const LONGEST_ROW = 1_000_000

/**
 * A table in CSV (RFC 4180) with a line of names, in UTF-8, as software and spreadsheets export it. An empty cell has
 * no value.
 */
export class CsvFile implements Source {
  readonly name: string
  readonly tables: ReadonlyMap<string, readonly string[]>
  readonly #path: string
  readonly #delimiter: string

  /** @throws SourceError when it has no line of names */
  constructor(path: string) {
    this.#path = path
    this.name = basename(path)
    const { delimiter, names } = readNames(path)
    if (names.length < 2 || new Set(names).size < names.length)
      throw new SourceError(`${this.name} does not begin with a line of names, one for each column`)
    this.#delimiter = delimiter
    this.tables = new Map([[CSV_TABLE, names]])
  }

  async *rows(table: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
    requireColumns(this, table, columns)
    const rows = createReadStream(this.#path).pipe(
      parse({
        bom: true,
        columns: (line: string[]) => line.map((name) => name.trim()),
        delimiter: this.#delimiter,
        info: true,
        max_record_size: LONGEST_ROW,
        relax_column_count: true,
        skip_empty_lines: true,
      }),
    )
    try {
      for await (const { record, info } of rows as AsyncIterable<{ record: Record<string, string>; info: Info }>) {
        const values = Object.fromEntries(columns.map((column): [string, Cell] => [column, record[column] || null]))
        yield { where: `line ${info.lines}`, values }
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      throw new SourceError(`${this.name} is damaged: ${error.message}`, { cause: error })
    } finally {
      rows.destroy()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function readNames(path: string): { delimiter: string; names: string[] } {
  const line = readHead(path).split(/\r?\n/, 1)[0] ?? ''
  const [delimiter = ','] = DELIMITERS.toSorted((one, other) => line.split(other).length - line.split(one).length)
  try {
    const [names = []]: string[][] = parseAtOnce(line, { bom: true, delimiter })
    return { delimiter, names: names.map((name) => name.trim()) }
  } catch (error) {
    throw new SourceError(`${basename(path)} does not begin with a line of names: ${reasonOf(error)}`, { cause: error })
  }
}

function readHead(path: string): string {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD)
    return head.subarray(0, readSync(file, head)).toString()
  } finally {
    closeSync(file)
  }
}
