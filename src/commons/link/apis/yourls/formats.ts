import type { FastifyReply } from 'fastify'
import { toXml, type Told } from './xml.ts'

/** The result of an action: its fields, and the single line of the format `simple`. */
export interface Outcome {
  fields: Told
  simple: string
}

/** The requested format, with the JSONP callback. */
export interface Asked {
  format?: string | undefined
  callback?: string | undefined
}

/**
 * A function, or an entry of an array of functions (as the npm package yourls-api sends it): nothing that could run
 * other code.
 */
const CALLBACK = /^[\w.$]+(\[\d+\])?$/

const BAD_CALLBACK: Outcome = {
  fields: { message: 'Invalid callback name', errorCode: '400' },
  simple: 'Invalid callback name',
}

/**
 * Sends a result as YOURLS does: with its status, in the requested format; an unknown format means `simple`.
 *
 * @param asked xml by default; the callback is included in the answer
 */
export function sendOutcome(
  reply: FastifyReply,
  { fields, simple }: Outcome,
  { format = 'xml', callback }: Asked,
): FastifyReply {
  if (format === 'jsonp' && !CALLBACK.test(callback ?? '')) return sendOutcome(reply, BAD_CALLBACK, { format: 'json' })
  const whole = callback === undefined ? fields : { ...fields, callback }
  reply.code(Number(fields['statusCode'] ?? fields['errorCode'] ?? 200)).header('cache-control', 'no-store')
  switch (format) {
    case 'json':
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(whole))
    case 'jsonp':
      // It is loaded by pages of other sites, and contains only what the key in its address allows.
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
