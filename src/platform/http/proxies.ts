import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { ConfigError } from '../config/load.ts'

/**
 * The proxies that may say where a request comes from; the `X-Forwarded-For` of any other client counts for
 * nothing.
 */
export class Proxies {
  readonly #trusted = new BlockList()
  readonly #isEmpty: boolean

  /**
   * @param listed addresses (`127.0.0.1`) and networks (`10.0.0.0/8`)
   * @throws ConfigError when one is neither
   */
  constructor(listed: readonly string[]) {
    this.#isEmpty = listed.length === 0
    for (const one of listed) {
      const [address = '', bits, ...more] = one.split('/')
      const family = familyOf(address)
      const isNetwork = bits !== undefined && /^\d+$/.test(bits) && Number(bits) <= (family === 'ipv6' ? 128 : 32)
      if (!family || more.length > 0 || (bits !== undefined && !isNetwork))
        throw new ConfigError(
          `trusted_proxies has "${one}": expected an address such as 127.0.0.1 or a network such as 10.0.0.0/8`,
        )
      this.#trusted.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
    }
  }

  trusts(address: string): boolean {
    const family = familyOf(address)
    return !this.#isEmpty && family !== undefined && this.#trusted.check(address, family)
  }

  /**
   * The port on the asker's side, which tells one home from another behind an address that they share. A trusted proxy
   * tells it in `X-Client-Port`; null when it does not.
   */
  portOf({ socket, headers }: IncomingMessage): number | null {
    if (!this.trusts(socket.remoteAddress ?? '')) return socket.remotePort ?? null
    const port = headers['x-client-port']
    return typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : null
  }

  /**
   * Who asks: the neighbour on the connection, or, when that is a trusted proxy, the last one in `X-Forwarded-For` that
   * is not. What a client writes there itself stands further left and is never reached.
   */
  addressOf({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    let address = socket.remoteAddress ?? ''
    if (this.#isEmpty) return address
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    while (forwarded.length > 0 && this.trusts(address)) {
      const next = forwarded.pop()?.trim() ?? ''
      if (isIP(next) === 0) break
      address = next
    }
    return address
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : version === 6 ? 'ipv6' : 'ipv4'
}
