import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InstanceKey } from '../keys/instance-key.ts'
import { hostCookie, readCookie } from './cookies.ts'
import { TOKEN_FIELD, TOKEN_HEADER } from './token-names.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the token is required without a session too, as sign-in forms need it. */
    wantsToken?: boolean
  }
}

/** What a browser without a session has its token made from. */
const COOKIE = '__Host-csrf'

const DAY = 24 * 3600

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The token that proves that a write comes from a page of ours: made from the session, or from a cookie of this host
 * for who has none. Nothing is kept for it.
 */
export class Csrf {
  readonly #key: InstanceKey

  constructor(key: InstanceKey) {
    this.#key = key
  }

  /**
   * The token of this browser on this host, for its forms; gives a browser without session the cookie that it is made
   * from.
   */
  tokenFor(request: FastifyRequest, reply: FastifyReply): string {
    const kept = request.session?.id ?? readCookie(request.headers.cookie, COOKIE)
    if (kept) return this.#make(kept)
    const made = randomBytes(16).toString('base64url')
    reply.header('set-cookie', hostCookie(COOKIE, made, DAY))
    return this.#make(made)
  }

  /** The token of a page with a session, or with a form that starts one; a write that was refused makes no new one. */
  tokenOfPage(request: FastifyRequest, reply: FastifyReply): string | undefined {
    const { session, routeOptions, method, headers } = request
    if (!session && !routeOptions.config.wantsToken) return undefined
    return session || READS.has(method) || readCookie(headers.cookie, COOKIE)
      ? this.tokenFor(request, reply)
      : undefined
  }

  /** Whether a request is a write that needs the token: it comes with a session, or to a form by which one signs in. */
  isWanted({ method, session, routeOptions: { config } }: FastifyRequest): boolean {
    return !READS.has(method) && !config.isOpenToOtherSites && (session !== undefined || config.wantsToken === true)
  }

  /** Whether the request has the right token, in the header or in the form. */
  isShown(request: FastifyRequest): boolean {
    const from = request.session?.id ?? readCookie(request.headers.cookie, COOKIE)
    // A form with files is read part by part, after this: its token stands in the address that it is sent to.
    const field = request.headers['content-type']?.startsWith('multipart/form-data') ? request.query : request.body
    const shown = request.headers[TOKEN_HEADER] ?? fieldOf(field)
    if (!from || typeof shown !== 'string') return false
    const right = Buffer.from(this.#make(from))
    const given = Buffer.from(shown)
    return given.length === right.length && timingSafeEqual(given, right)
  }

  #make(from: string): string {
    return this.#key.keyedHash('csrf', from).toString('base64url')
  }
}

function fieldOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && TOKEN_FIELD in value ? value[TOKEN_FIELD] : undefined
}
