import { hash } from 'node:crypto'
import { isBot } from './bots.ts'
import { KINDS, none, Visitors, type ByKind } from './visitors.ts'

/** Names that are remembered between two writings, and of one address: beyond that they are made again. */
const REMEMBERED = 20_000
const OF_ADDRESS = 20

/** Characters of what a program says of itself that tell it from another. */
const TOLD = 500

/** A civil day: when it is, and the key under which its visitors have names. */
export interface Day {
  date: string
  /** Milliseconds since 1970 at its beginning, and at the next one's. */
  from: number
  until: number
  key: string
}

/** What was counted of a host on a day; the answers 4xx and 5xx among the statuses are its errors. */
export interface Counts {
  hits: ByKind
  bytes: number
  status: Record<string, number>
}

interface Asker {
  userAgent: string
  /** Another one at the same address, and how many there are. */
  next: Asker | undefined
  others: number
  name: number
  kind: number
  /** At which they were last noted; -1 before that. */
  minute: number
}

/** One host on one day: plain numbers, and its visitors. */
export class HostDay {
  readonly #service: string
  readonly #day: Day
  readonly #hits = new Float64Array(KINDS.length)
  readonly #statuses = new Map<number, number>()
  readonly #visitors = new Visitors()
  /** By address; in memory, and not for longer than until the next writing. */
  readonly #askers = new Map<string, Asker>()
  #bytes = 0
  #remembered = 0
  /** Whether something came since it was written. */
  isChanged = false

  constructor(service: string, day: Day) {
    this.#service = service
    this.#day = day
  }

  /** One request was answered. */
  count(now: number, address: string, userAgent: string, status: number, bytes: number): void {
    this.isChanged = true
    const asker = this.#askerOf(address, userAgent)
    this.#hits[asker.kind] = (this.#hits[asker.kind] ?? 0) + 1
    this.#bytes += bytes
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    const minute = Math.trunc((now - this.#day.from) / 60_000)
    if (minute === asker.minute || (status >= 400 && status < 500)) return
    asker.minute = minute
    this.#visitors.see(asker.name, asker.kind, minute)
  }

  #askerOf(address: string, userAgent: string): Asker {
    const first = this.#askers.get(address)
    for (let asker = first; asker; asker = asker.next) if (asker.userAgent === userAgent) return asker
    return this.#meet(address, userAgent, first && first.others < OF_ADDRESS ? first : undefined)
  }

  #meet(address: string, userAgent: string, next: Asker | undefined): Asker {
    if (this.#remembered >= REMEMBERED) this.forget()
    const text = `${this.#day.key} ${this.#service} ${address} ${userAgent.slice(0, TOLD)}`
    // 13 digits are 52 bits. The key is as long as the hash, and no more of the hash than this is ever seen.
    const name = Number.parseInt(hash('sha256', text).slice(0, 13), 16)
    const isV6 = address.includes(':') && !address.startsWith('::ffff:')
    const asker = {
      userAgent,
      next,
      others: next ? next.others + 1 : 0,
      name,
      kind: (isBot(userAgent) ? 2 : 0) + (isV6 ? 1 : 0),
      minute: -1,
    }
    this.#askers.set(address, asker)
    this.#remembered++
    return asker
  }

  /** Lets go of addresses. */
  forget(): void {
    this.#askers.clear()
    this.#remembered = 0
  }

  /** Everything so far, as it is written. */
  read(): { day: string; service: string; counts: Counts; visitors: Buffer } {
    const hits = none()
    for (const [index, kind] of KINDS.entries()) hits[kind] = this.#hits[index] ?? 0
    const counts = { hits, bytes: this.#bytes, status: Object.fromEntries(this.#statuses) }
    return { day: this.#day.date, service: this.#service, counts, visitors: this.#visitors.toBytes() }
  }
}
