import { Client } from 'pg'
import { reasonOf, requireColumns, SourceError, type Cell, type Source, type SourceRow } from './source.ts'

/** Milliseconds for the server to answer, and for one batch of rows. */
const PATIENCE = { connect: 10_000, query: 600_000 }

/** Rows asked for at once. */
const BATCH = 1000

/** PostgreSQL's number of the type of bytes. */
const BYTEA = 17

/** Everything as its text, bytes as bytes. */
const asTold = {
  getTypeParser: (oid: number) =>
    oid === BYTEA ? (text: string) => Buffer.from(text.slice(2), 'hex') : (text: string) => text,
}

/** A PostgreSQL server that runs: read in one transaction, as it was when it was opened. */
export class PostgresServer implements Source {
  readonly name: string
  readonly tables: ReadonlyMap<string, readonly string[]>
  readonly #client: Client
  readonly #known: Map<string, KnownTable>
  #cursors = 0

  private constructor(client: Client, known: Map<string, KnownTable>) {
    this.name = databaseName(client)
    this.tables = new Map([...known].map(([name, { columns }]) => [name, columns]))
    this.#known = known
    this.#client = client
  }

  /**
   * @param address `postgres://user:password@host:port/database`
   * @throws SourceError when it cannot be reached
   */
  static async open(address: string): Promise<PostgresServer> {
    const client = new Client({
      connectionString: address,
      types: asTold,
      connectionTimeoutMillis: PATIENCE.connect,
      query_timeout: PATIENCE.query,
      application_name: 'bagad import',
    })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query(
        `begin transaction isolation level repeatable read read only; set local datestyle = 'ISO'; set local time zone 'UTC'`,
      )
      return new PostgresServer(client, await readTables(client))
    } catch (error) {
      await client.end().catch(() => {})
      throw new SourceError(`${databaseName(client)} cannot be read: ${reasonOf(error)}`, { cause: error })
    }
  }

  async *rows(table: string, columns: readonly string[]): AsyncGenerator<SourceRow> {
    requireColumns(this, table, columns)
    const cursor = `rows_${++this.#cursors}`
    let number = 0
    try {
      const place = this.#known.get(table)?.place ?? ''
      await this.#client.query(
        `declare ${cursor} no scroll cursor for select ${columns.map(quoted).join(', ')} from ${place}`,
      )
      for (;;) {
        const { rows } = await this.#client.query<Record<string, Cell>>(`fetch ${BATCH} from ${cursor}`)
        if (rows.length === 0) break
        for (const values of rows) yield { where: `row ${++number}`, values }
      }
      await this.#client.query(`close ${cursor}`)
    } catch (error) {
      throw new SourceError(`${this.name}, table ${table}: ${reasonOf(error)}`, { cause: error })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end()
  }
}

interface KnownTable {
  /** Its name as SQL takes it. */
  place: string
  columns: string[]
}

async function readTables(client: Client): Promise<Map<string, KnownTable>> {
  const { rows } = await client.query<{ schema: string; name: string; columns: string }>(
    `select nspname as schema, relname as name, json_agg(attname order by attnum) as columns
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace join pg_attribute on attrelid = pg_class.oid
     where relkind in ('r', 'p', 'v', 'm', 'f') and attnum > 0 and not attisdropped
       and nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg_toast%'
     group by nspname, relname order by nspname, relname`,
  )
  return new Map(
    rows.map(({ schema, name, columns }) => [
      schema === 'public' ? name : `${schema}.${name}`,
      { place: `${quoted(schema)}.${quoted(name)}`, columns: JSON.parse(columns) },
    ]),
  )
}

function databaseName({ database, host }: Client): string {
  return `the database ${database ?? ''} on ${host}`
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
