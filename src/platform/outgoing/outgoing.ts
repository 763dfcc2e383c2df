import { Client, type Dispatcher } from 'undici'
import type { Addresses } from '../addresses.ts'
import { version } from '../version.ts'
import { Answer, type Hop } from './answer.ts'
import { connectorTo } from './connection.ts'
import type { Network } from './network.ts'
import { OutgoingError } from './outgoing-error.ts'
import { publicAddress } from './public-address.ts'

/** How an address is asked; what is not said is as small as it can be. */
export interface OutgoingRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PROPFIND' | 'REPORT'
  /** Sent along, without what would identify a person: credentials and cookies never leave. */
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Milliseconds from the first look-up to the last byte; 10 000 when nothing is said. */
  within?: number
  /** Bytes of the body, decoded; 5 000 000 when nothing is said. */
  maxBytes?: number
  /** Redirects that are followed; 3 when nothing is said. */
  maxRedirects?: number
  /** Whether ports from 1024 up are allowed beside 80 and 443. */
  mayUseHighPorts?: boolean
  /** Whether our own hosts are refused: what is asked for would come back to us. */
  isOwnRefused?: boolean
  signal?: AbortSignal
}

const DEFAULTS = { within: 10_000, maxBytes: 5_000_000, maxRedirects: 3 }

/** Bytes of an answer's headers. */
const HEADERS_LIMIT = 16 * 1024

/** Headers that are never sent, and headers that the connection itself sets. */
const NEVER_SENT = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
]

/** What goes on to another origin after a redirect; anything else may be meant for the first one alone. */
const SENT_ON = ['accept', 'accept-language', 'range', 'if-none-match', 'if-modified-since', 'content-type']

interface OutgoingNeeds {
  addresses: Addresses
  network: Network
  /** Where the association can be written to, when it says so. */
  email: string
}

/**
 * The only way out to an address that a person gave. It reaches the public internet and nothing else: names are
 * resolved and their addresses checked before a connection goes to exactly what was checked, anew at each redirect.
 *
 * @example
 * using answer = await outgoing.fetch('https://example.org/', { method: 'HEAD', isOwnRefused: true })
 * if (answer.status === 404) …
 */
export class Outgoing {
  readonly #addresses: Addresses
  readonly #network: Network
  readonly #userAgent: string

  constructor({ addresses, network, email }: OutgoingNeeds) {
    this.#addresses = addresses
    this.#network = network
    const contact = /^[\x21-\x7e]+$/.test(email) ? `; ${email}` : ''
    this.#userAgent = `Bagad/${version} (+${addresses.portal('/mentions-legales')}${contact})`
  }

  /**
   * Asks an address, and follows where it leads.
   *
   * @throws OutgoingError, whose `reason` says why there is no answer; an answer of any status is none
   */
  async fetch(address: string | URL, outgo: OutgoingRequest = {}): Promise<Answer> {
    const deadline = new AbortController()
    const within = outgo.within ?? DEFAULTS.within
    const timer = setTimeout(
      () => deadline.abort(new OutgoingError('timeout', `no whole answer within ${within} ms`)),
      within,
    )
    const stop = () => deadline.abort(new OutgoingError('stopped', 'the caller wants no answer any more'))
    if (outgo.signal?.aborted) stop()
    outgo.signal?.addEventListener('abort', stop, { once: true })
    const end = () => {
      clearTimeout(timer)
      outgo.signal?.removeEventListener('abort', stop)
    }
    try {
      return await this.#follow(parse(address), outgo, deadline.signal, end)
    } catch (error) {
      end()
      throw OutgoingError.of(error)
    }
  }

  async #follow(first: URL, outgo: OutgoingRequest, signal: AbortSignal, end: () => void): Promise<Answer> {
    const hops: Hop[] = []
    let url = first
    let asked = outgo
    for (;;) {
      const client = await this.#connect(url, asked, signal)
      const answer = await this.#ask(client, url, asked, signal)
      const headers = flat(answer.headers)
      const next = target(answer.statusCode, headers['location'], url)
      if (!next) {
        // What HEAD announces does not come.
        const maxBytes = asked.method === 'HEAD' ? Infinity : (outgo.maxBytes ?? DEFAULTS.maxBytes)
        const release = () => (end(), void client.destroy())
        return new Answer({ url, status: answer.statusCode, headers, hops, body: answer.body, maxBytes, release })
      }
      answer.body.on('error', () => {}).destroy()
      void client.destroy()
      hops.push({ url: url.href, status: answer.statusCode })
      if (hops.length > (outgo.maxRedirects ?? DEFAULTS.maxRedirects))
        throw new OutgoingError('too-many-redirects', `${first.host} leads on and on`)
      asked = redirected(asked, answer.statusCode, next.origin === url.origin)
      url = next
    }
  }

  /** A connection of its own for each question: nothing that was checked before is trusted now. */
  async #connect(
    url: URL,
    { mayUseHighPorts = false, isOwnRefused = false }: OutgoingRequest,
    signal: AbortSignal,
  ): Promise<Client> {
    check(url, mayUseHighPorts)
    if (isOwnRefused && this.#addresses.named(url.hostname))
      throw new OutgoingError('own-host', `${url.hostname} is one of ours`)
    const addresses = await this.#publicAddresses(url.hostname, signal)
    // The time that runs is that of the signal; undici's own limits only have to be longer.
    return new Client(url.origin, {
      connect: connectorTo(addresses, this.#network, signal),
      pipelining: 0,
      allowH2: false,
      maxHeaderSize: HEADERS_LIMIT,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  async #publicAddresses(hostname: string, signal: AbortSignal): Promise<string[]> {
    const literal = hostname.replace(/^\[|\]$/g, '')
    const isLiteral = literal !== hostname || /^[\d.]+$/.test(hostname)
    const found = isLiteral ? [literal] : await this.#resolve(hostname, signal)
    const addresses = found.map(publicAddress).filter((one) => one !== undefined)
    if (addresses.length === 0) throw new OutgoingError('private-address', `${hostname} is not on the public internet`)
    return addresses
  }

  async #resolve(hostname: string, signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted()
    const { promise: over, reject } = Promise.withResolvers<never>()
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([this.#network.resolve(hostname), over])
    } catch (error) {
      const known = OutgoingError.of(error)
      throw known.reason === 'bad-answer' ? new OutgoingError('dns', known.message, error) : known
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #ask(
    client: Client,
    url: URL,
    { method = 'GET', headers = {}, body }: OutgoingRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const sent = Object.entries(headers).filter(([name]) => !NEVER_SENT.includes(name.toLowerCase()))
    try {
      return await client.request({
        method,
        path: url.pathname + url.search,
        headers: {
          accept: '*/*',
          ...Object.fromEntries(sent),
          'user-agent': this.#userAgent,
          'accept-encoding': 'identity',
        },
        body: body ?? null,
        signal,
      })
    } catch (error) {
      void client.destroy()
      throw error
    }
  }
}

function parse(address: string | URL): URL {
  if (!URL.canParse(address)) throw new OutgoingError('address', 'that is no address')
  return new URL(address)
}

/** @throws OutgoingError when the address alone shows that it must not be asked */
function check({ protocol, port, username, password, host }: URL, mayUseHighPorts: boolean): void {
  if (protocol !== 'http:' && protocol !== 'https:') throw new OutgoingError('scheme', `${protocol} is not of the web`)
  if (username || password) throw new OutgoingError('credentials', `the address of ${host} has credentials in it`)
  const isUsual = port === '' || port === '80' || port === '443'
  if (!isUsual && !(mayUseHighPorts && Number(port) >= 1024))
    throw new OutgoingError('port', `port ${port} is not for us to ask`)
}

/** Where an answer leads; undefined when it is the answer itself. */
function target(status: number, location: string | undefined, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined
  // Headers are read byte by byte; those who write more than ASCII into one mean UTF-8.
  const meant = Buffer.from(location, 'latin1').toString()
  if (!URL.canParse(meant, from)) throw new OutgoingError('address', `${from.host} leads to what is no address`)
  return new URL(meant, from)
}

/** How the next address is asked: 303, and POST after 301 or 302, become GET (RFC 9110, 15.4). */
function redirected(
  { headers = {}, ...outgo }: OutgoingRequest,
  status: number,
  isSameOrigin: boolean,
): OutgoingRequest {
  const kept = isSameOrigin
    ? headers
    : Object.fromEntries(Object.entries(headers).filter(([name]) => SENT_ON.includes(name.toLowerCase())))
  const becomesGet = (status === 303 && outgo.method !== 'HEAD') || (status < 303 && outgo.method === 'POST')
  if (!becomesGet) return { ...outgo, headers: kept }
  const { body: _, ...rest } = outgo
  return {
    ...rest,
    method: 'GET',
    headers: Object.fromEntries(Object.entries(kept).filter(([name]) => name.toLowerCase() !== 'content-type')),
  }
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')]],
    ),
  )
}
