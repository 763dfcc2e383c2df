import type { IncomingMessage, ServerResponse } from 'node:http'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long the body of this route may take; 60 seconds when nothing is said. */
    slowBody?: SlowBody
  }
}

/** How long a body may take. */
export interface SlowBody {
  /** Seconds from the head of the request to the end of its body. */
  seconds: number
  /** Bytes a second that must have come on average, from `rateFrom` on. */
  leastRate: number
  /** Seconds from which on the rate counts: the first minute, when nothing is said. */
  rateFrom?: number
}

const ORDINARY: SlowBody = { seconds: 60, leastRate: 0 }

const MINUTE = 60

/** Milliseconds between two looks at a body that comes. */
const LOOK = 1000

/** The body did not come in the time that its route allows. */
class BodyTooSlow extends Error {
  override name = 'BodyTooSlow'
  readonly statusCode = 408
}

const clocks = new WeakMap<IncomingMessage, BodyClock>()

/** Cuts a body that takes too long, whether anything reads it or not: for every request, of every host. */
export function boundBody(request: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  if (length !== '0' || encoding !== undefined) clocks.set(request, new BodyClock(request, response))
}

/** Gives a body the time that its route allows. */
export function allowSlowBody(request: IncomingMessage, slow: SlowBody): void {
  clocks.get(request)?.allow(slow)
}

class BodyClock {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #began = performance.now()
  readonly #readBefore: number
  readonly #timer: NodeJS.Timeout
  #allowed = ORDINARY

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
    this.#readBefore = request.socket.bytesRead
    this.#timer = setInterval(() => this.#look(), LOOK)
    request.once('close', () => clearInterval(this.#timer))
  }

  allow(slow: SlowBody): void {
    this.#allowed = slow
  }

  #look(): void {
    // What has come whole and is not read yet waits for us.
    if (this.#request.complete) return clearInterval(this.#timer)
    const { seconds, leastRate, rateFrom = MINUTE } = this.#allowed
    const passed = (performance.now() - this.#began) / 1000
    const came = this.#request.socket.bytesRead - this.#readBefore
    if (passed > seconds || (passed > rateFrom && came < leastRate * passed)) this.#cut()
  }

  /** Tells it to what reads the body, so that the client gets an answer; then the connection is closed. */
  #cut(): void {
    clearInterval(this.#timer)
    const [request, response] = [this.#request, this.#response]
    const close = () => request.socket.destroySoon()
    if (response.writableFinished) return close()
    response.shouldKeepAlive = false
    response.once('finish', close)
    if (request.listenerCount('error') > 0) request.emit('error', new BodyTooSlow('a body took too long'))
  }
}
