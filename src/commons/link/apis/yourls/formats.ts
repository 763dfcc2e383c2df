import type { FastifyReply } from 'fastify'
import { toXml, type Told } from './xml.ts'

/** What an action of YOURLS answers: what is told, and the one line of it that the format `simple` gives. */
export interface Outcome {
  told: Told
  simple: string
}

/** In which format, and what is to be called back with it. */
export interface Asked {
  format?: string | undefined
  callback?: string | undefined
}

/** The name of a function, or of one of a list of them (as the npm package yourls-api gives it): nothing that could do more. */
const CALLBACK = /^[\w.$]+(\[\d+\])?$/

const BAD_CALLBACK: Outcome = {
  told: { message: 'Invalid callback name', errorCode: '400' },
  simple: 'Invalid callback name',
}

/**
 * Sends an outcome as YOURLS does: under the status that it tells, in the format that was asked for; a format that nobody
 * knows is `simple`.
 *
 * @param asked xml unless it says something else; the callback is told back
 */
export function sendOutcome(
  reply: FastifyReply,
  { told, simple }: Outcome,
  { format = 'xml', callback }: Asked,
): FastifyReply {
  if (format === 'jsonp' && !CALLBACK.test(callback ?? '')) return sendOutcome(reply, BAD_CALLBACK, { format: 'json' })
  const whole = callback === undefined ? told : { ...told, callback }
  reply.code(Number(told['statusCode'] ?? told['errorCode'] ?? 200)).header('cache-control', 'no-store')
  switch (format) {
    case 'json':
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(whole))
    case 'jsonp':
      // It is there to be loaded by pages of other sites, and holds nothing but what the key in its address opens.
      return reply
        .type('application/javascript; charset=utf-8')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(`${callback}(${JSON.stringify(whole)})`)
    case 'xml':
      return reply.type('application/xml; charset=utf-8').send(toXml(whole))
    default:
      return reply.type('text/plain; charset=utf-8').send(simple)
  }
}
