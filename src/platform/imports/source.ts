/**
 * One value of a foreign database, as the text in which that database prints it: `1942`, `2024-03-01 12:00:00`, `t`.
 * Whole numbers are exact whatever their size. Columns of bytes come as bytes.
 */
export type Cell = string | Uint8Array | null

/** One row: the columns that were asked for, and where it stands in the source, for messages. */
export interface SourceRow {
  where: string
  values: Record<string, Cell>
}

/** The database of a replaced software, open for reading; nothing is ever written to it. */
export interface Source extends AsyncDisposable {
  /** What messages call it; without a password. */
  readonly name: string
  /**
   * Its tables with their columns, as they are spelled. A table of another schema than PostgreSQL's `public` is
   * `schema.table`.
   */
  readonly tables: ReadonlyMap<string, readonly string[]>
  /**
   * The rows of a table, in the order of the source, read as they are asked for. One table at a time.
   *
   * @throws SourceError when there is no such table or column, or when what stands there cannot be read
   */
  rows(table: string, columns: readonly string[]): AsyncIterable<SourceRow>
}

/** A source that cannot be read: says which, where in it, and why. */
export class SourceError extends Error {
  override name = 'SourceError'
}

/**
 * Makes sure that a source has a table and all columns that are asked of it.
 *
 * @throws SourceError naming what is missing, and what there is
 */
export function requireColumns(
  { name, tables }: Pick<Source, 'name' | 'tables'>,
  table: string,
  columns: readonly string[],
): void {
  const there = tables.get(table)
  if (!there) throw new SourceError(`${name} has no table ${table}; it has ${listed([...tables.keys()])}`)
  const missing = columns.filter((column) => !there.includes(column))
  if (missing.length > 0)
    throw new SourceError(`${name}: the table ${table} has no column ${missing.join(', ')}; it has ${listed(there)}`)
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  return names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ')
}

/** What a driver says of a failure; some of theirs have a code and no message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
}
