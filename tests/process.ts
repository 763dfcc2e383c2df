/** `npm start` as a user starts it: the launcher, with data and ports of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '..')

/** A process of ours, as `ps` shows it. */
interface Process {
  pid: number
  parent: number
  command: string
}

export function processes(): Process[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return pid && parent && command ? [{ pid: Number(pid), parent: Number(parent), command }] : []
  })
}

export function isAlive(pid: number): boolean {
  return processes().some((one) => one.pid === pid && !one.command.includes('<defunct>'))
}

/**
 * How long what must happen may take on a machine that does other things too, in milliseconds; less than a test may.
 */
const PATIENCE = 60_000

export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  within = PATIENCE,
): Promise<void> {
  for (const deadline = Date.now() + within; Date.now() < deadline; await sleep(50)) if (await condition()) return
  throw new Error(`not within ${within} ms: ${what}`)
}

/** A start of Bagad, with what it printed. */
export class Start {
  readonly child: ChildProcess
  output = ''

  constructor(
    command: string[],
    env: Record<string, string>,
    options: { cwd?: string; uid?: number; gid?: number } = {},
  ) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('BAGAD_') && !name.startsWith('npm_') && name !== 'DATABASE_URL',
    )
    const [file = '', ...args] = command
    this.child = spawn(file, args, {
      cwd: root,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Waits for the line `ready`, and gives the port in it. */
  async ready(within = PATIENCE): Promise<number> {
    await until(`ready; it printed:\n${this.output}`, () => /^ready /m.test(this.output) || this.isOver, within).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${this.output}`)
      },
    )
    const port = /^ready http:\/\/localhost:(\d+)$/m.exec(this.output)?.[1]
    if (!port) throw new Error(`it ended before it was ready:\n${this.output}`)
    return Number(port)
  }

  /** Resolves with the exit code when it is over. */
  async over(within = PATIENCE): Promise<number | null> {
    await until(`the end; it printed:\n${this.output}`, () => this.isOver, within)
    return this.child.exitCode
  }

  async stop(): Promise<void> {
    if (!this.isOver) this.child.kill('SIGTERM')
    await this.over()
  }

  /** Id of the one process below the launcher of `bagad serve`; 0 when there is none. */
  get served(): number {
    return processes().find(({ parent }) => parent === this.child.pid)?.pid ?? 0
  }

  /** Ids of our processes below the launcher, and of the database on these data. */
  family(data: string): { supervisor: number; web: number; worker: number; postgres: number } {
    const all = processes()
    const supervisor =
      all.find(({ command, parent }) => parent === this.child.pid && command.includes('main.js start'))?.pid ?? 0
    const child = (title: string) =>
      all.find(({ command, parent }) => parent === supervisor && command.startsWith(title))?.pid ?? 0
    return { supervisor, web: child('bagad web'), worker: child('bagad worker'), postgres: postmaster(data) }
  }
}

/** Id of the postmaster that a data folder names, alive or not; 0 while it names none. */
export function postmaster(data: string): number {
  try {
    return Number(readFileSync(join(data, 'postgres-18', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return 0
  }
}

/** A folder for data, removed at the end with whatever database still runs in it. */
export function dataFolder(): { path: string; remove: () => Promise<void> } {
  const parent = mkdtempSync(join(tmpdir(), 'bagad-start-'))
  chmodSync(parent, 0o700)
  const path = join(parent, 'data')
  return {
    path,
    remove: async () => {
      const left = processes().find(({ command }) => command.includes(path) && command.includes('postgres'))
      if (left) {
        process.kill(left.pid, 'SIGINT')
        await until('the database has stopped', () => !isAlive(left.pid))
      }
      rmSync(parent, { recursive: true, force: true })
    },
  }
}

/**
 * A free port of loopback, below those that the system gives to a request for any port: it is not given away
 * before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) =>
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)),
    )
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
