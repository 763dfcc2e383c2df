import { Resolver } from 'node:dns/promises'

/**
 * How names become addresses and addresses are dialled: the internet, unless a test says otherwise. Whatever this says,
 * only public addresses are dialled.
 */
export interface Network {
  /**
   * The addresses of a host name, IPv4 first.
   *
   * @throws Error with the code of c-ares (`ENOTFOUND`, `ENODATA`, `ETIMEOUT`…)
   */
  resolve(hostname: string): Promise<string[]>
  /** Where a connection to a checked address really goes. */
  dial(address: string, port: number): { host: string; port: number }
}

/** A name server has this long to answer, in milliseconds, and is asked twice. */
const QUERY = { timeout: 2000, tries: 2 }

/**
 * Asks the name servers themselves (c-ares), not the C library: that would take one of the few threads of libuv for as
 * long as it lasts, and would also believe /etc/hosts.
 */
export const internet: Network = {
  async resolve(hostname) {
    const resolver = new Resolver(QUERY)
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const [failure] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    if (found.length === 0) throw failure
    return found
  },
  dial: (address, port) => ({ host: address, port }),
}
