import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { readHead } from './request-head.ts'
import { link } from '../../commons/link/service.ts'

const BROWSER_HEAD =
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: text/html,*/*;q=0.8\r\nCookie: a=b\r\n'

let it: TestInstance
let data: string

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'bagad-door-'))
  it = await openTestInstance({
    services: [link],
    env: { BAGAD_DATA: data, BAGAD_DEMO: 'on', BAGAD_ACCESS_LOG: 'true', BAGAD_TRUSTED_PROXIES: '127.0.0.1' },
  })
  // From their first visit on, a process knows where they lead.
  for (const slug of ['venir', 'bus']) await it.ask('link', `/${slug}`)
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})

const head = (path = '/venir', more = '', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nHost: link.localhost:${it.port}\r\n${BROWSER_HEAD}${more}\r\n`

/** A connection on which one says bytes and hears what comes back. */
class Talk implements Disposable {
  readonly #socket: Socket
  heard = ''
  isOver = false

  constructor(port = it.port) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay()
    this.#socket.on('data', (bytes: Buffer) => (this.heard += bytes.toString('latin1')))
    this.#socket.on('close', () => (this.isOver = true)).on('error', () => {})
  }

  say(bytes: string): void {
    this.#socket.write(bytes, 'latin1')
  }

  /** Says something, and gives the heads of so many answers to it. */
  async ask(bytes: string, answers = 1): Promise<string[]> {
    this.heard = ''
    this.say(bytes)
    const heads = () => this.heard.split(/(?=HTTP\/1\.1 \d{3} )/).filter((one) => one.includes('\r\n\r\n'))
    await until(`${answers} answers to ${bytes.slice(0, 60)}`, () => heads().length >= answers || this.isOver, 10_000)
    return heads().map((one) => one.slice(0, one.indexOf('\r\n\r\n')))
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

const statusOf = (answer: string | undefined) => Number(answer?.split(' ')[1])

/** The lines of an answer but those that tell of the connection and of now. */
const sameLines = (answer: string | undefined) =>
  (answer ?? '')
    .split('\r\n')
    .filter((line) => !/^(date|connection|keep-alive):/i.test(line))
    .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
    .toSorted()

describe('a plain request', () => {
  test('is answered as Node’s server would, byte for byte, to GET and to HEAD', async () => {
    for (const method of ['GET', 'HEAD']) {
      using quick = new Talk()
      using slow = new Talk()
      const [answer] = await quick.ask(head('/venir', '', method))
      const [other] = await slow.ask(head('/venir', 'Connection: close\r\n', method))
      expect(answer).toMatch(/^HTTP\/1\.1 302 Found\r\n/)
      expect(answer).toMatch(/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/)
      expect(sameLines(answer)).toEqual(sameLines(other))
    }
  })

  test('is counted, and noted with the address that the proxy tells', async () => {
    const clicks = async () =>
      (await it.instance.platform.database.pool.query(`select clicks::int from link.link where slug = 'chatons'`))
        .rows[0].clicks
    const lines = () =>
      readdirSync(join(data, 'log')).flatMap((name) =>
        readFileSync(join(data, 'log', name), 'utf8')
          .trimEnd()
          .split('\n'),
      )
    const before = await clicks()
    using talk = new Talk()
    for (let visit = 0; visit < 20; visit++)
      expect(statusOf((await talk.ask(head('/chatons', 'X-Forwarded-For: 203.0.113.9\r\n')))[0])).toBe(302)
    await until('the visits are written', async () => (await clicks()) === before + 20)
    await until('they are noted', () => lines().filter((line) => line.includes('"from":"203.0.113.0"')).length === 20)
    expect(JSON.parse(lines().findLast((line) => line.includes('203.0.113.0')) ?? '')).toMatchObject({
      service: 'link',
      route: '/:slug',
      status: 302,
    })
    expect((await it.instance.platform.metrics.told()).text).toMatch(
      /http_requests_total\{service="link",method="GET",route="\/:slug",status="3xx"\} \d/,
    )
  })
})

describe('a connection', () => {
  test('may go on in any way: plain, then anything else, then plain again', async () => {
    using talk = new Talk()
    const asked = [
      head(),
      head(),
      head('/venir+'),
      head('/nothing-there'),
      head(),
      head('/api/v1/links/free?slug=x'),
      head(),
    ]
    const answers: number[] = []
    for (const one of asked) answers.push(statusOf((await talk.ask(one))[0]))
    expect(answers).toEqual([302, 302, 200, 404, 302, 200, 302])
  })

  test('may say a request in pieces, several at once, or one with a body', async () => {
    using pieces = new Talk()
    pieces.say(head().slice(0, 30))
    await sleep(50)
    expect(statusOf((await pieces.ask(head().slice(30)))[0])).toBe(302)
    using many = new Talk()
    await many.ask(head())
    expect((await many.ask(head('/venir') + head('/bus') + head('/nothing-there'), 3)).map(statusOf)).toEqual([
      302, 302, 404,
    ])
    using body = new Talk()
    await body.ask(head())
    const form = 'lsturl=www.openstreetmap.org'
    const [made] = await body.ask(
      head('/a', `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n`, 'POST') +
        form,
    )
    expect(statusOf(made)).toBe(303)
  })

  test('that says what is no request, or smuggles one, is told so by Node’s server', async () => {
    for (const bytes of [
      'GET /venir HTTP/1.1\r\n\r\n',
      `GET /venir HTTP/1.1\r\nHost : link.localhost\r\n\r\n`,
      `GET /venir HTTP/1.1\r\nHost: link.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `GET /venir HTTP/1.1\r\nHost: link.localhost\nX: y\r\n\r\n`,
      `GET /venir HTTP/1.1\r\nHost: link.localhost\r\nX: \u0001\r\n\r\n`,
    ]) {
      using talk = new Talk()
      expect(statusOf((await talk.ask(bytes))[0]), bytes).toBe(400)
    }
  })

  test('that waits for nothing does not keep the server from stopping', async () => {
    const other = await openTestInstance({ services: [link], env: { BAGAD_DEMO: 'on' } })
    using talk = new Talk(other.port)
    using silent = new Talk(other.port)
    await talk.ask(head())
    const began = Date.now()
    await other[Symbol.asyncDispose]()
    expect(Date.now() - began).toBeLessThan(8000)
    await until('both are closed', () => talk.isOver && silent.isOver)
  })
})

describe('what the door understands', () => {
  let server: Server
  let port: number
  /** What Node's own server understands of bytes; nothing when it refuses them. */
  function understoodOf(
    bytes: string,
  ): Promise<{ method?: string | undefined; url?: string | undefined; headers?: IncomingHttpHeaders }> {
    return new Promise((resolve) => {
      server.removeAllListeners('request').once('request', ({ method, url, headers }, response) => {
        response.end(() => socket.destroy())
        resolve({ method, url, headers })
      })
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
      socket.on('close', () => resolve({})).on('error', () => {}).resume() // prettier-ignore
    })
  }

  beforeAll(async () => {
    server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const text = fc.stringMatching(/^[\t -~\u0080-\u00ff]{0,12}$/)
  const odd = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    '',
    '\u00e9',
    'HTTP/1.0',
    '\r\n ',
    '\r\n\r\n',
    '%',
    '?',
    '#',
    '//',
  )
  /** Mostly the usual, now and then something else. */
  const mostly = (usual: string, ...others: string[]) =>
    fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
  const usualName = fc.constantFrom('accept', 'User-Agent', 'X-Forwarded-For', 'X-Y', 'Cookie')
  const oddName = fc.constantFrom('Host', 'Connection', 'Content-Length', 'Transfer-Encoding', 'TE', 'x y', '')
  const name = fc.oneof({ weight: 4, arbitrary: usualName }, { weight: 1, arbitrary: oddName })
  const value = fc.oneof(fc.constantFrom('link.localhost', 'keep-alive', 'close', '0', 'chunked', 'upgrade', 'a'), text)
  const line = fc.tuple(name, mostly(': ', ':', ' : ', ':\t', ''), value).map((parts) => parts.join(''))
  const request = fc
    .tuple(
      mostly('GET', 'HEAD', 'POST', 'get', 'GET '),
      mostly('/venir', '/a.b-c~d_e', '/', '/a/b', '/%41', '*', 'http://x/'),
      mostly('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'http/1.1'),
      fc.array(line, { maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(200), odd), { maxLength: 1 }),
    )
    .map(([method, path, version, lines, damages]) => {
      let whole = `${method} ${path} ${version}\r\nHost: link.localhost\r\n${lines.map((one) => `${one}\r\n`).join('')}\r\n`
      for (const [at, what] of damages)
        whole = whole.slice(0, at % whole.length) + what + whole.slice(at % whole.length)
      return whole
    })

  test('of whatever bytes, Node’s server understands in the same way', { timeout: 60_000 }, async () => {
    let known = 0
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        const read = readHead(Buffer.from(bytes, 'latin1'))
        if (!read) return
        known++
        const { method, url, headers } = await understoodOf(bytes)
        expect({ method, url, headers: { ...headers, ...read.headers } }).toEqual({ ...read, headers })
      }),
      { numRuns: 2000 },
    )
    expect(known).toBeGreaterThan(200)
  })
})
