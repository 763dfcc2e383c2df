import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const launcher = resolve(import.meta.dirname, '..', 'bin', 'bagad.mjs')

/** An installation of Bagad with data of its own, started as a user starts it. */
export class Installation {
  readonly data: string
  readonly #env: NodeJS.ProcessEnv
  readonly #children: ChildProcess[] = []
  port = 0
  /** Milliseconds from the command to the line `ready`. */
  startedIn = 0

  constructor() {
    const parent = mkdtempSync(join(tmpdir(), 'bagad-bench-'))
    chmodSync(parent, 0o711)
    this.data = join(parent, 'data')
    this.#env = {
      ...process.env,
      BAGAD_DATA: this.data,
      BAGAD_PORT: '0',
      BAGAD_METRICS_PORT: '0',
      BAGAD_DEMO: 'off',
      BAGAD_LIMITS: 'relaxed',
    }
  }

  async start(): Promise<void> {
    const began = performance.now()
    const { port } = await this.#run(['start'])
    this.startedIn = performance.now() - began
    this.port = port
  }

  /** One more web process on the same data, on a port of its own. */
  async anotherWeb(): Promise<{ port: number; pid: number }> {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(process.env['BAGAD_BUILD'] ?? '', 'main.js'),
        'serve',
        '--role',
        'web',
      ],
      {
        env: this.#env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    this.#children.push(child)
    return new Promise((done, reject) => {
      child.once('message', ({ port }: { port: number }) => done({ port, pid: child.pid ?? 0 }))
      child.once('exit', () => reject(new Error('the second web process could not start')))
    })
  }

  #run(args: string[]): Promise<{ port: number }> {
    const child = spawn('node', [launcher, ...args], { env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(child)
    let output = ''
    return new Promise((done, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        const port = /^ready http:\/\/localhost:(\d+)$/m.exec(output)?.[1]
        if (port) done({ port: Number(port) })
      })
      child.once('exit', () => reject(new Error(`it ended before it was ready:\n${output}`)))
    })
  }

  /** What a command of `bagad` prints on this installation; it runs beside the server. */
  command(args: string[]): string {
    return execFileSync('node', [launcher, ...args], {
      env: this.#env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ host: join(this.data, 'run'), user: 'bagad', database: 'bagad' })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Row>(text, values)).rows
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Id of the postmaster. */
  get postmaster(): number {
    return Number(readFileSync(join(this.data, 'postgres-18', 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  /** Memory of our processes on these data, in MB, by what they are. */
  memory(): Record<string, number> {
    return Object.fromEntries(this.#processes().map(({ pid, name }) => [name, residentMB(pid)]))
  }

  /** Id of the web process that the supervisor runs. */
  get web(): number {
    const web = this.#processes().find(({ name }) => name === 'web')
    if (!web) throw new Error('no web process runs')
    return web.pid
  }

  #processes(): { pid: number; name: string }[] {
    const [launcherProcess] = this.#children
    const supervisor = childrenOf(launcherProcess?.pid ?? 0)[0]
    if (!supervisor) return []
    return [
      { pid: supervisor.pid, name: 'supervisor' },
      ...childrenOf(supervisor.pid).map(({ pid, title }) => ({ pid, name: /^bagad (\w+)/.exec(title)?.[1] ?? '' })),
    ].filter(({ name }) => name !== '')
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      const over = new Promise((done) => child.once('exit', done))
      child.removeAllListeners('message')
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await Promise.race([over, sleep(30_000)])
      }
    }
    this.#children.length = 0
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(resolve(this.data, '..'), { recursive: true, force: true })
  }
}

/** The processes that one has started. */
export function childrenOf(pid: number): { pid: number; title: string }[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  return ids.map((id) => ({ pid: id, title: readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ') }))
}

function residentMB(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
}
