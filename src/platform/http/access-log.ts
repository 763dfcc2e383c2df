import { once } from 'node:events'
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ipaddr from 'ipaddr.js'
import { pino, type Logger } from 'pino'

/** One answered request, as it is logged. Nothing here says who asked, or for what exactly. */
export interface AccessLine {
  service: string
  method: string
  /** The pattern (`/:slug`), never the path; undefined for what matched none. */
  route: string | undefined
  status: number
  /** Bytes that were sent, headers included. */
  bytes: number
  /** Whole address; it is shortened before it is written. */
  address: string
  milliseconds: number
  /** Under which the application log has the rest, when the fault is ours. */
  request?: string | undefined
}

interface AccessLogOptions {
  /** Where `access-<day>.jsonl` lie; made when it is not there. */
  folder: string
  log: Logger
  /** Milliseconds since 1970. */
  now?: () => number
  /** Bytes of all files together, and bytes that stay free on their disk: beyond either, lines are dropped. */
  bounds?: { most: number; leastFree: number }
}

/** Milliseconds after which lines are written at the latest: what a crash can lose. */
const FLUSH = 1000

/** Milliseconds between two looks at the day and at the room that is left. */
const WATCH = 5000

/** Bytes that wait while the disk takes none. */
const WAITING = 8 * 1024 ** 2

const BOUNDS = { most: 2 * 1024 ** 3, leastFree: 256 * 1024 ** 2 }

/** Days for which a file is kept. */
const DAYS = 14

const DAY = 24 * 3600 * 1000

type LogFile = ReturnType<typeof pino.destination>

/**
 * The access log of all services: lines of JSON in UTC, one file a day, addresses shortened to their network, kept 14
 * days. pino's destination gathers lines and appends whole ones, so several processes share a file. No request waits
 * for the disk: a line that it does not take, or has no room for, is dropped and counted.
 */
export class AccessLog implements AsyncDisposable {
  readonly #options: Required<AccessLogOptions>
  readonly #stop = new AbortController()
  #watching = Promise.resolve()
  #closing: Promise<void> = Promise.resolve()
  #file: LogFile | undefined
  #day = ''
  #lost = 0
  #isFailing = false
  #isFull = false

  private constructor(options: Required<AccessLogOptions>) {
    this.#options = options
  }

  static async open(options: AccessLogOptions): Promise<AccessLog> {
    const accessLog = new AccessLog({ now: Date.now, bounds: BOUNDS, ...options })
    await accessLog.rotate()
    accessLog.#watching = accessLog.#watch()
    return accessLog
  }

  /** Lines that were dropped since the start. */
  get lost(): number {
    return this.#lost
  }

  note({ service, method, route, status, bytes, milliseconds, address, request }: AccessLine): void {
    if (!this.#file || this.#isFailing || this.#isFull) return void this.#lost++
    const line = {
      at: new Date(this.#options.now()).toISOString(),
      service,
      method,
      route: route ?? null,
      status,
      bytes,
      ms: Math.round(milliseconds * 10) / 10,
      from: shortened(address),
      request,
    }
    this.#file.write(`${JSON.stringify(line)}\n`)
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await sleep(WATCH, undefined, { signal }).catch(() => {})
      await this.rotate()
    }
  }

  /** Begins the file of a new day, removes files that are too old, and looks whether there is room for more lines. */
  async rotate(): Promise<void> {
    const { folder, now, bounds } = this.#options
    try {
      const day = dayOf(now())
      if (day !== this.#day) await this.#begin(day)
      else if (this.#isFailing) await this.#flush()
      const { bavail, bsize } = await statfs(folder)
      this.#isFull = bavail * bsize < bounds.leastFree || (await sizeOf(folder)) > bounds.most
      this.#isFailing = false
    } catch (error) {
      this.#fail(error)
    }
  }

  async #begin(day: string): Promise<void> {
    const { folder, now } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const oldest = dayOf(now() - (DAYS - 1) * DAY)
    for (const name of await readdir(folder)) {
      const written = FILE.exec(name)?.[1]
      if (written && written < oldest) await rm(join(folder, name), { force: true })
    }
    const file = pino.destination({
      dest: join(folder, `access-${day}.jsonl`),
      mode: 0o600,
      sync: false,
      minLength: 4096,
      maxLength: WAITING,
      periodicFlush: FLUSH,
    })
    file.on('drop', () => this.#lost++)
    await once(file, 'ready')
    file.on('error', (error) => this.#fail(error))
    if (this.#file) this.#closing = close(this.#file)
    this.#file = file
    this.#day = day
  }

  /** @throws what keeps the file from being written */
  #flush(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#file ? this.#file.flush((error) => (error ? reject(error) : resolve())) : resolve(),
    )
  }

  #fail(error: unknown): void {
    if (!this.#isFailing)
      this.#options.log.error({ err: error }, 'the access log cannot be written; its lines are dropped')
    this.#isFailing = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#watching
    await this.#closing
    if (this.#file) await close(this.#file)
  }
}

const FILE = /^access-(\d{4}-\d{2}-\d{2})\.jsonl$/

/** Writes what waits, or gives it up when the disk does not take it. */
async function close(file: LogFile): Promise<void> {
  file.end()
  await once(file, 'close').catch(() => file.destroy())
}

async function sizeOf(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((name) => FILE.test(name))
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** An address without what tells one home from its neighbours: the /24 of IPv4 (`192.0.2.0`), the /48 of IPv6. */
export function shortened(address: string): string {
  const version = isIP(address)
  if (version === 0) return ''
  if (version === 4) return address.replace(/\d+$/, '0')
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv6)
    return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/48`).toString()
  return parsed.toString().replace(/\d+$/, '0')
}
