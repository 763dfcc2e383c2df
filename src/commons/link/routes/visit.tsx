import type { FastifyReply, FastifyRequest } from 'fastify'
import qrcode from 'qrcode'
import { Type } from 'typebox'
import type { Addresses } from '../../../platform/addresses.ts'
import type { App } from '../../../platform/http/app.ts'
import { Refusal } from '../../../platform/refusals.ts'
import { asksJson } from '../apis/lstu/asked-json.ts'
import { sendTarget } from '../apis/lstu/reading.ts'
import { qrCode } from '../qr-code.ts'
import type { LinkContext } from '../context.ts'
import { Dead } from '../pages/dead.tsx'
import { Enter } from '../pages/enter.tsx'
import { LinkPage } from '../pages/link.tsx'
import { Lost } from '../pages/lost.tsx'
import { Warning } from '../pages/warning.tsx'
import { redirectTo } from '../redirect-answer.ts'
import type { RedirectResult, Visitor } from '../redirects.ts'

const Slug = Type.Object({ slug: Type.String() })

/** The suffix of a slug: its page (`+`), its QR code, or its target. */
const SUFFIX = /^(.+)(\+|\.svg|\.png|\.json)$/

/** Default pixels of a QR code's side, and its quiet zone in modules (ISO/IEC 18004). */
const CODE = { size: 1024, margin: 4 }

const CodeWish = Type.Object({
  size: Type.Optional(Type.Integer({ minimum: 50, maximum: 4000 })),
  margin: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  format: Type.Optional(Type.String({ maxLength: 20 })),
})
type CodeWish = Type.Static<typeof CodeWish>

/** The routes of a short address: the redirect, the link page, the password, the QR code. */
export function visitRoutes(app: App, context: LinkContext, addresses: Addresses): void {
  const { redirects } = context
  const shortAddress = (slug: string) => addresses.of('link', `/${encodeURIComponent(slug)}`)

  app.get('/:slug', { schema: { params: Slug, querystring: CodeWish } }, async (request, reply) => {
    const { slug } = request.params
    if (asksJson(request)) return sendTarget(slug, { userAgent: request.headers['user-agent'] }, reply, context)
    try {
      return await go(reply, slug, await redirects.resolve(slug, visitorOf(request)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const [, bare, suffix] = SUFFIX.exec(slug) ?? []
      if (error.status === 404 && bare) return suffixed(request, reply, bare, suffix ?? '')
      return sendRefusal(request, reply, slug, error)
    }
  })

  async function suffixed(
    request: FastifyRequest<{ Querystring: CodeWish }>,
    reply: FastifyReply,
    slug: string,
    suffix: string,
  ): Promise<FastifyReply> {
    if (suffix === '.json') return sendTarget(slug, { userAgent: request.headers['user-agent'] }, reply, context)
    try {
      const link = await redirects.find(slug)
      if (suffix === '+') return await reply.page(<LinkPage link={link} />)
      return await sendCode(reply, shortAddress(link.slug), suffix === '.svg' ? 'svg' : 'png', request.query)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return sendRefusal(request, reply, slug, error)
    }
  }

  app.get('/:slug/qr-code', { schema: { params: Slug, querystring: CodeWish } }, async (request, reply) => {
    const { slug } = await redirects.find(request.params.slug)
    return sendCode(reply, shortAddress(slug), request.query.format === 'svg' ? 'svg' : 'png', request.query)
  })

  app.post(
    '/:slug',
    { schema: { params: Slug, body: Type.Object({ password: Type.Optional(Type.String({ maxLength: 1000 })) }) } },
    async (request, reply) => {
      const { slug } = request.params
      const { password = '' } = request.body
      const enter = async () =>
        (await redirects.resolveWithPassword(slug, password, request.ip, visitorOf(request))).url
      if (!wantsPage(request)) return reply.redirect(await enter(), 303)
      const work = async () => {
        try {
          return await enter()
        } catch (error) {
          if (!(error instanceof Refusal) || error.field === 'password') throw error
          return sendRefusal(request, reply, slug, error)
        }
      }
      return reply.form(work, () => reply.header('cache-control', 'no-store').page(<Enter slug={slug} />))
    },
  )
}

function visitorOf(request: FastifyRequest): Visitor {
  return { userAgent: request.headers['user-agent'], query: request.url.split('?')[1] }
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false
}

/** Redirects; shows the target first for a young anonymous link, or one whose page has not answered for long. */
async function go(reply: FastifyReply, slug: string, result: RedirectResult): Promise<FastifyReply> {
  const { url, isWarned, deadSince } = result
  const first = isWarned ? <Warning slug={slug} url={url} /> : deadSince && <Dead url={url} since={deadSince} />
  if (first && wantsPage(reply.request)) return reply.header('cache-control', 'no-store').page(first)
  const { status, location, headers } = redirectTo(result)
  return reply.code(status).header('location', location).headers(headers).send()
}

async function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  slug: string,
  refusal: Refusal,
): Promise<FastifyReply> {
  if (!wantsPage(request)) throw refusal
  reply.header('cache-control', 'no-store')
  if (refusal.type === 'link/password') return reply.page(<Enter slug={slug} />, refusal.status)
  if (refusal.type !== 'link/unknown') throw refusal
  const { title, detail } = refusal.in(request.reader.language)
  return reply.page(<Lost title={title} text={detail} />, refusal.status)
}

async function sendCode(
  reply: FastifyReply,
  address: string,
  format: 'svg' | 'png',
  { size = CODE.size, margin = CODE.margin }: CodeWish,
): Promise<FastifyReply> {
  reply.header('cache-control', 'public, max-age=86400')
  if (format === 'svg')
    return reply.type('image/svg+xml').send(await qrcode.toString(address, { type: 'svg', margin, width: size }))
  return reply.type('image/png').send(await qrCode(address, { size, margin }))
}
