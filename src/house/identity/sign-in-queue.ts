import { HASHES_AT_ONCE } from '../../platform/passwords/passwords.ts'
import { TooBusy } from '../../platform/passwords/too-busy.ts'

/** Sign-ins that may wait: what waits costs no connection to the database. */
const WAITING = 50

/**
 * Lets as many sign-ins go on as there are hashes at once, and some wait; however many arrive, the rest of the program
 * answers. While one asks the database, nothing is hashed in its place: that is the others' time.
 */
export class SignInQueue {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** Whether the next one would be sent away. */
  get isFull(): boolean {
    return this.#running >= HASHES_AT_ONCE && this.#waiting.length >= WAITING
  }

  /** @throws TooBusy when too many wait already; nothing was done */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) throw new TooBusy()
    if (this.#running >= HASHES_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
