import { Kysely, PostgresDialect } from 'kysely'
import { Pool, TypeOverrides } from 'pg'

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
 * Connections that stay open however quiet it is: a new one costs its first query several milliseconds, since the server
 * has to learn all tables anew.
 */
const KEPT = 2

/** The one database of a process: a pool of connections, and typed queries over one schema at a time. */
export class Database implements AsyncDisposable {
  readonly pool: Pool
  /** Where it is, for what needs a connection of its own. */
  readonly connection: Connection

  constructor(connection: Connection, options: { connections?: number; onError?: (error: Error) => void } = {}) {
    this.connection = connection
    this.pool = new Pool({
      ...connection,
      types: ours,
      max: options.connections ?? 10,
      min: KEPT,
      connectionTimeoutMillis: 5000,
      application_name: 'bagad',
    })
    // A connection that breaks is replaced at the next query, which is the one that fails. Without listeners, on the
    // pool for idle connections and on each for those in use, the news of it would end the process.
    const told = options.onError ?? (() => {})
    this.pool.on('error', told)
    this.pool.on('connect', (client) => void client.on('error', told))
  }

  /**
   * Queries over the tables of one schema.
   *
   * @example
   * const db = database.schema<LinkTables>('link')
   * const link = await db.selectFrom('link').selectAll().where('slug', '=', 'venir').executeTakeFirst()
   */
  schema<Tables>(name: string): Kysely<Tables> {
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) }).withSchema(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end()
  }
}
