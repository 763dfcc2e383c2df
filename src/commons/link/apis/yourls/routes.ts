import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import type { Member } from '../../admission-policy.ts'
import { flattenFields, type Fields } from '../fields.ts'
import { bearerOf } from '../../../../platform/http/caller.ts'
import { sendOutcome, type Outcome } from './formats.ts'
import { shorten } from './making.ts'
import { expand, readTotals, readLink, readLinks, readVersion } from './reading.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const Parameters = Type.Object({
  action: text('`shorturl`, `expand`, `url-stats`, `stats`, `db-stats` or `version`.'),
  format: text('`json`, `jsonp`, `simple`, or `xml` when nothing is said.'),
  callback: text('For `jsonp`.'),
  jsonp: text('The same.'),
  signature: text('A key; or `username`, whatever it is, with the key as `password`.'),
  timestamp: text('Signatures that end are not known here.'),
  username: text('Any.'),
  password: text('A key.'),
  url: text('For `shorturl`: the address to shorten.'),
  keyword: text('For `shorturl`: what the link should be called.'),
  title: text('For `shorturl`.'),
  shorturl: text('For `expand` and `url-stats`: a slug or a whole short address.'),
  filter: text('For `stats`: `top`, `bottom`, `rand` or `last`.'),
  limit: text('For `stats`: how many links are listed.'),
  start: text('For `stats`: how many are left out before.'),
  db: text('For `version`: 1 to return the version of the tables too.'),
})

/** The actions, with the permission that each requires. */
const ACTIONS = new Map<
  string,
  { scope: 'link:read' | 'link:write'; act: (given: Fields, holder: Member, context: LinkContext) => Promise<Outcome> }
>([
  ['shorturl', { scope: 'link:write', act: shorten }],
  ['expand', { scope: 'link:read', act: expand }],
  ['url-stats', { scope: 'link:read', act: readLink }],
  ['stats', { scope: 'link:read', act: readLinks }],
  ['db-stats', { scope: 'link:read', act: readTotals }],
  ['version', { scope: 'link:read', act: readVersion }],
])

/**
 * The single route of the YOURLS API. It also writes on GET, as YOURLS does: the key in the request authorises it, and
 * cookies are ignored, so any site may call it.
 */
export function yourlsRoutes(app: App, context: LinkContext): void {
  const config = { isOpenToOtherSites: true, published: true }

  app.get(
    '/yourls-api.php',
    {
      config,
      schema: { description: 'The interface of YOURLS.', querystring: Parameters },
      preValidation: flattenFields,
    },
    async (request, reply) => answer(request, reply, request.query),
  )

  app.post(
    '/yourls-api.php',
    {
      config,
      schema: { description: 'The interface of YOURLS, as a form.', querystring: Parameters, body: Parameters },
      preValidation: flattenFields,
    },
    async (request, reply) => answer(request, reply, { ...request.query, ...request.body }),
  )

  async function answer({ headers, from }: FastifyRequest, reply: FastifyReply, given: Fields): Promise<FastifyReply> {
    const { format, callback = given['jsonp'] } = given
    const key = keyIn(given) ?? bearerOf(headers.authorization)
    if (key === undefined) return sendOutcome(reply, shutOut('403', 'Please log in'), { format, callback })
    const { scope, act } = ACTIONS.get(given['action'] ?? '') ?? { scope: 'link:read', act: describeUnknown }
    try {
      const { id } = await context.credentials.callerWithToken(key, from.address, scope)
      return sendOutcome(reply, await act(given, { kind: 'holder', id, from }, context), { format, callback })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.retryAfter) reply.header('retry-after', String(error.retryAfter))
      return sendOutcome(reply, whyShutOut(error), { format, callback })
    }
  }
}

/** Returns the given key; a signature with a timestamp needs the account page, and is no key. */
function keyIn({ signature, timestamp, username, password }: Fields): string | undefined {
  if (signature) return timestamp ? '' : signature
  return username || password ? (password ?? '') : undefined
}

function whyShutOut(refusal: Refusal): Outcome {
  if (refusal.type === 'platform/invalid-token') return shutOut('403', 'Invalid username or password')
  const { title, detail } = refusal.in('en')
  return shutOut(String(refusal.status), `${title} ${detail}`)
}

function shutOut(errorCode: string, message: string): Outcome {
  return { fields: { message, errorCode, callback: '' }, simple: message }
}

async function describeUnknown(): Promise<Outcome> {
  const message = 'Unknown or missing "action" parameter'
  return { fields: { errorCode: '400', message }, simple: message }
}
