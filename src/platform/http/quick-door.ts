import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Addresses } from '../addresses.ts'
import type { QuickAnswers } from './quick-answers.ts'
import { readHead } from './request-head.ts'

/** Milliseconds for which a connection may say nothing. */
const SILENCE = 65_000

/** Bytes of answers that a connection has not taken yet, beyond which it is asked nothing more until it has. */
const UNTAKEN = 64 * 1024

/** What stands behind the door: the quick answers of each service that has some. */
export interface Behind {
  addresses: Addresses
  quick: ReadonlyMap<string, QuickAnswers>
}

/**
 * Stands before Node's server: a connection on which nothing but the plainest requests come is answered here, at a third
 * of the price. At the first request that is anything else, the connection goes to Node's server for good, with the
 * bytes that came: nothing is understood here that is not understood there in the same way.
 */
export class QuickDoor implements Disposable {
  readonly #toServer: (socket: Socket) => void
  readonly #sockets = new Set<Socket>()
  #behind: Behind | undefined
  #date = { second: 0, text: '' }
  #isClosing = false

  /** @param server that listens already, or will: the door takes the place of its own listener for connections */
  constructor(server: Server) {
    const own = server.listeners('connection')
    server.removeAllListeners('connection')
    this.#toServer = (socket) => own.forEach((listen) => Reflect.apply(listen, server, [socket]))
    server.on('connection', (socket: Socket) => this.#welcome(socket))
  }

  /** Begins to answer; until then all connections go to the server. */
  open(behind: Behind): void {
    if (behind.quick.size > 0) this.#behind = behind
  }

  #welcome(socket: Socket): void {
    if (!this.#behind || this.#isClosing) return this.#toServer(socket)
    this.#sockets.add(socket)
    const left = () => this.#sockets.delete(socket)
    const end = () => socket.end()
    const destroy = () => socket.destroy()
    const goOn = () => socket.resume()
    const read = (bytes: Buffer) => {
      if (!this.#answer(socket, bytes)) {
        this.#sockets.delete(socket)
        socket.setTimeout(0)
        socket
          .off('data', read)
          .off('end', end)
          .off('error', destroy)
          .off('timeout', destroy)
          .off('close', left)
          .off('drain', goOn)
        this.#toServer(socket)
        // Its parser hears of these bytes as of all that come after them.
        socket.emit('data', bytes)
      } else if (this.#isClosing) socket.end()
      else if (socket.writableLength > UNTAKEN) socket.pause()
    }
    socket.setTimeout(SILENCE)
    socket
      .on('data', read)
      .on('end', end)
      .on('error', destroy)
      .on('timeout', destroy)
      .on('close', left)
      .on('drain', goOn)
  }

  #answer(socket: Socket, bytes: Buffer): boolean {
    const head = readHead(bytes)
    const name = head && this.#behind?.addresses.named(head.headers.host)
    return (
      head !== undefined &&
      name !== undefined &&
      (this.#behind?.quick.get(name)?.answerOn(socket, head, this.#now()) ?? false)
    )
  }

  #now(): string {
    const second = Math.floor(Date.now() / 1000)
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1000).toUTCString() }
    return this.#date.text
  }

  /** Ends the connections that stand here: none of them waits for an answer. */
  [Symbol.dispose](): void {
    this.#isClosing = true
    for (const socket of this.#sockets) socket.end()
  }
}
