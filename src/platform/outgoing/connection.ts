import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { callbackify } from 'node:util'
import type { buildConnector } from 'undici'
import type { Network } from './network.ts'
import { OutgoingError } from './outgoing-error.ts'

/** Addresses of one name that are tried, one after the other. */
const TRIED = 4

/** How long one of several addresses has to take the call, in milliseconds; the last one has whatever is left. */
const PATIENCE = 3000

/**
 * Makes undici connect to addresses that were checked, and to no others: whatever the name servers say by now.
 *
 * @param signal what ends all waiting
 */
export function connectorTo(addresses: string[], network: Network, signal: AbortSignal): buildConnector.connector {
  const connect = async ({ hostname, protocol, port }: buildConnector.Options) => {
    const isSecure = protocol === 'https:'
    const socket = await connectFirst(addresses.slice(0, TRIED), Number(port || (isSecure ? 443 : 80)), network, signal)
    return isSecure ? secure(socket, hostname, signal) : socket
  }
  return (options, callback) =>
    callbackify(connect)(options, (error, socket) => (error ? callback(error, null) : callback(null, socket)))
}

/** Connects to the first address that takes the call; throws what the last one said. */
async function connectFirst(
  [address = '', ...others]: string[],
  port: number,
  network: Network,
  signal: AbortSignal,
): Promise<Socket> {
  const isLast = others.length === 0
  try {
    return await connect(
      network.dial(address, port),
      isLast ? signal : AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    )
  } catch (error) {
    if (isLast || signal.aborted) throw error
    return connectFirst(others, port, network, signal)
  }
}

async function connect({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host, port, noDelay: true })
  return settled(socket, 'connect', signal)
}

/** The certificate is that of the name (or of the address, when that is what was asked for), whichever address was dialled. */
async function secure(socket: Socket, hostname: string, signal: AbortSignal): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
  })
  try {
    return await settled(secured, 'secureConnect', signal)
  } catch (error) {
    if (signal.aborted) throw error
    throw new OutgoingError('tls', error instanceof Error ? error.message : String(error), error)
  }
}

async function settled(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  try {
    await once(socket, event, { signal })
    return socket
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw signal.aborted ? signal.reason : error
  }
}
