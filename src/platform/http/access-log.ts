import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ipaddr from 'ipaddr.js'
import type { Logger } from 'pino'
import { GatheredLines, type Piece } from './gathered-lines.ts'

/** One answered request of a route, as it is kept. Nothing here says who asked, or for what exactly. */
export interface AccessLine {
  method: string
  status: number
  /** Bytes that were sent, headers included. */
  bytes: number
  /** Whole address; it is shortened before it is kept. */
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
}

/** How often lines are written, in milliseconds: what a crash can lose. */
const BATCH = 1000

/** A line is kept at most this many days (specs/platform.md). */
const DAYS = 14

/** Lines that wait at most while the disk takes none; beyond that the newest are dropped, and counted. */
const WAITING = 100_000

const DAY = 24 * 3600 * 1000

/**
 * The access log of all services: lines of JSON in UTC, one file a day, addresses shortened to their network, kept 14
 * days. Lines are gathered and appended each second in one write, so several processes share one file with whole lines.
 */
export class AccessLog implements AsyncDisposable {
  readonly #folder: string
  readonly #log: Logger
  readonly #now: () => number
  readonly #stop = new AbortController()
  readonly #writing: Promise<void>
  readonly #networks = new Map<string, string>()
  #written = { time: 0, text: '' }
  readonly #lines = new GatheredLines()
  #lost = 0
  #day = ''
  #isFailing = false

  constructor({ folder, log, now = Date.now }: AccessLogOptions) {
    this.#folder = folder
    this.#log = log
    this.#now = now
    this.#writing = this.#keepWriting()
  }

  /** Lines that could not be kept since the start. */
  get lost(): number {
    return this.#lost
  }

  /**
   * Where the requests of a route are noted.
   *
   * @param route the pattern (`/:slug`), never the path; undefined for what matched none
   */
  of(service: string, route: string | undefined): RouteLog {
    return new RouteLog(service, route, (line, what) => this.#note(line, what))
  }

  #note({ status, bytes, milliseconds, address, request }: AccessLine, what: string): void {
    if (this.#lines.size >= WAITING) return void this.#lost++
    const rest = request === undefined ? '' : `,"request":${inAscii(request)}`
    this.#lines.add(
      `{"at":"${this.#moment()}",${what},"status":${status},"bytes":${bytes},"ms":${Math.round(milliseconds * 10) / 10},"from":"${this.#network(address)}"${rest}}\n`,
    )
  }

  /** Busy seconds have a thousand lines with the same millisecond. */
  #moment(): string {
    const now = this.#now()
    if (now !== this.#written.time) this.#written = { time: now, text: new Date(now).toISOString() }
    return this.#written.text
  }

  /** Whole addresses are remembered until the next write at most. */
  #network(address: string): string {
    let network = this.#networks.get(address)
    if (network === undefined) this.#networks.set(address, (network = shortened(address)))
    return network
  }

  async #keepWriting(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.flush()
      await sleep(BATCH, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  /** Writes what was noted so far, and once a day removes what is too old. What cannot be written now waits. */
  async flush(): Promise<void> {
    const pieces = this.#lines.take()
    this.#networks.clear()
    try {
      const day = dayOf(this.#now())
      if (day !== this.#day) await this.#begin(day)
      if (pieces.length > 0) await this.#append(day, pieces)
      this.#lines.release(pieces)
      this.#isFailing = false
    } catch (error) {
      this.#lines.putBack(pieces)
      if (!this.#isFailing) this.#log.error({ err: error }, 'the access log cannot be written; its lines wait')
      this.#isFailing = true
    }
  }

  async #begin(day: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const oldest = dayOf(this.#now() - (DAYS - 1) * DAY)
    for (const name of await readdir(this.#folder)) {
      const written = /^access-(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(name)?.[1]
      if (written && written < oldest) await rm(join(this.#folder, name), { force: true })
    }
    this.#day = day
  }

  /** One write to a file opened for appending: the lines of two processes never mix. */
  async #append(day: string, pieces: Piece[]): Promise<void> {
    await using file = await open(join(this.#folder, `access-${day}.jsonl`), 'a', 0o600)
    const { bytesWritten } = await file.writev(pieces.map(({ bytes }) => bytes))
    // A disk that fills up in the middle takes a part: the rest would be a line without its beginning.
    let left = bytesWritten
    for (const { bytes } of pieces) {
      if (left < bytes.length) this.#lost += bytes.toString('utf8', Math.max(0, left)).split('\n').length - 1
      left -= bytes.length
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#writing
    await this.flush()
  }
}

/** The access log of one route. */
export class RouteLog {
  readonly #service: string
  readonly #route: string | undefined
  readonly #write: (line: AccessLine, what: string) => void
  /** The part of a line that is the same for all requests, by method: Node's parser knows some thirty, so this is bounded. */
  readonly #texts = new Map<string, string>()

  constructor(service: string, route: string | undefined, write: (line: AccessLine, what: string) => void) {
    this.#service = service
    this.#route = route
    this.#write = write
  }

  note(line: AccessLine): void {
    this.#write(line, this.#texts.get(line.method) ?? this.#begin(line.method))
  }

  #begin(method: string): string {
    const text = `"service":${inAscii(this.#service)},"method":${inAscii(method)},"route":${inAscii(this.#route ?? null)}`
    this.#texts.set(method, text)
    return text
  }
}

/** JSON in which whatever is not ASCII is escaped. */
function inAscii(value: string | null): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** An address without what tells one home from its neighbours: the /24 of IPv4 (`192.0.2.0`), the /48 of IPv6. */
export function shortened(address: string): string {
  if (isIP(address) === 0) return ''
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv6)
    return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/48`).toString()
  return parsed.toString().replace(/\d+$/, '0')
}
