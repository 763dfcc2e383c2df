import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Addresses } from '../addresses.ts'
import type { FastAnswer, FastRequest, Running } from '../service.ts'
import { securityHeaders } from './headers.ts'
import type { RouteTraffic, Traffic } from './traffic.ts'

/** What one service answers before a route is looked for; counted and logged like every other answer. */
export class FastPath {
  readonly #answer: (request: FastRequest) => FastAnswer | undefined
  readonly #traffic: RouteTraffic
  readonly #base: Record<string, string>
  /** Names and values of each kind of answer, put together once: Node sends such a list as it is. */
  readonly #lists = new WeakMap<FastAnswer['headers'], readonly string[]>()

  constructor(
    service: string,
    { route, answer }: NonNullable<Running['fastPath']>,
    { addresses, traffic }: { addresses: Addresses; traffic: Traffic },
  ) {
    this.#answer = answer
    this.#traffic = traffic.route(service, route)
    this.#base = { ...securityHeaders(addresses), 'content-length': '0' }
  }

  /** @returns whether it has answered */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const began = performance.now()
    const answer = this.#answer(request)
    if (!answer) return false
    const { status, headers, location } = answer
    const sentBefore = request.socket.bytesWritten
    response.writeHead(status, [...this.#listOf(headers), 'location', location]).end()
    const bytes = request.socket.bytesWritten - sentBefore
    this.#traffic.answered(request, { status, bytes, milliseconds: performance.now() - began })
    return true
  }

  #listOf(headers: FastAnswer['headers']): readonly string[] {
    const known = this.#lists.get(headers)
    if (known) return known
    const list = Object.entries({ ...this.#base, ...headers }).flat()
    this.#lists.set(headers, list)
    return list
  }
}
