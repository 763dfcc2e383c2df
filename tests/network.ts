/**
 * The internet of a test: names with public addresses, and servers on loopback behind them. All address checks are in
 * force.
 */
import type { Network } from '../src/platform/outgoing/network.ts'

/** A free port of loopback. */
const NOBODY = 9

export class TestNetwork implements Network {
  readonly #answers = new Map<string, string[][]>()
  readonly #ports = new Map<string, number>()
  /** Names that were looked up, in order. */
  readonly asked: string[] = []
  /** Addresses that were dialled, as `93.184.215.14 80`. */
  readonly dialled: string[] = []

  /** Puts a server that listens on a port of loopback behind a name, whatever port is asked for. */
  serve(hostname: string, port: number, address = '93.184.215.14'): this {
    this.#ports.set(address, port)
    return this.name(hostname, [address])
  }

  /** What each look-up of a name gives in turn; the last one stays. */
  name(hostname: string, ...answers: string[][]): this {
    this.#answers.set(hostname, answers)
    return this
  }

  async resolve(hostname: string): Promise<string[]> {
    this.asked.push(hostname)
    const answers = this.#answers.get(hostname) ?? []
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers
    if (!next) throw Object.assign(new Error(`no such name: ${hostname}`), { code: 'ENOTFOUND' })
    return next
  }

  dial(address: string, port: number): { host: string; port: number } {
    this.dialled.push(`${address} ${port}`)
    return { host: '127.0.0.1', port: this.#ports.get(address) ?? NOBODY }
  }
}
