import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildFolder } from '../paths.ts'

/** An unprivileged account of the system. */
export interface Account {
  name: string
  uid: number
  gid: number
}

/** What stands between us and a start, said with its remedy; shown without a stack. */
export class StartRefused extends Error {
  override name = 'StartRefused'
}

const DEFAULT_ACCOUNT = 'bagad'

/**
 * The account that everything runs under when we are root: PostgreSQL refuses root, and the web process must not have
 * it.
 *
 * In order: the one the configuration names, the owner of data that are there already, `bagad` (made as a system
 * account when the machine has none). Undefined when we are not root: everything runs as who we are.
 *
 * @throws StartRefused when the named account does not exist or none can be made
 */
export function unprivilegedAccount(named: string | undefined, dataFolder: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (named) {
    const account = findAccount((one) => one.name === named)
    if (!account)
      throw new StartRefused(
        `there is no account "${named}" on this machine. Make it, or set BAGAD_USER to another one.`,
      )
    return account
  }
  const owner = existsSync(dataFolder) ? statSync(dataFolder).uid : 0
  if (owner !== 0) {
    const account = findAccount((one) => one.uid === owner)
    if (account) return account
  }
  return findAccount((one) => one.name === DEFAULT_ACCOUNT) ?? makeAccount()
}

function findAccount(wanted: (account: Account) => boolean): Account | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  return lines
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .find((account) => account.uid > 0 && wanted(account))
}

function makeAccount(): Account {
  spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    DEFAULT_ACCOUNT,
  ])
  const account = findAccount((one) => one.name === DEFAULT_ACCOUNT)
  if (!account)
    throw new StartRefused(
      `started by root, and no account "${DEFAULT_ACCOUNT}" could be made. Set BAGAD_USER to an unprivileged account.`,
    )
  return account
}

/**
 * Makes the data folder, and gives it to the account when it is new or still root's. What lies in it already is given
 * too, so that data made by one start as root serve the next. The account may pass through to it and to the program.
 *
 * @returns the folders that were opened for passing through, to be told
 * @throws StartRefused when it cannot be made, or a folder above is closed in a way that only its owner can judge
 */
export function prepareDataFolder(folder: string, account: Account | undefined): string[] {
  try {
    makeFolder(folder)
  } catch (error) {
    throw new StartRefused(
      `the data folder ${folder} cannot be made (${reason(error)}). Set BAGAD_DATA to a folder that ${account?.name ?? 'you'} may write to.`,
    )
  }
  if (!account) return []
  if (statSync(folder).uid !== account.uid) giveTo(account, folder)
  return [folder, buildFolder()].flatMap((path) => openWay(path, account))
}

/** Node's own recursive way never ends below /proc, where nothing can be made. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  if (dirname(folder) !== folder) makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}

function giveTo(account: Account, path: string): void {
  chownSync(path, account.uid, account.gid)
  if (!statSync(path).isDirectory()) return
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (!entry.isSymbolicLink()) giveTo(account, join(path, entry.name))
}

/**
 * Lets the account pass through the folders above a path, which root's own folders often forbid (/root, a temporary
 * folder). Only a folder closed to all but its owner is opened, to the account's group, for traversal:
 * nothing in it can be listed, and no one loses access.
 */
function openWay(path: string, account: Account): string[] {
  const opened: string[] = []
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder)
    const mayPass = uid === account.uid ? mode & 0o100 : gid === account.gid ? mode & 0o010 : mode & 0o001
    if (mayPass) continue
    if (mode & 0o070)
      throw new StartRefused(
        `${account.name} cannot pass through ${folder}, which is above ${path}. Allow it (chmod o+x ${folder}), or put Bagad and its data elsewhere.`,
      )
    chownSync(folder, uid, account.gid)
    chmodSync(folder, (mode & 0o777) | 0o010)
    opened.push(folder)
  }
  return opened
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
