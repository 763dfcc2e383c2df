import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../../../platform/http/app.ts'
import { Refusal } from '../../../../platform/refusals.ts'
import type { LinkContext } from '../../context.ts'
import { browserLinks } from '../../browser-links.ts'
import type { Visitor } from '../../redirects.ts'
import { words } from '../../words.ts'
import { bearerOf } from '../../../../platform/http/caller.ts'
import { asksJson } from './asked-json.ts'
import { codeOf } from './code.ts'
import { languageOf, describeRefusal, describeNotFound } from './words-of-lstu.ts'

/** The most links in the list of an account. */
const LISTED = 5000

const Count = Type.Union([
  Type.Object({
    success: Type.Literal(true),
    short: Type.String(),
    url: Type.String(),
    counter: Type.Integer(),
    created_at: Type.Integer({ description: 'In seconds since 1970.' }),
    timestamp: Type.Integer({ description: 'Now, in seconds since 1970.' }),
  }),
  Type.Object({ success: Type.Literal(false), msg: Type.String() }),
])
type Count = Type.Static<typeof Count>

const Totals = Type.Object({
  urls: Type.Integer(),
  empty: Type.Integer({ description: 'Links kept in reserve by Lstu: none here.' }),
  timestamp: Type.Integer(),
})

/** The reading routes of Lstu: the visits of a link, the number of links. */
export function readingRoutes(app: App, context: LinkContext): void {
  const { redirects, linkList } = context

  app.get(
    '/stats/:slug',
    {
      config: { isOpenToOtherSites: true, published: true },
      schema: {
        description: 'How often a link was visited, as Lstu tells it.',
        params: Type.Object({ slug: Type.String() }),
        response: { 200: Count },
      },
    },
    async (request, reply) => {
      const slug = request.params.slug.replace(/\.json$/, '')
      if (request.headers.accept?.includes('text/html') && !asksJson(request)) {
        const link = await redirects.find(slug)
        return reply.redirect(`/${encodeURIComponent(link.slug)}+`, 302)
      }
      const count = await countOf(slug, request)
      return reply.header('cache-control', 'no-store').send(count)
    },
  )

  async function countOf(slug: string, request: FastifyRequest): Promise<Count> {
    const language = languageOf(request.headers['accept-language'])
    try {
      const holder = await holderOf(request, context)
      const link = await redirects.look(slug, holder)
      const short = shortOf(link.slug, context)
      if (!link.isCountPublic && link.owner !== (holder ?? ''))
        return { success: false, msg: words.in(language)('lstu.count-closed', { short }) }
      return {
        success: true,
        short,
        url: link.url,
        counter: link.clicks,
        created_at: seconds(link.createdAt),
        timestamp: seconds(Temporal.Now.instant()),
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { success: false, msg: describeNotFound(error, shortOf(slug, context), language) }
    }
  }

  for (const path of ['/fullstats', '/fullstats.json'])
    app.get(
      path,
      {
        config: { isOpenToOtherSites: true, published: path === '/fullstats' },
        schema: { description: 'How many links there are, as Lstu tells it.', response: { 200: Totals } },
      },
      async (_, reply) => {
        const { links } = await linkList.totals()
        return reply
          .header('cache-control', 'no-store')
          .send({ urls: links, empty: 0, timestamp: seconds(Temporal.Now.instant()) })
      },
    )

  app.get('/stats.json', async (request, reply) => sendList(request, reply, context))
}

/** `GET /stats` as JSON: the links of the API key's account, else those of the browser. */
export async function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  context: LinkContext,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  try {
    const holder = await holderOf(request, context)
    const links =
      holder === undefined
        ? await context.linkList.ofBrowser(browserLinks(request, context))
        : (await context.linkList.ofOwner(holder, { limit: LISTED, offset: 0 })).links
    const list: object[] = []
    // One by one: each picture takes some milliseconds, which other requests need.
    for (const { slug, url, clicks, createdAt } of links) {
      if (url === null || clicks === null) continue
      const short = shortOf(slug, context)
      list.push({ short, url, counter: clicks, created_at: seconds(createdAt), qrcode: await codeOf(short) })
    }
    return reply.send(list)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return reply
      .code(error.status)
      .send({ success: false, msg: describeRefusal(error, languageOf(request.headers['accept-language'])) })
  }
}

/** `GET /<slug>` as JSON: the target of a link; it counts as a visit, as in Lstu. */
export async function sendTarget(
  slug: string,
  visitor: Visitor,
  reply: FastifyReply,
  context: LinkContext,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').header('access-control-allow-origin', '*')
  try {
    const { url } = await context.redirects.resolve(slug, visitor)
    return await reply.send({ success: true, url })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const msg = describeNotFound(error, shortOf(slug, context), languageOf(reply.request.headers['accept-language']))
    return reply.code(error.status === 410 ? 404 : error.status).send({ success: false, msg })
  }
}

async function holderOf({ headers, ip }: FastifyRequest, { credentials }: LinkContext): Promise<string | undefined> {
  const key = bearerOf(headers.authorization)
  return key === undefined ? undefined : (await credentials.callerWithToken(key, ip, 'link:read')).id
}

function shortOf(slug: string, { addresses }: LinkContext): string {
  return addresses.of('link', `/${encodeURIComponent(slug)}`)
}

function seconds(moment: Temporal.Instant): number {
  return Math.floor(moment.epochMilliseconds / 1000)
}
