import { TooBusy } from '../../platform/passwords/too-busy.ts'

/** Sign-ins that are worked on at once, and that may wait: what waits costs no connection to the database. */
const AT_ONCE = 2
const WAITING = 50

/** Lets a few sign-ins go on at once and some wait; however many arrive, the rest of the program answers. */
export class SignInQueue {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @throws TooBusy when too many wait already; nothing was done */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING) throw new TooBusy()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
