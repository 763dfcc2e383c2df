import { createServer, type RequestListener, type Server } from 'node:http'
import { StartRefused } from '../children/account.ts'

/**
 * Limits of every request, whatever the host: bytes of headers, and milliseconds. Bodies have theirs in slow-body.ts.
 */
const LIMITS = { maxHeaderSize: 16 * 1024, requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 }

/** How long a port that was ours a moment ago may still be held by a process of ours that is stopping. */
const PATIENCE = 5_000

/** How a port is taken. */
export interface Listening {
  /** Whether a taken port gives way to a free one: a default may, one asked for by name may not. */
  mayMove: boolean
  /** Whether the last run of this instance had that port: then it is waited for. */
  wasOurs: boolean
  /** The variable that names the port. */
  setting: string
}

/** The sockets that one process listens on, all with one port. */
export class HttpServer implements AsyncDisposable {
  readonly port: number
  readonly #servers: Server[]

  private constructor(servers: Server[], port: number) {
    this.#servers = servers
    this.port = port
  }

  /**
   * Listens on every address with one port. An IPv6 address that the machine does not have is left out.
   *
   * @throws StartRefused when the port is taken; the system's error (EACCES…) when it cannot listen for another reason
   */
  static async listen(
    addresses: string[],
    port: number,
    listener: RequestListener,
    options: Listening,
  ): Promise<HttpServer> {
    const deadline = Date.now() + (options.wasOurs ? PATIENCE : 0)
    for (;;) {
      try {
        return await HttpServer.#listenOnce(addresses, port, listener)
      } catch (error) {
        const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
        if (!isTaken) throw error
        if (Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100))
        else if (options.mayMove) return HttpServer.#listenOnce(addresses, 0, listener)
        else
          throw new StartRefused(
            `port ${port} is taken. Free it, or set ${options.setting} to another one (0: any free one).`,
          )
      }
    }
  }

  static async #listenOnce(addresses: string[], wanted: number, listener: RequestListener): Promise<HttpServer> {
    const servers: Server[] = []
    let port = wanted
    try {
      for (const address of addresses) {
        const server = createServer(LIMITS, listener)
        const isListening = await listenOn(server, address, port)
        if (!isListening) continue
        servers.push(server)
        port = portOf(server)
      }
      if (servers.length === 0) throw new Error(`none of the addresses ${addresses.join(', ')} is this machine's`)
      return new HttpServer(servers, port)
    } catch (error) {
      for (const server of servers) server.close()
      throw error
    }
  }

  /** Stops accepting at once, lets what runs finish, closes what is idle; after ten seconds closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const cut = setTimeout(() => this.#servers.forEach((server) => server.closeAllConnections()), 10_000)
    await Promise.all(
      this.#servers.map((server) => new Promise((resolve) => (server.close(resolve), server.closeIdleConnections()))),
    )
    clearTimeout(cut)
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  return address.port
}

function listenOn(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'
      if (isAbsent && host.includes(':')) resolve(false)
      else reject(error)
    })
    server.listen({ host, port, ipv6Only: true }, () => resolve(true))
  })
}
