/** A PostgreSQL for one test file alone, which it may stop, start again and cut off. */
import { renameSync } from 'node:fs'
import { Client } from 'pg'
import { prepareDataFolder, unprivilegedAccount } from '../src/platform/children/account.ts'
import { startEmbedded, type EmbeddedServer } from '../src/platform/database/embedded.ts'
import { dataFolder, processes } from './process.ts'

export class OwnCluster implements AsyncDisposable {
  readonly #data = dataFolder()
  readonly #account = unprivilegedAccount(undefined, this.#data.path)
  #server: EmbeddedServer | undefined

  static async open(): Promise<OwnCluster> {
    const cluster = new OwnCluster()
    prepareDataFolder(cluster.#data.path, cluster.#account)
    await cluster.start()
    return cluster
  }

  async start(): Promise<void> {
    this.#server = await startEmbedded(this.#data.path, this.#account)
  }

  /** A fast shutdown, as an operator's: sessions end, what is committed stays. */
  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  connection(database = 'bagad'): { host: string; user: string; database: string } {
    return { host: this.#host, user: 'bagad', database }
  }

  /** Where a process finds a database of it (`DATABASE_URL`). */
  url(database?: string): string {
    const { host, user, database: name } = this.connection(database)
    return `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host)}`
  }

  async query<Row extends object>(
    sql: string,
    values: unknown[] = [],
    { database = 'bagad', host = this.#host } = {},
  ): Promise<Row[]> {
    const client = new Client({ host, user: 'bagad', database })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Row>(sql, values)).rows
    } finally {
      await client.end()
    }
  }

  /**
   * Does something while the running server is unreachable: its socket is elsewhere, and all connections
   * of ours are ended. Everyone may come back afterwards.
   */
  async cutOff(work: (query: (sql: string, values?: unknown[]) => Promise<object[]>) => Promise<void>): Promise<void> {
    const away = `${this.#host}-away`
    renameSync(this.#host, away)
    try {
      const query = (sql: string, values: unknown[] = []) => this.query(sql, values, { host: away })
      await query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'bagad%'`)
      await work(query)
    } finally {
      renameSync(away, this.#host)
    }
  }

  /**
   * Stops every process of the server where it stands, until the end: connections stay, new ones come, nothing answers.
   */
  freeze(): Disposable {
    if (!this.#server) throw new Error('the cluster was never started')
    const postmaster = this.#server.pid
    // Once the first is stopped, no others come.
    process.kill(postmaster, 'SIGSTOP')
    const children = processes().flatMap(({ pid, parent }) => (parent === postmaster ? [pid] : []))
    for (const pid of children) process.kill(pid, 'SIGSTOP')
    return { [Symbol.dispose]: () => [postmaster, ...children].forEach((pid) => process.kill(pid, 'SIGCONT')) }
  }

  get #host(): string {
    if (!this.#server) throw new Error('the cluster was never started')
    return this.#server.connection.host
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#data.remove()
  }
}
