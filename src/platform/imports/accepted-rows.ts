import { type StaticEncode, type TObject } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Source } from './source.ts'

/** A row that is not what it should be. */
export interface RefusedRow {
  where: string
  /** `counter is "abc": expected a whole number`. */
  why: string
}

/** Characters of a value that a message shows. */
const SHOWN = 60

/**
 * The rows of a table that a schema of columns accepts; each of the others is told, and the reading goes on. Columns
 * that the schema has as optional may be missing from the table: an older version of the software had none.
 *
 * @throws SourceError when the table or a column that must be there is missing, or the source cannot be read
 * @example
 * for await (const { short, url } of acceptedRows(source, 'lstu', LstuRow, ({ where, why }) => report.tell('unreadable', `${where}: ${why}`)))
 */
export async function* acceptedRows<T extends TObject>(
  source: Source,
  table: string,
  schema: T,
  refused: (row: RefusedRow) => void,
): AsyncGenerator<StaticEncode<T>> {
  const there = source.tables.get(table) ?? []
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const columns = Object.keys(schema.properties).filter((name) => required.has(name) || there.includes(name))
  const validator = Compile(schema)
  for await (const { where, values } of source.rows(table, columns)) {
    if (validator.Check(values)) yield values
    else refused({ where, why: reasonsOf(schema, columns, values) })
  }
}

function reasonsOf(schema: TObject, columns: string[], values: Record<string, unknown>): string {
  const wrong = columns.filter(
    (name) => schema.properties[name] && !Compile(schema.properties[name]).Check(values[name]),
  )
  return wrong.map((name) => `${name} is ${shown(values[name])}: expected ${expectedOf(schema, name)}`).join('; ')
}

function expectedOf(schema: TObject, name: string): string {
  const property = schema.properties[name]
  return property && 'expected' in property ? String(property.expected) : 'something else'
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value !== 'string') return 'nothing'
  return `"${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}"`
}
