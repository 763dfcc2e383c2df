import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import type { Connection } from '../database/database.ts'

/** The one channel of PostgreSQL that all our processes listen on; `tell_news` puts the topic before what is told. */
const CHANNEL = 'bagad_news'

/** Milliseconds between two tries to listen again, first and last. */
const BACK_OFF = { first: 100, last: 5_000 }

/** Who wants to hear of a topic. */
export interface Subscriber {
  /** Hears one piece of news: what was told, word for word. */
  onMessage(message: string): void
  /**
   * Messages are lost while the connection is down: called after every reconnection, to forget or read again whatever the lost news
   * may have been about.
   */
  resync(): void
}

/**
 * News between processes on one database: told in SQL by `platform.tell_news(topic, told)`, in the transaction of the
 * change (by a trigger, as a rule), and heard in every process once that is committed.
 */
export class PubSub implements AsyncDisposable {
  readonly #connection: Connection
  readonly #log: Logger
  readonly #subscribers = new Map<string, Set<Subscriber>>()
  readonly #stop = new AbortController()
  #client: Client | undefined
  #listening: Promise<void> | undefined
  #connections = 0

  constructor(connection: Connection, log: Logger) {
    this.#connection = connection
    this.#log = log
  }

  /** Starts to listen with the first subscriber; from then on reconnects by itself, for ever. */
  subscribe(topic: string, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set()
    subscribers.add(subscriber)
    this.#subscribers.set(topic, subscribers)
    this.#listening ??= this.#keepListening()
  }

  /** How often it had to connect again since the start. */
  get reconnections(): number {
    return Math.max(0, this.#connections - 1)
  }

  async #keepListening(): Promise<void> {
    for (let wait = BACK_OFF.first; !this.#stop.signal.aborted; wait = Math.min(wait * 2, BACK_OFF.last)) {
      try {
        await this.#listen(() => (wait = BACK_OFF.first))
      } catch (error) {
        this.#log.warn({ err: error }, 'news cannot be heard')
      }
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {})
    }
  }

  /** Listens until the connection ends. */
  async #listen(connected: () => void): Promise<void> {
    const client = new Client({
      ...this.#connection,
      application_name: 'bagad news',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    })
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
    client.on('error', (error) => this.#log.warn({ err: error }, 'the connection for news broke'))
    client.on('notification', ({ payload = '' }) => this.#hear(payload))
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
      this.#client = client
      this.#connections++
      connected()
      for (const subscriber of this.#everyone()) subscriber.resync()
      if (this.#stop.signal.aborted) return
      await ended
    } finally {
      this.#client = undefined
      await client.end().catch(() => {})
    }
  }

  #hear(payload: string): void {
    const end = payload.indexOf(' ')
    for (const subscriber of this.#subscribers.get(payload.slice(0, end)) ?? [])
      subscriber.onMessage(payload.slice(end + 1))
  }

  #everyone(): Subscriber[] {
    return [...this.#subscribers.values()].flatMap((subscribers) => [...subscribers])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#client?.end().catch(() => {})
    await this.#listening
  }
}
