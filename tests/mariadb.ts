/** A MariaDB that runs for the time of a test, on a socket alone. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection, type Connection } from 'mysql2/promise'
import { until } from './process.ts'

/** Programs of a server that is made and started: its folder is filled with the help of one that clients have. */
const PROGRAMS = {
  install: '/usr/bin/mariadb-install-db',
  defaults: '/usr/bin/my_print_defaults',
  server: '/usr/sbin/mariadbd',
}

/** Packages of Debian that have them. */
export const MARIADB_PACKAGES = ['mariadb-server-core', 'mariadb-client-core']

/** Whether the machine has one. */
export function hasMariadb(): boolean {
  return Object.values(PROGRAMS).every((path) => existsSync(path))
}

export class Mariadb implements AsyncDisposable {
  readonly #socket: string
  readonly #server: ReturnType<typeof spawn>

  private constructor(socket: string, server: ReturnType<typeof spawn>) {
    this.#socket = socket
    this.#server = server
  }

  /** @param folder where its data go; whoever gives it removes it */
  static async start(folder: string): Promise<Mariadb> {
    const data = join(folder, 'mysql')
    const socket = join(folder, 'mysql.sock')
    execFileSync(
      PROGRAMS.install,
      [
        '--no-defaults',
        `--datadir=${data}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--user=root',
      ],
      {
        stdio: 'ignore',
      },
    )
    const server = spawn(
      PROGRAMS.server,
      ['--no-defaults', `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', '--user=root'],
      { stdio: 'ignore' },
    )
    await until('MariaDB listens', () => existsSync(socket))
    return new Mariadb(socket, server)
  }

  connect(): Promise<Connection> {
    return createConnection({ socketPath: this.#socket, user: 'root', multipleStatements: true, charset: 'utf8mb4' })
  }

  /** The address of a database, as `bagad import` takes it. */
  address(database: string): string {
    return `mysql://root@localhost/${database}?socketPath=${encodeURIComponent(this.#socket)}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill('SIGTERM')
    await until('MariaDB has stopped', () => this.#server.exitCode !== null || this.#server.signalCode !== null)
  }
}
