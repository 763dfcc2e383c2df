import ipaddr from 'ipaddr.js'
import { sql, type QueryExecutorProvider } from 'kysely'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Database } from '../database/database.ts'
import type { ClientAddress } from '../http/from.ts'
import type { InstanceKey } from '../keys/instance-key.ts'
import { networkOf } from '../limits/network.ts'
import { MonthlyEncryption } from './monthly-encryption.ts'

/** Traces that one search gives at most. */
const MOST = 20_000

/** What was done with a content. */
const Act = Type.Union([Type.Literal('made'), Type.Literal('changed'), Type.Literal('removed')])
export type Act = Static<typeof Act>

/** What is sealed of a trace. */
const Sealed = Type.Object({
  service: Type.String(),
  content: Type.String(),
  act: Act,
  address: Type.Union([Type.String(), Type.Null()]),
  port: Type.Union([Type.Integer(), Type.Null()]),
  account: Type.Union([Type.String(), Type.Null()]),
})

/** What is recorded when a content is published or changed. */
export interface Entry {
  service: string
  /** Its public name: a slug, a short, a uuid. */
  content: string
  act: Act
  /** Absent for what comes from the machine itself. */
  from?: ClientAddress | undefined
  /** Number of the account, when there is one. */
  account?: string | null | undefined
}

/** A trace, as those see it who may. */
export interface FoundEntry extends Static<typeof Sealed> {
  at: Temporal.Instant
}

/** What is searched for: one thing, over all of the year or a part of it. */
export type Query = ({ service: string; content: string } | { account: string } | { address: string }) & {
  since?: Temporal.Instant | undefined
  until?: Temporal.Instant | undefined
}

/** Who reads the trail, and why. Kept, and never published. */
export interface Consultant {
  by: string
  reason: string
}

/** A consultation, as it is kept. */
export interface Consultation extends Consultant {
  at: Temporal.Instant
  /** What was searched for, in words. */
  sought: string
  found: number
}

/**
 * Who put what here, when, and from where, for all services: kept for a year as the law has it (LCEN, article 6; decree
 * 2021-1362), sealed, found by names that only the key of the instance makes, and never looked at without a reason.
 */
export class AuditTrail {
  readonly #database: Database
  readonly #key: InstanceKey
  readonly #seal: MonthlyEncryption

  constructor(database: Database, key: InstanceKey) {
    this.#database = database
    this.#key = key
    this.#seal = new MonthlyEncryption(key, 'traces')
  }

  /**
   * Writes down a deed, in the transaction of the deed itself.
   *
   * @param db the caller's transaction, over whatever schema
   */
  async record(db: QueryExecutorProvider, { service, content, act, from, account = null }: Entry): Promise<void> {
    const at = Temporal.Now.instant().round('millisecond')
    const names = {
      content: this.#contentHash(service, content),
      account: account === null ? null : this.#hash('account', account),
      network: from ? this.#hash('network', networkOf(from.address)) : null,
    }
    const sealed = {
      service,
      content,
      act,
      address: from ? normal(from.address) : null,
      port: from?.port ?? null,
      account,
    }
    await sql`
      insert into traces.trace (recorded_at, content, account, network, sealed)
      values (${at.toString()}, ${names.content}, ${names.account}, ${names.network}, ${this.#seal.close(JSON.stringify(sealed), at, beside(names))})
    `.execute(db)
  }

  /**
   * What is known of a content, an account or an address, the oldest first, 20,000 at most. That the trail was read is
   * written down first: without that, nothing is given.
   *
   * @param sought an IPv6 address is searched for as it is; with `/64` behind it, its whole network
   */
  async search(sought: Query, { by, reason }: Consultant): Promise<FoundEntry[]> {
    return this.#database
      .schema('traces')
      .transaction()
      .execute(async (db) => {
        const found = await this.#find(db, sought)
        await this.#note(db, { by, reason, sought: inWords(sought), found: found.length })
        return found
      })
  }

  /**
   * The names of other contents of a service that came from where one came from. Nobody learns the address; that it was
   * compared is written down.
   */
  async fromSameNetwork(service: string, content: string, { by, reason }: Consultant): Promise<string[]> {
    return this.#database
      .schema('traces')
      .transaction()
      .execute(async (db) => {
        const rows = await this.#read(
          db,
          sql`network in (select network from traces.trace where content = ${this.#contentHash(service, content)} and network is not null)`,
          {},
        )
        const others = [
          ...new Set(rows.filter((one) => one.service === service && one.act === 'made').map((one) => one.content)),
        ]
        const found = others.filter((other) => other !== content)
        await this.#note(db, {
          by,
          reason,
          sought: `what came from where ${service}/${content} came from`,
          found: found.length,
        })
        return found
      })
  }

  /**
   * Name of the network that made a content, to be kept in place of its address; undefined when none is known any more.
   */
  async networkHashOf(service: string, content: string): Promise<Buffer | undefined> {
    const { rows } = await this.#database.pool.query<{ network: Buffer }>(
      'select network from traces.trace where content = $1 and network is not null order by recorded_at limit 1',
      [this.#contentHash(service, content)],
    )
    return rows[0]?.network
  }

  /** The keyed hash of the network that a request comes from. */
  networkHash({ address }: ClientAddress): Buffer {
    return this.#hash('network', networkOf(address))
  }

  /** The last consultations first, 500 at most. */
  async consultations(): Promise<Consultation[]> {
    const { rows } = await this.#database.pool.query<{
      at: Temporal.Instant
      consulted_by: string
      reason: string
      sealed: Buffer
      found: number
    }>('select at, consulted_by, reason, sealed, found from traces.consultation order by at desc, id desc limit 500')
    return rows.map(({ at, consulted_by: by, reason, sealed, found }) => ({
      at,
      by,
      reason,
      sought: this.#seal.open(sealed, at, Buffer.from(by)),
      found,
    }))
  }

  async #find(db: QueryExecutorProvider, sought: Query): Promise<FoundEntry[]> {
    if ('content' in sought)
      return this.#read(db, sql`content = ${this.#contentHash(sought.service, sought.content)}`, sought)
    if ('account' in sought) return this.#read(db, sql`account = ${this.#hash('account', sought.account)}`, sought)
    const [address = '', bits] = sought.address.split('/')
    const ofNetwork = await this.#read(db, sql`network = ${this.#hash('network', networkOf(address))}`, sought)
    return bits === undefined ? ofNetwork.filter((one) => one.address === normal(address)) : ofNetwork
  }

  async #read(
    db: QueryExecutorProvider,
    condition: ReturnType<typeof sql>,
    { since, until }: Pick<Query, 'since' | 'until'>,
  ): Promise<FoundEntry[]> {
    const { rows } = await sql<StoredTrace>`
      select recorded_at, content, account, network, sealed from traces.trace
      where ${condition} and recorded_at >= ${since?.toString() ?? '-infinity'}::timestamptz and recorded_at <= ${until?.toString() ?? 'infinity'}::timestamptz
      order by recorded_at, id limit ${MOST}`.execute(db)
    return rows.map(({ recorded_at: at, sealed, ...names }) => ({
      ...Value.Parse(Sealed, JSON.parse(this.#seal.open(sealed, at, beside(names)))),
      at,
    }))
  }

  async #note(db: QueryExecutorProvider, { by, reason, sought, found }: Omit<Consultation, 'at'>): Promise<void> {
    const at = Temporal.Now.instant().round('millisecond')
    await sql`
      insert into traces.consultation (at, consulted_by, reason, sealed, found)
      values (${at.toString()}, ${by}, ${reason}, ${this.#seal.close(sought, at, Buffer.from(by))}, ${found})`.execute(
      db,
    )
  }

  #contentHash(service: string, content: string): Buffer {
    return this.#hash('content', `${service}/${content}`)
  }

  #hash(kind: 'content' | 'account' | 'network', text: string): Buffer {
    return this.#key.keyedHash(`traces by ${kind}`, text)
  }
}

interface Names {
  content: Buffer
  account: Buffer | null
  network: Buffer | null
}

interface StoredTrace extends Names {
  recorded_at: Temporal.Instant
  sealed: Buffer
}

/** The names of a row as one text, which its seal is bound to: no sealed text can be put under other names. */
function beside({ content, account, network }: Names): Buffer {
  return Buffer.from([content, account, network].map((name) => name?.toString('base64url') ?? '').join(' '))
}

/** An address in its one form: that of IPv4 for IPv4 inside IPv6, the shortest for IPv6 (RFC 5952). */
function normal(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

function inWords(sought: Query): string {
  const what =
    'content' in sought
      ? `${sought.service}/${sought.content}`
      : 'account' in sought
        ? `account ${sought.account}`
        : `address ${sought.address}`
  const { since, until } = sought
  return [what, since && `since ${since.toString()}`, until && `until ${until.toString()}`].filter(Boolean).join(' ')
}
