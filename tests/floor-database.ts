/**
 * The oldest PostgreSQL that we promise to run on, as Debian 12 packages it: a cluster of our own in a temporary
 * folder, on a socket there and no port, thrown away afterwards. Debian's own clusters are not touched.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { unprivilegedAccount } from '../src/platform/children/account.ts'

const MAJOR = 15

export const FLOOR = {
  name: `PostgreSQL ${MAJOR}`,
  package: `postgresql-${MAJOR}`,
  programs: `/usr/lib/postgresql/${MAJOR}/bin`,
}

export const hasFloor = existsSync(join(FLOOR.programs, 'postgres'))

/** How long the server may take to come up, in milliseconds. */
const START_WITHIN = 20_000

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!hasFloor) {
    project.provide('databaseHost', '')
    return async () => {}
  }
  const folder = mkdtempSync(join(tmpdir(), 'bagad-floor-'))
  chmodSync(folder, 0o755)
  const [cluster, sockets] = [join(folder, 'cluster'), join(folder, 'run')]
  const account = unprivilegedAccount(undefined, cluster)
  for (const path of [cluster, sockets]) {
    mkdirSync(path, { mode: 0o700 })
    if (account) chownSync(path, account.uid, account.gid)
  }
  const as = {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    ...(account && { uid: account.uid, gid: account.gid }),
  }
  const made = spawnSync(
    join(FLOOR.programs, 'initdb'),
    ['--pgdata', cluster, '--username=bagad', '--auth=trust', '--encoding=UTF8', '--no-sync'],
    {
      ...as,
      encoding: 'utf8',
    },
  )
  if (made.status !== 0) throw new Error(`the cluster could not be made: ${made.stderr}`)
  const settings = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    fsync: 'off',
    autovacuum: 'off',
    max_connections: '100',
    timezone: 'UTC',
  }
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // Without a process group of its own, Ctrl-C in the terminal would reach the server before the tests' last queries.
  const server = spawn(join(FLOOR.programs, 'postgres'), args, {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)))
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  process.once('exit', () => server.kill('SIGQUIT'))
  await answers(sockets, () => said)
  project.provide('databaseHost', sockets)
  return async () => {
    server.kill('SIGINT')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
}

async function answers(host: string, said: () => string): Promise<void> {
  for (const deadline = Date.now() + START_WITHIN; Date.now() < deadline; await sleep(50)) {
    const client = new Client({ host, user: 'bagad', database: 'postgres' })
    client.on('error', () => {})
    const isThere = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => {})
    if (isThere) return
  }
  throw new Error(`PostgreSQL ${MAJOR} does not start: ${said()}`)
}
