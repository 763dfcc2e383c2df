import type { FastifyReply } from 'fastify'
import qrcode from 'qrcode'
import { Type } from 'typebox'
import type { Addresses } from '../../platform/addresses.ts'
import type { App } from '../../platform/http/app.ts'
import { Notice } from '../../platform/pages/notice.tsx'
import { Refusal } from '../../platform/refusals.ts'
import type { Link, Links } from './links.ts'
import { Home } from './pages/home.tsx'
import { LinkPage } from './pages/link.tsx'
import { Lost } from './pages/lost.tsx'
import { LONGEST_TARGET } from './targets.ts'

const Form = Type.Object({ url: Type.Optional(Type.String({ maxLength: LONGEST_TARGET * 2 })) })
const Slug = Type.Object({ slug: Type.String() })

/** The path after the slug says what is wanted of it: the link itself, its page (`+`), or its QR code. */
const SUFFIX = /(\+|\.svg|\.png)$/

/** Quiet zone of a QR code, in modules (ISO/IEC 18004). */
const QUIET_ZONE = 4

export function linkRoutes(app: App, links: Links, addresses: Addresses): void {
  const shortAddress = ({ slug }: Pick<Link, 'slug'>) => addresses.of('link', `/${slug}`)

  app.get('/', async (_, reply) => reply.page(<Home />))

  app.post('/', { schema: { body: Form } }, async (request, reply) => {
    const { url = '' } = request.body
    try {
      const link = await links.shorten(url)
      return await reply.redirect(`/${link.slug}+?new`, 303)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return reply.page(<Home text={url} error={error.in(request.reader.language)} />, error.status)
    }
  })

  app.post('/api/v1/links', { schema: { body: Form } }, async (request, reply) => {
    const link = await links.shorten(request.body.url ?? '')
    return reply
      .code(201)
      .header('location', shortAddress(link))
      .send({ slug: link.slug, short: shortAddress(link), url: link.url })
  })

  app.get('/:slug', { schema: { params: Slug } }, async (request, reply) => {
    const [slug = '', suffix] = request.params.slug.split(SUFFIX)
    try {
      if (suffix === '+') return await reply.page(<LinkPage link={await links.find(slug)} isNew={request.url.endsWith('?new')} />)
      if (suffix) return await sendCode(reply, shortAddress(await links.find(slug)), suffix)
      return await redirect(reply, await links.follow(slug))
    } catch (error) {
      if (!(error instanceof Refusal) || !request.headers.accept?.includes('text/html')) throw error
      const { title, detail } = error.in(request.reader.language)
      const page = error.status === 404 ? <Lost title={title} text={detail} /> : <Notice title={title} text={detail} />
      return reply.header('cache-control', 'no-store').page(page, error.status)
    }
  })
}

/**
 * 302 and not the 301 of Lstu and YOURLS: browsers keep a 301 for ever, and later edits, removals and counts are lost.
 * The stored address goes out exactly as it is.
 */
function redirect(reply: FastifyReply, url: string): FastifyReply {
  return reply
    .code(302)
    .header('location', url)
    .header('cache-control', 'private, max-age=0, must-revalidate')
    .header('referrer-policy', 'no-referrer-when-downgrade')
    .header('x-robots-tag', 'noindex')
    .send()
}

async function sendCode(reply: FastifyReply, address: string, suffix: string): Promise<FastifyReply> {
  reply.header('cache-control', 'public, max-age=86400')
  if (suffix === '.svg') return reply.type('image/svg+xml').send(await qrcode.toString(address, { type: 'svg', margin: QUIET_ZONE }))
  return reply.type('image/png').send(await qrcode.toBuffer(address, { margin: QUIET_ZONE, width: 1024 }))
}
