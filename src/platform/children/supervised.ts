import { spawn, type ChildProcess } from 'node:child_process'
import { StartRefused, type Account } from './account.ts'
import type { Role } from './roles.ts'
import type { Ready } from './serve.ts'

/** Milliseconds before a child that died is started again: doubled each time, from the first to the last. */
const BACK_OFF = { first: 500, last: 30_000 }

/** A child that lived this long was well: the next death begins again at the first back-off. */
const WELL_AFTER = 60_000

/** How long a child may take to finish what runs. */
const STOP_WITHIN = 15_000

/** One of our own processes, started again whenever it dies, until it is stopped. */
export class Supervised {
  readonly #role: Role
  readonly #args: () => string[]
  readonly #env: () => NodeJS.ProcessEnv
  readonly #account: Account | undefined
  #child: ChildProcess | undefined
  #isStopping = false
  #wait = BACK_OFF.first
  #timer: NodeJS.Timeout | undefined

  constructor(
    role: Role,
    options: { args: () => string[]; env: () => NodeJS.ProcessEnv; account: Account | undefined },
  ) {
    this.#role = role
    this.#args = options.args
    this.#env = options.env
    this.#account = options.account
  }

  /**
   * Starts it, and resolves when it says that it serves.
   *
   * @throws StartRefused when it ends before that; it is not started again then, since the cause is on the console
   */
  start(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const child = this.#spawn()
      const startedAt = Date.now()
      let isReady = false
      child.once('message', (message: Ready) => {
        isReady = true
        resolve(message)
      })
      child.once('exit', () => {
        if (isReady) this.#died(startedAt)
        else reject(new StartRefused(`the ${this.#role} process could not start; what it said above tells why.`))
      })
    })
  }

  #spawn(): ChildProcess {
    const main = process.argv[1]
    if (!main) throw new Error('the program does not know its own file')
    const child = spawn(process.execPath, [...process.execArgv, main, 'serve', '--role', this.#role, ...this.#args()], {
      env: this.#env(),
      cwd: '/',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...(this.#account && { uid: this.#account.uid, gid: this.#account.gid }),
    })
    this.#child = child
    return child
  }

  #died(startedAt: number): void {
    if (this.#isStopping) return
    if (Date.now() - startedAt > WELL_AFTER) this.#wait = BACK_OFF.first
    console.error(`The ${this.#role} process died; it is started again in ${this.#wait} ms.`)
    this.#timer = setTimeout(() => {
      const now = Date.now()
      this.#spawn().once('exit', () => this.#died(now))
    }, this.#wait)
    this.#wait = Math.min(this.#wait * 2, BACK_OFF.last)
  }

  /** Tells it to finish, and kills it when it takes too long. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN)
    await gone
    clearTimeout(late)
  }
}
