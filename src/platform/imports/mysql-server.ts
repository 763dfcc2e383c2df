import { once } from 'node:events'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2'
import { reasonOf, requireColumns, SourceError, type Cell, type Source, type SourceRow } from './source.ts'

/** Milliseconds for the server to answer, and without any row. */
const PATIENCE = { connect: 10_000, query: 600_000 }

/** Types whose values are bytes and not text, as `information_schema` calls them. */
const BYTES = /^(bit|binary|varbinary|(tiny|medium|long)?blob|geometry|point|vector)/

/** A MySQL or MariaDB server that runs: read in one transaction, as it was when it was opened. */
export class MysqlServer implements Source {
  readonly name: string
  readonly tables: ReadonlyMap<string, readonly string[]>
  readonly #connection: Connection
  readonly #bytes: ReadonlySet<string>

  private constructor(name: string, connection: Connection, columns: Column[]) {
    this.name = name
    this.#connection = connection
    const tables = new Map<string, string[]>()
    for (const { table, column } of columns) tables.set(table, [...(tables.get(table) ?? []), column])
    this.tables = tables
    this.#bytes = new Set(
      columns.filter(({ type }) => BYTES.test(type)).map(({ table, column }) => `${table}.${column}`),
    )
  }

  /**
   * @param address `mysql://user:password@host:port/database`
   * @throws SourceError when it cannot be reached
   */
  static async open(address: string): Promise<MysqlServer> {
    const { hostname, pathname } = new URL(address)
    const name = `the database ${decodeURIComponent(pathname.slice(1))} on ${hostname}`
    const connection = createConnection({
      uri: address.replace(/^mariadb:/, 'mysql:'),
      charset: 'utf8mb4',
      connectTimeout: PATIENCE.connect,
    })
    try {
      await once(connection, 'connect')
      connection.on('error', () => {})
      const db = connection.promise()
      await db.query(`set time_zone = '+00:00'`)
      await db.query('start transaction with consistent snapshot')
      const [rows] = await db.query<Column[]>(
        `select table_name as \`table\`, column_name as \`column\`, data_type as type from information_schema.columns
         where table_schema = database() order by table_name, ordinal_position`,
      )
      return new MysqlServer(name, connection, rows)
    } catch (error) {
      connection.destroy()
      throw new SourceError(`${name} cannot be read: ${reasonOf(error)}`, { cause: error })
    }
  }

  async *rows(table: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
    requireColumns(this, table, columns)
    // Values come as the bytes of their text, in the connection's UTF-8.
    const query = this.#connection.query({
      sql: `select ${columns.map(quoted).join(', ')} from ${quoted(table)}`,
      typeCast: false,
      rowsAsArray: true,
      timeout: PATIENCE.query,
    })
    const isBytes = columns.map((column) => this.#bytes.has(`${table}.${column}`))
    let number = 0
    try {
      const rows: AsyncIterable<(Buffer | null)[]> = query.stream()
      for await (const row of rows)
        yield {
          where: `row ${++number}`,
          values: Object.fromEntries(
            columns.map((column, index) => [column, cellOf(row[index] ?? null, isBytes[index] ?? false)]),
          ),
        }
    } catch (error) {
      throw new SourceError(`${this.name}, table ${table}: ${reasonOf(error)}`, { cause: error })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.destroy()
  }
}

interface Column extends RowDataPacket {
  table: string
  column: string
  type: string
}

function cellOf(bytes: Buffer | null, isBytes: boolean): Cell {
  return bytes && !isBytes ? bytes.toString('utf8') : bytes
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
