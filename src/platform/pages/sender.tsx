import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Csrf } from '../http/csrf.ts'
import { pagePolicy, type Allowance } from '../http/headers.ts'
import type { HousePlatform } from '../platform.ts'
import type { Service } from '../service.ts'
import { readAssets, type Assets } from './assets.ts'
import { PageScopeProvider, type PageScope } from './context.ts'

const brotli = promisify(brotliCompress)
const zstd = promisify(zstdCompress)
const gzipped = promisify(gzip)

const BROTLI_QUICK = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** Best first; each as quick as a page of 20 KB should be. */
const ENCODINGS: [name: string, compress: (body: Buffer) => Promise<Buffer>][] = [
  ['zstd', (body) => zstd(body)],
  ['br', (body) => brotli(body, BROTLI_QUICK)],
  ['gzip', (body) => gzipped(body)],
]

/** Stands for the nonce while a page renders; it is random for each process, so no content can contain it. */
const NONCE_PLACE = randomUUID()

/** How a page is sent. */
export interface Sending {
  status: number
  csrf: Csrf
  allowance: Allowance
}

/** Renders pages and sends them: the one place where HTML leaves the server. */
export class PageSender {
  readonly #platform: HousePlatform
  readonly #assets: Assets = readAssets()
  /** Pages that are the same for every stranger, by their service, their name and the language. */
  readonly #kept = new Map<string, string>()

  constructor(platform: HousePlatform) {
    this.#platform = platform
  }

  /**
   * The entity tag is that of the page without its nonce. When the browser's copy is still good, it keeps using that
   * copy with the policy that came with it, so a 304 must carry no new policy.
   */
  async send(
    reply: FastifyReply,
    service: Service,
    page: VNode,
    { status, csrf, allowance }: Sending,
  ): Promise<FastifyReply> {
    const { request } = reply
    const token = csrf.tokenOfPage(request, reply)
    const hasToken = token !== undefined
    const html = this.#render(service, page, { ...readBy(request), refused: reply.refused, csrf: token })
    const tag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
    reply.header('vary', 'accept-language, accept-encoding, cookie')
    // A page of a signed-in person is never cached.
    if (hasToken) reply.header('cache-control', 'no-store')
    else if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', status < 400 ? 'private, no-cache' : 'no-store')
    if (status === 200 && request.method === 'GET' && !hasToken) {
      reply.header('etag', tag)
      if (request.headers['if-none-match'] === tag)
        return reply.removeHeader('content-security-policy').code(304).send()
    }
    const nonce = randomBytes(16).toString('base64url')
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .header('content-security-policy', pagePolicy(this.#platform.addresses, nonce, allowance))
    return this.#compressed(reply, Buffer.from(html.replaceAll(NONCE_PLACE, nonce)))
  }

  /**
   * Sends a page that is the same for every stranger and costs next to nothing: it is rendered once in a language. It
   * has no form, no island, and nothing in it of what was asked.
   *
   * @param name tells it from the service's other ones
   */
  async sendKept(
    reply: FastifyReply,
    service: Service,
    page: { name: string; node: VNode },
    status: number,
  ): Promise<FastifyReply> {
    const { reader, routeOptions } = reply.request
    const key = `${service.name} ${page.name} ${reader.language}`
    const html =
      this.#kept.get(key) ??
      this.#render(service, page.node, { reader, session: undefined, path: routeOptions.url ?? '/' })
    this.#kept.set(key, html)
    const nonce = randomBytes(16).toString('base64url')
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', pagePolicy(this.#platform.addresses, nonce))
      .send(Buffer.from(html.replaceAll(NONCE_PLACE, nonce)))
  }

  /** A page as text with its policy, for code that sends it itself. */
  render(
    reply: FastifyReply,
    service: Service,
    page: VNode,
    { csrf, allowance }: Omit<Sending, 'status'>,
  ): { html: string; policy: string } {
    const { request } = reply
    const html = this.#render(service, page, { ...readBy(request), csrf: csrf.tokenOfPage(request, reply) })
    const nonce = randomBytes(16).toString('base64url')
    return { html: html.replaceAll(NONCE_PLACE, nonce), policy: pagePolicy(this.#platform.addresses, nonce, allowance) }
  }

  #render(
    service: Service,
    page: VNode,
    read: Pick<PageScope, 'reader' | 'session' | 'path'> & Partial<Pick<PageScope, 'csrf' | 'refused'>>,
  ): string {
    const scope: PageScope = {
      platform: this.#platform,
      service,
      csrf: undefined,
      refused: undefined,
      ...read,
      assets: this.#assets,
      nonce: NONCE_PLACE,
      islands: new Set(),
    }
    const html = renderToString(<PageScopeProvider value={scope}>{page}</PageScopeProvider>)
    // No form of the page has the address that was written to: the refusal is told on a page of its own.
    if (scope.refused?.isShown === false) throw scope.refused.refusal
    return `<!doctype html>${html}`
  }

  async #compressed(reply: FastifyReply, body: Buffer): Promise<FastifyReply> {
    const accepted = reply.request.headers['accept-encoding'] ?? ''
    const encoding = ENCODINGS.find(([name]) => accepted.includes(name))
    if (!encoding || body.length < 1000) return reply.send(body)
    const [name, compress] = encoding
    return reply.header('content-encoding', name).send(await compress(body))
  }
}

function readBy({ reader, session, url }: FastifyRequest): Pick<PageScope, 'reader' | 'session' | 'path'> {
  return { reader, session, path: url }
}
