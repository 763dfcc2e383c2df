import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import { isForeign } from '../../../../platform/http/foreign.ts'
import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import type { Link } from '../../link.ts'
import { addBrowserLink } from '../../browser-links.ts'
import { Home } from '../../pages/home.tsx'
import { refuse } from '../../refusals.ts'
import type { Creator } from '../../admission-policy.ts'
import { hasScheme } from '../../targets.ts'
import { words } from '../../words.ts'
import { flattenFields } from '../fields.ts'
import { bearerOf } from '../../../../platform/http/caller.ts'
import { asksJson } from './asked-json.ts'
import { codeOf } from './code.ts'
import { isReservedName, languageOf, describeNotCreated } from './words-of-lstu.ts'

const Form = Type.Object({
  lsturl: Type.Optional(Type.String({ description: 'The address to shorten.' })),
  'lsturl-custom': Type.Optional(
    Type.String({ description: 'What the link should be called; a number is added when that is taken.' }),
  ),
  format: Type.Optional(Type.String({ description: '`json`, or a page is answered.' })),
})
type Form = Type.Static<typeof Form>

const Made = Type.Union([
  Type.Object({
    success: Type.Literal(true),
    url: Type.String(),
    short: Type.String(),
    qrcode: Type.String({ description: 'A picture in PNG, as base64 in lines of 76 characters.' }),
  }),
  Type.Object({ success: Type.Literal(false), msg: Type.String() }),
])
type Made = Type.Static<typeof Made>

/** `POST /a`, which creates links for programs and forms of Lstu. */
export function makingRoutes(app: App, context: LinkContext): void {
  const { addresses } = context
  const isOwn = (request: FastifyRequest) => !isForeign(request.headers, addresses, 'link')

  for (const path of ['/a', '/a.json'])
    app.post(
      path,
      {
        config: { isOpenToOtherSites: true, published: path === '/a' },
        schema: { description: 'Makes a link, as Lstu does.', body: Form, response: { 200: Made } },
        preValidation: flattenFields,
      },
      async (request, reply) => {
        if (!asksJson(request)) return showMade(request, reply)
        const made = await notifyCreated(request, reply)
        return reply.header('cache-control', 'no-store').send(made)
      },
    )

  async function notifyCreated(request: FastifyRequest<{ Body: Form }>, reply: FastifyReply): Promise<Made> {
    const language = languageOf(request.headers['accept-language'])
    const { lsturl = '', 'lsturl-custom': name = '' } = request.body
    if (isReservedName(name))
      return { success: false, msg: words.in(language)('lstu.reserved', { url: lsturl.trim() }) }
    try {
      const link = await make(lsturl, name, await creatorOf(request, context))
      if (isOwn(request)) addBrowserLink(request, reply, context, link.slug)
      const short = addresses.of('link', `/${encodeURIComponent(link.slug)}`)
      return { success: true, url: link.url, short, qrcode: await codeOf(short) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.retryAfter) reply.header('retry-after', String(error.retryAfter))
      return { success: false, msg: describeNotCreated(error, lsturl.trim(), language) }
    }
  }

  /**
   * Creates a link. An address that the creator has already shortened keeps its link while that redirects there; Lstu
   * refuses an address without a scheme.
   */
  async function make(lsturl: string, name: string, creator: Creator): Promise<Link> {
    if (lsturl.trim() && !hasScheme(lsturl)) throw refuse('not-an-address')
    const known = name
      ? undefined
      : await context.links.findByTarget(lsturl, creator.kind === 'holder' ? creator.id : null)
    return known ?? context.links.shorten({ url: lsturl, slug: name, isNumbered: true, source: 'lstu' }, creator)
  }

  /** Answers a form of Lstu, kept open or on another site. */
  async function showMade(request: FastifyRequest<{ Body: Form }>, reply: FastifyReply): Promise<FastifyReply> {
    const { lsturl: url = '', 'lsturl-custom': slug = '' } = request.body
    const work = async () => {
      const creator = await creatorOf(request, context)
      const link = await context.links.shorten({ url, slug, isNumbered: true, source: 'lstu' }, creator)
      if (isOwn(request)) addBrowserLink(request, reply, context, link.slug)
      return `/modifier/${link.secret}?done=made`
    }
    return reply.form(work, () => reply.page(<Home url={url} slug={slug} />), '/')
  }
}

/** @throws Refusal when the API key does not allow to create links */
async function creatorOf({ headers, from }: FastifyRequest, { credentials }: LinkContext): Promise<Creator> {
  const key = bearerOf(headers.authorization)
  if (key === undefined) return { kind: 'stranger', from }
  const { id } = await credentials.callerWithToken(key, from.address, 'link:write')
  return { kind: 'holder', id, from }
}
