import { AsyncLocalStorage } from 'node:async_hooks'
import { Pool, type PoolClient, type PoolConfig } from 'pg'

/** A connection was asked for where one is held already: a bug, to be mended by handing the transaction on. */
export class SecondConnection extends Error {
  override name = 'SecondConnection'

  constructor() {
    super('a second connection was asked for inside a transaction: use the transaction for this query')
  }
}

/** Knows where in the flow of the program a connection is held. */
export class ConnectionHolders {
  readonly #held = new AsyncLocalStorage<{ isHeld: boolean }>()

  /** Runs what holds a connection for as long as it runs. */
  hold<Result>(run: () => Promise<Result>): Promise<Result> {
    const holder = { isHeld: true }
    // What was begun here and goes on afterwards holds nothing any more.
    return this.#held.run(holder, run).finally(() => (holder.isHeld = false))
  }

  /** @throws SecondConnection */
  refuseSecond(): void {
    if (this.#held.getStore()?.isHeld) throw new SecondConnection()
  }
}

type Connected = Parameters<Pool['connect']>[0]

/**
 * A pool that gives no second connection to what holds one. As many transactions as the pool has connections, each
 * waiting for one more, would wait for one another until all time out, and every other request with them. Such a
 * mistake works until that hour, so it fails at once, in production too: the check costs some hundred nanoseconds.
 */
export class GuardedPool extends Pool {
  readonly #holders: ConnectionHolders

  constructor(holders: ConnectionHolders, config: PoolConfig) {
    super(config)
    this.#holders = holders
  }

  /** `query` of the pool comes through here too. */
  override connect(): Promise<PoolClient>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<PoolClient> | void {
    this.#holders.refuseSecond()
    return callback ? super.connect(callback) : super.connect()
  }
}
