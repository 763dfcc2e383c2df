import { TooBusy } from '../passwords/too-busy.ts'

/** Lets a few works go on at once and some wait; the rest is told to come back. */
export class ConcurrencyLimiter {
  readonly #atOnce: number
  readonly #mayWait: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor({ atOnce, waiting }: { atOnce: number; waiting: number }) {
    this.#atOnce = atOnce
    this.#mayWait = waiting
  }

  /** Whether the next one would be sent away. */
  get isFull(): boolean {
    return this.#running >= this.#atOnce && this.#waiting.length >= this.#mayWait
  }

  /** @throws TooBusy when too many wait already; nothing was done */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) throw new TooBusy()
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
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
