import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Addresses } from '../addresses.ts'
import type { QuickAnswer, QuickRequest, Running } from '../service.ts'
import { securityHeaders } from './headers.ts'
import type { RequestHead } from './request-head.ts'
import type { RouteTraffic, Traffic } from './traffic.ts'

/** What goes into a header as it is. Of anything else Node's server says what is wrong with it. */
const PLAIN = /^[\u0021-\u007e]+$/

/** What one service answers before anything else is looked at; followed like all other answers. */
export class QuickAnswers {
  readonly #answer: (request: QuickRequest) => QuickAnswer | undefined
  readonly #traffic: RouteTraffic
  /** The headers of each kind of answer, as they are sent. */
  readonly #blocks = new Map<readonly string[], string>()

  constructor(
    service: string,
    quick: NonNullable<Running['quick']>,
    { addresses, traffic }: { addresses: Addresses; traffic: Traffic },
  ) {
    this.#answer = quick.answers(securityHeaders(addresses))
    this.#traffic = traffic.route(service, quick.route)
  }

  /** @returns whether it has answered */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const began = performance.now()
    const answer = this.#answer(request)
    if (!answer) return false
    const { socket } = request
    const before = socket.bytesWritten
    response.writeHead(answer.status, [...answer.headers, 'location', answer.location]).end()
    this.#traffic.answered(request, {
      status: answer.status,
      bytes: socket.bytesWritten - before,
      milliseconds: performance.now() - began,
    })
    return true
  }

  /**
   * The same, written to the socket itself; an answer has no body, so it is its head.
   *
   * @param date of now, as a header says it
   * @returns whether it has answered
   */
  answerOn(socket: Socket, head: RequestHead, date: string): boolean {
    const began = performance.now()
    const answer = this.#answer(head)
    if (!answer || !PLAIN.test(answer.location)) return false
    const text = `${this.#blockOf(answer)}location: ${answer.location}\r\nDate: ${date}\r\n\r\n`
    socket.write(text, 'latin1')
    this.#traffic.answered(
      { method: head.method, headers: head.headers, socket },
      { status: answer.status, bytes: text.length, milliseconds: performance.now() - began },
    )
    return true
  }

  #blockOf({ status, headers }: QuickAnswer): string {
    const known = this.#blocks.get(headers)
    if (known) return known
    let block = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
    for (let index = 0; index < headers.length; index += 2) block += `${headers[index]}: ${headers[index + 1]}\r\n`
    this.#blocks.set(headers, block)
    return block
  }
}
