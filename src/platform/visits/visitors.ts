/** What kind of visitor: a person's browser or a program, over IPv4 or IPv6. */
export const KINDS = ['human4', 'human6', 'bot4', 'bot6'] as const

export type Kind = (typeof KINDS)[number]

/** Numbers by kind. */
export type ByKind = Record<Kind, number>

/** How many visitors there were, and how many visits they made. */
export interface Met {
  visitors: ByKind
  visits: ByKind
}

/** Names of visitors are numbers from 0 to this. */
export const NAMES = 2 ** 52

/** Visitors of which each is remembered; of more, as many are kept as a sample. Their number is then ±0.8 %. */
const KEPT = 2 ** 14

/** Minutes without a request after which the next one begins another visit. */
const GAP = 30

/** One visitor of a day, as bytes: name, kind, number of stays, then the first and last minute of each. */
const HEAD = 10
const STAY = 4

interface Visitor {
  kind: number
  /** First and last minute of each stay, one after the other. */
  stays: number[]
}

/**
 * The visitors of one host on one day, by names that say nothing of them, with the minutes at which they were there. Up
 * to some twenty thousand it is exact; beyond that it keeps those with the smallest names, which are a fair sample.
 * What several processes saw can be put together, and a visitor of two of them is one.
 */
export class Visitors {
  readonly #seen = new Map<number, Visitor>()
  /** Names from here on are not kept. */
  #limit = NAMES

  /** Somebody is there. @param minute of the day */
  see(name: number, kind: number, minute: number): void {
    if (name >= this.#limit) return
    const visitor = this.#seen.get(name)
    if (!visitor) return this.#add(name, { kind, stays: [minute, minute] })
    const { stays } = visitor
    const last = stays.at(-1) ?? minute
    if (minute <= last + GAP) stays[stays.length - 1] = Math.max(last, minute)
    else stays.push(minute, minute)
  }

  #add(name: number, visitor: Visitor): void {
    this.#seen.set(name, visitor)
    if (this.#seen.size < 2 * KEPT) return
    this.#limitTo(Float64Array.from(this.#seen.keys()).toSorted()[KEPT] ?? NAMES)
  }

  #limitTo(limit: number): void {
    if (limit >= this.#limit) return
    this.#limit = limit
    for (const name of this.#seen.keys()) if (name >= limit) this.#seen.delete(name)
  }

  /** Puts those of another process with these. */
  join(others: Visitors): void {
    this.#limitTo(others.#limit)
    for (const [name, { kind, stays }] of others.#seen) {
      if (name >= this.#limit) continue
      const visitor = this.#seen.get(name)
      if (visitor) visitor.stays = joined(visitor.stays, stays)
      else this.#add(name, { kind, stays: [...stays] })
    }
  }

  /** How many they are, and how often they came. */
  met(): Met {
    const met: Met = { visitors: none(), visits: none() }
    for (const { kind, stays } of this.#seen.values()) {
      const name = KINDS[kind]
      if (!name) continue
      met.visitors[name]++
      met.visits[name] += stays.length / 2
    }
    const times = NAMES / this.#limit
    for (const kind of KINDS) {
      met.visitors[kind] = Math.round(met.visitors[kind] * times)
      met.visits[kind] = Math.round(met.visits[kind] * times)
    }
    return met
  }

  /** As the database keeps them. */
  toBytes(): Buffer {
    const stays = this.#seen.values().reduce((sum, visitor) => sum + visitor.stays.length / 2, 0)
    const bytes = Buffer.alloc(8 + this.#seen.size * HEAD + stays * STAY)
    let at = bytes.writeDoubleLE(this.#limit)
    for (const [name, visitor] of this.#seen) {
      at = bytes.writeDoubleLE(name, at)
      at = bytes.writeUInt8(visitor.kind, at)
      at = bytes.writeUInt8(visitor.stays.length / 2, at)
      for (const minute of visitor.stays) at = bytes.writeUInt16LE(minute, at)
    }
    return bytes
  }

  static ofBytes(bytes: Buffer): Visitors {
    const all = new Visitors()
    all.#limit = bytes.readDoubleLE()
    for (let at = 8; at < bytes.length;) {
      const name = bytes.readDoubleLE(at)
      const kind = bytes.readUInt8(at + 8)
      const end = at + HEAD + bytes.readUInt8(at + 9) * STAY
      const stays: number[] = []
      for (at += HEAD; at < end; at += 2) stays.push(bytes.readUInt16LE(at))
      all.#seen.set(name, { kind, stays })
    }
    return all
  }
}

export function none(): ByKind {
  return { human4: 0, human6: 0, bot4: 0, bot6: 0 }
}

/** The stays that two lists make together: those with no more than a gap between them are one. */
function joined(some: number[], others: number[]): number[] {
  const pairs = [...pairsOf(some), ...pairsOf(others)].toSorted(([a], [b]) => a - b)
  const stays: number[] = []
  for (const [from, until] of pairs) {
    const last = stays.at(-1)
    if (last !== undefined && from <= last + GAP) stays[stays.length - 1] = Math.max(last, until)
    else stays.push(from, until)
  }
  return stays
}

function pairsOf(stays: number[]): [from: number, until: number][] {
  return Array.from({ length: stays.length / 2 }, (_, index) => [stays[2 * index] ?? 0, stays[2 * index + 1] ?? 0])
}
