import { getDomain } from 'tldts'
import { OutgoingError } from '../../../platform/outgoing/outgoing-error.ts'
import type { Answer } from '../../../platform/outgoing/answer.ts'
import type { OutgoingRequest, Outgoing } from '../../../platform/outgoing/outgoing.ts'

/** The result of one check of a target. `failed` is no verdict yet: a page may be away for an evening. */
export interface CheckResult {
  result: 'alive' | 'blocked' | 'soft404' | 'failed'
  /** Status of the last answer; null without answer. */
  code: number | null
  /** Seconds after which the host accepts requests again, when it says so. */
  retryAfter?: number
}

/** A check costs the target's server as little as possible. */
const LIMITS: OutgoingRequest = {
  within: 10_000,
  maxBytes: 64 * 1024,
  maxRedirects: 5,
  mayUseHighPorts: true,
  isOwnRefused: true,
}

/** Answers of servers that do not support HEAD. */
const ASK_AGAIN = [400, 403, 404, 405, 500, 501, 503]

/** The page exists but is closed to us: it needs a login, a payment, or a visitor who is no program. */
const CLOSED = [401, 402, 403, 407, 429, 451]

/** Refused by our own rules before any request: they say nothing about the page. */
const NOT_ASKED = new Set(['private-address', 'own-host', 'port', 'scheme', 'credentials', 'too-large', 'stopped'])

/** Hosts to which expired domains are parked. */
const PARKING = new Set([
  'sedoparking.com', 'parkingcrew.net', 'bodis.com', 'hugedomains.com', 'afternic.com', 'dan.com', 'sedo.com', 'undeveloped.com', 'above.com', 'parklogic.com',
]) // prettier-ignore

/** Paths that mean "not found" in spite of a status of 200. */
const NOTHING_THERE = /(^|[/_-])(404|not-?found|introuvable|page-?non-?trouvee|erreur-?404)([/_.-]|$)/i

/**
 * Checks whether a page answers: HEAD, then the first bytes by GET where HEAD is refused.
 *
 * @param url serialised, http or https
 */
export async function checkTarget(outgoing: Outgoing, url: string, signal: AbortSignal): Promise<CheckResult> {
  try {
    const first = await ask(outgoing, url, { ...LIMITS, method: 'HEAD', signal })
    if (!ASK_AGAIN.includes(first.code ?? 0)) return first
    return await ask(outgoing, url, { ...LIMITS, method: 'GET', headers: { range: 'bytes=0-1023' }, signal })
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return { result: NOT_ASKED.has(error.reason) ? 'blocked' : 'failed', code: null }
  }
}

async function ask(outgoing: Outgoing, url: string, outgo: OutgoingRequest): Promise<CheckResult> {
  using answer = await outgoing.fetch(url, outgo)
  const retryAfter = readRetryAfter(answer)
  return { result: judge(url, answer), code: answer.status, ...(retryAfter !== undefined && { retryAfter }) }
}

function judge(url: string, { status, url: last }: Answer): CheckResult['result'] {
  if (CLOSED.includes(status)) return 'blocked'
  if (status === 416 || (status >= 200 && status < 400)) return isEmptyPlace(url, last) ? 'soft404' : 'alive'
  return 'failed'
}

/** Whether the check ended on a parked domain, on a "not found" page, or on a front page that was not the target. */
function isEmptyPlace(asked: string, last: string): boolean {
  const [from, to] = [new URL(asked), new URL(last)]
  if (PARKING.has(getDomain(to.hostname) ?? '')) return true
  if (asked === last) return false
  if (NOTHING_THERE.test(to.pathname)) return true
  return (
    from.pathname.length > 1 &&
    to.pathname === '/' &&
    to.search === '' &&
    getDomain(from.hostname) === getDomain(to.hostname)
  )
}

/** Reads `Retry-After` in seconds (RFC 9110, 10.2.3), a number or a date; at most a week. */
function readRetryAfter({ status, headers }: Answer): number | undefined {
  const text = headers['retry-after']
  if (!text || (status !== 429 && status !== 503)) return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), 7 * 24 * 3600) : undefined
}
