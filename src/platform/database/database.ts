import { DefaultQueryExecutor, Kysely, PostgresDialect, type ConnectionProvider } from 'kysely'
import { TypeOverrides, type Pool } from 'pg'
import { ConnectionHolders, GuardedPool } from './one-connection.ts'
import { endWhenSilent, limitSilence } from './silence.ts'

/** Where the database is: an address, or the socket of the embedded server. */
export type Connection = { connectionString: string } | { host: string; user: string; database: string }

/** PostgreSQL's numbers of the types that we read in our own way. */
const OID = { bigint: 20, date: 1082, timestamptz: 1184, numeric: 1700 }

/**
 * Civil dates come as `Temporal.PlainDate`, moments as `Temporal.Instant`, bigint and numeric as numbers: we count
 * things, and no count of ours comes near 2^53.
 */
const ours = new TypeOverrides()
ours.setTypeParser(OID.bigint, Number)
ours.setTypeParser(OID.numeric, Number)
ours.setTypeParser(OID.date, (text) => Temporal.PlainDate.from(text))
ours.setTypeParser(OID.timestamptz, (text) => Temporal.Instant.from(text.replace(' ', 'T')))

/**
 * Connections that stay open however quiet it is: a new one costs its first query several milliseconds, since the
 * server has to learn all tables anew.
 */
const KEPT = 2

/**
 * Milliseconds by which the server's own limit comes before ours: a query that it cancels leaves the connection whole.
 */
const LEEWAY = 500

interface DatabaseOptions {
  /** How many at most; 10 when nothing is said. */
  connections?: number
  /** Told of connections that break while nothing is asked on them. */
  onError?: (error: Error) => void
}

/** The one database of a process: a pool of connections, and typed queries over one schema at a time. */
export class Database implements AsyncDisposable {
  readonly pool: Pool
  /** Where it is, for what needs a connection of its own. */
  readonly connection: Connection
  readonly #holders = new ConnectionHolders()
  readonly #options: DatabaseOptions
  #deadline: number | undefined
  #unhurried: Database | undefined

  constructor(connection: Connection, options: DatabaseOptions = {}) {
    this.connection = connection
    this.#options = options
    // A connection that breaks is replaced at the next query, which is the one that fails. Without listeners, on the
    // pool for idle connections and on each for those in use, an 'error' event would end the process.
    const { onError = () => {} } = options
    this.pool = new GuardedPool(this.#holders, {
      ...connection,
      types: ours,
      max: options.connections ?? 10,
      min: KEPT,
      connectionTimeoutMillis: 5000,
      application_name: 'bagad',
      // oxlint-disable-next-line typescript/no-misused-promises -- pg-pool waits for it, though its types do not say so
      onConnect: async (client) => {
        endWhenSilent(client)
        if (!this.#deadline) return
        limitSilence(client, this.#deadline)
        await client.query(`select set_config('statement_timeout', $1, false)`, [String(this.#deadline - LEEWAY)])
      },
    })
    this.pool.on('acquire', (client) => this.#deadline && limitSilence(client, this.#deadline))
    this.pool.on('error', onError)
    this.pool.on('connect', (client) => void client.on('error', onError))
  }

  /**
   * From now on every query of this process fails after so many milliseconds, and so does waiting for a connection: the
   * server cancels what takes longer, and a server that says nothing is given up. For processes that answer people;
   * migrations, jobs, imports and backups take the time that they need, in processes that never call this.
   */
  limitQueries(milliseconds: number): void {
    this.#deadline = milliseconds
    // Waiting in the queue and connecting are bounded apart.
    this.pool.options.connectionTimeoutMillis = milliseconds / 2
  }

  /**
   * Queries over the tables of one schema.
   *
   * @example
   * const db = database.schema<LinkTables>('link')
   * const link = await db.selectFrom('link').selectAll().where('slug', '=', 'venir').executeTakeFirst()
   */
  schema<Tables>(name: string): Kysely<Tables> {
    const dialect = new PostgresDialect({ pool: this.pool })
    const driver = dialect.createDriver()
    const connections: ConnectionProvider = {
      provideConnection: async (use) => {
        const connection = await driver.acquireConnection()
        try {
          return await this.#holders.hold(() => use(connection))
        } finally {
          await driver.releaseConnection(connection)
        }
      },
    }
    const executor = new DefaultQueryExecutor(dialect.createQueryCompiler(), dialect.createAdapter(), connections)
    void driver.init()
    return new Kysely<Tables>({ config: { dialect }, dialect, driver, executor }).withSchema(name)
  }

  /** The same without any limit, over two connections of its own: for what a process does beside its answers. */
  get unhurried(): Database {
    return (this.#unhurried ??= new Database(this.connection, { ...this.#options, connections: 2 }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#unhurried?.[Symbol.asyncDispose]()
    await this.pool.end()
  }
}
