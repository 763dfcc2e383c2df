import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emptyFolder, openTestInstance, testConfig } from '../../../tests/instance.ts'
import { TestNetwork } from '../../../tests/network.ts'
import { Addresses } from '../addresses.ts'
import { services } from '../../services.ts'
import { internet } from './network.ts'
import { Outgoing, type OutgoingRequest } from './outgoing.ts'

const LOCAL = '127.0.0.1'

let network: TestNetwork
let outgoing: Outgoing
let requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
let server: Server
let answer: RequestListener
let closing: (() => void)[]

/** Resolves with the port. */
function listen(one: NetServer): Promise<number> {
  closing.push(() => one.close())
  return new Promise((resolve) => {
    one.listen(0, LOCAL, () => {
      const address = one.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

function outgoingOf(
  env: Record<string, string> = {},
  network: ConstructorParameters<typeof Outgoing>[0]['network'] = internet,
): Outgoing {
  return new Outgoing({
    addresses: new Addresses(testConfig(env).config, services, 8080),
    network,
    email: 'contact@asso.example',
  })
}

beforeEach(async () => {
  closing = []
  requests = []
  answer = (_, response) => void response.end('hello')
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      answer(request, response)
    })
  })
  network = new TestNetwork().serve('alive.example', await listen(server))
  outgoing = outgoingOf({}, network)
})
afterEach(() => {
  server.closeAllConnections()
  for (const close of closing) close()
})

const bodyOf = async (address: string, outgo?: OutgoingRequest) => (await outgoing.fetch(address, outgo)).text()
const reasonOf = (address: string, outgo?: OutgoingRequest) =>
  bodyOf(address, outgo).then(
    () => 'an answer',
    (error: { name?: string; reason?: string }) => (error.name === 'OutgoingError' ? error.reason : error),
  )
const redirectTo =
  (location: string, status = 302) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { location: Buffer.from(location).toString('latin1') }).end()

describe('an address of the public internet', () => {
  test('answers, with its status, its headers and its body', async () => {
    answer = (_, response) =>
      void response
        .writeHead(404, { 'content-type': 'text/plain; charset=iso-8859-1', 'x-one': 'two' })
        .end(Buffer.from([0xe9]))
    using got = await outgoing.fetch('http://alive.example/a?b=c#d')
    expect(got).toMatchObject({ status: 404, url: 'http://alive.example/a?b=c#d', hops: [] })
    expect(got.headers['x-one']).toBe('two')
    expect(await got.text()).toBe('é')
    expect(requests[0]?.url).toBe('/a?b=c')
    expect(network.dialled).toEqual(['93.184.215.14 80'])
  })

  test('learns who asks, and whom to write to', async () => {
    await bodyOf('http://alive.example/')
    expect(requests[0]?.headers['user-agent']).toMatch(
      /^Bagad\/\d+\.\d+\.\d+ \(\+http:\/\/localhost:8080\/mentions-legales; contact@asso\.example\)$/,
    )
  })

  test('never learns credentials or cookies, not even those of a careless caller', async () => {
    const headers = {
      Authorization: 'Bearer x',
      cookie: 'a=b',
      'Proxy-Authorization': 'Basic x',
      Host: 'other.example',
      'x-kept': 'yes',
      'accept-encoding': 'gzip',
    }
    await bodyOf('http://alive.example/', { headers })
    expect(requests[0]?.headers).toMatchObject({
      host: 'alive.example',
      'x-kept': 'yes',
      'accept-encoding': 'identity',
    })
    for (const name of ['authorization', 'cookie', 'proxy-authorization'])
      expect(requests[0]?.headers).not.toHaveProperty(name)
  })

  test('can be asked for its headers alone, for a part, or be given something', async () => {
    answer = (request, response) =>
      void response
        .writeHead(request.headers.range ? 206 : 200, { 'content-length': 10 })
        .end(request.method === 'HEAD' ? '' : '0123456789')
    using head = await outgoing.fetch('http://alive.example/', { method: 'HEAD', maxBytes: 1 })
    expect([head.status, head.headers['content-length'], await head.text()]).toEqual([200, '10', ''])
    using part = await outgoing.fetch('http://alive.example/', { headers: { range: 'bytes=0-9' } })
    expect([part.status, await part.text()]).toEqual([206, '0123456789'])
    await bodyOf('http://alive.example/', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(requests.at(-1)).toMatchObject({
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'content-length': '2' },
    })
  })

  test('of several addresses, the first that takes the call is the one', async () => {
    network.name('alive.example', ['93.184.216.1', '93.184.215.14'])
    expect(await bodyOf('http://alive.example/')).toBe('hello')
    expect(network.dialled).toEqual(['93.184.216.1 80', '93.184.215.14 80'])
  })
})

describe('what is not on the public internet is never dialled', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://１２７.０.０.１/',
    'http://127。0。0。1/',
    'https://127.0.0.1/',
  ])('%s', async (address) => {
    expect(await reasonOf(address)).toBe('private-address')
    answer = redirectTo(address)
    expect(await reasonOf('http://alive.example/')).toBe('private-address')
    expect(network.dialled).toEqual(['93.184.215.14 80'])
  })

  test.each([
    [['127.0.0.1']],
    [['::1', 'fe80::1']],
    [['169.254.169.254']],
    [['::ffff:10.0.0.1']],
    [['fc00::1']],
    [['64:ff9b::a00:1']],
    [['not an address']],
  ])('a name that means %j', async (addresses) => {
    network.name('inside.example', addresses)
    expect(await reasonOf('http://inside.example/')).toBe('private-address')
    expect(network.dialled).toEqual([])
  })

  test('a name that means a public address and a private one is asked at the public one', async () => {
    network.name('both.example', ['10.0.0.1', '93.184.215.14', '::1'])
    expect(await bodyOf('http://both.example/')).toBe('hello')
    expect(network.dialled).toEqual(['93.184.215.14 80'])
  })

  test('a name that changes its mind is asked where it was checked, and refused the next time', async () => {
    network.name('rebinding.example', ['93.184.215.14'], ['127.0.0.1'])
    expect(await bodyOf('http://rebinding.example/')).toBe('hello')
    expect(network.asked).toEqual(['rebinding.example'])
    expect(await reasonOf('http://rebinding.example/')).toBe('private-address')
  })

  test('also when it changes its mind between a redirect and the next request', async () => {
    network.name('rebinding.example', ['93.184.215.14'], ['127.0.0.1'])
    answer = redirectTo('/again')
    expect(await reasonOf('http://rebinding.example/')).toBe('private-address')
    expect(requests).toHaveLength(1)
  })

  test('this machine’s own name is unknown to the name servers', async () => {
    expect(await reasonOf('http://localhost/')).toBe('no-such-host')
  })
})

describe('what is no address of the web', () => {
  test.each([
    ['no address', 'address'],
    ['http://', 'address'],
    ['http://256.1.1.1/', 'address'],
    ['ftp://alive.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['gopher://alive.example/', 'scheme'],
    ['http://user@alive.example/', 'credentials'],
    ['http://user:secret@alive.example/', 'credentials'],
    ['http://alive.example:22/', 'port'],
    ['http://alive.example:8080/', 'port'],
    ['https://alive.example:25/', 'port'],
  ])('%s', async (address, reason) => {
    expect(await reasonOf(address)).toBe(reason)
    expect(network.asked).toEqual([])
  })

  test('is refused as a redirect too', async () => {
    for (const [location, reason] of [
      ['file:///etc/passwd', 'scheme'],
      ['http://user:secret@alive.example/', 'credentials'],
      ['http://alive.example:22/', 'port'],
      ['http://[', 'address'],
    ] as const) {
      answer = redirectTo(location)
      expect(await reasonOf('http://alive.example/')).toBe(reason)
    }
  })

  test('high ports are for those who ask for them, and low ones for nobody', async () => {
    expect(await bodyOf('http://alive.example:8080/', { mayUseHighPorts: true })).toBe('hello')
    expect(network.dialled).toEqual(['93.184.215.14 8080'])
    expect(await bodyOf('http://alive.example:443/')).toBe('hello')
    for (const port of [22, 25, 1023])
      expect(await reasonOf(`http://alive.example:${port}/`, { mayUseHighPorts: true })).toBe('port')
  })
})

test('our own hosts are refused to those who say so, also behind a redirect', async () => {
  const ours = outgoingOf({ BAGAD_DOMAIN: 'asso.example' }, network)
  network.name('link.asso.example', ['93.184.215.14']).name('asso.example', ['93.184.215.14'])
  for (const host of ['link.asso.example', 'asso.example', 'LINK.asso.example.'])
    await expect(ours.fetch(`http://${host}/`, { isOwnRefused: true })).rejects.toMatchObject({ reason: 'own-host' })
  answer = redirectTo('http://link.asso.example/')
  await expect(ours.fetch('http://alive.example/', { isOwnRefused: true })).rejects.toMatchObject({
    reason: 'own-host',
  })
  answer = (_, response) => void response.end('ours')
  expect(await (await ours.fetch('http://link.asso.example/')).text()).toBe('ours')
})

describe('redirects', () => {
  test('are followed, three of them, and told', async () => {
    answer = (request, response) =>
      request.url === '/3'
        ? void response.end('there')
        : redirectTo(`/${Number(request.url?.slice(1)) + 1}`, 301)(request, response)
    using got = await outgoing.fetch('http://alive.example/0')
    expect([await got.text(), got.url]).toEqual(['there', 'http://alive.example/3'])
    expect(got.hops).toEqual(['0', '1', '2'].map((path) => ({ url: `http://alive.example/${path}`, status: 301 })))
  })

  test('that go round, or one too many, are given up', async () => {
    answer = redirectTo('/')
    expect(await reasonOf('http://alive.example/')).toBe('too-many-redirects')
    expect(requests).toHaveLength(4)
    expect(await reasonOf('http://alive.example/', { maxRedirects: 0 })).toBe('too-many-redirects')
  })

  test('without a place to go to are answers', async () => {
    answer = (_, response) => void response.writeHead(302).end('nowhere')
    expect(await bodyOf('http://alive.example/')).toBe('nowhere')
  })

  test('to another origin carry nothing that may be meant for the first one alone', async () => {
    network.name('other.example', ['93.184.215.14'])
    answer = (request, response) =>
      request.headers.host === 'other.example'
        ? void response.end('there')
        : redirectTo('http://other.example/')(request, response)
    await bodyOf('http://alive.example/', { headers: { 'x-api-key': 'secret', accept: 'text/html' } })
    expect(requests[1]?.headers).toMatchObject({ accept: 'text/html' })
    expect(requests[1]?.headers).not.toHaveProperty('x-api-key')
  })

  test.each([
    [303, 'GET', ''],
    [301, 'GET', ''],
    [307, 'POST', 'given'],
    [308, 'POST', 'given'],
  ])('%i after POST is asked with %s', async (status, method, body) => {
    answer = (request, response) =>
      request.url === '/there' ? void response.end() : redirectTo('/there', status)(request, response)
    await bodyOf('http://alive.example/', { method: 'POST', body: 'given' })
    expect(requests[1]).toMatchObject({ method, body })
  })
})

describe('time and size have bounds', () => {
  const soon = { within: 400 }

  test('a server that never answers', async () => {
    answer = () => {}
    expect(await reasonOf('http://alive.example/', soon)).toBe('timeout')
  })

  test('a server that drips its headers, or its body', async () => {
    const dripping = createTcpServer((socket: Socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\n')
      const drip = setInterval(() => socket.write('x-slow: yes\r\n'), 20)
      socket.on('close', () => clearInterval(drip))
      closing.push(() => socket.destroy())
    })
    network.serve('slow.example', await listen(dripping), '93.184.215.20')
    expect(await reasonOf('http://slow.example/', soon)).toBe('timeout')
    answer = (_, response) => {
      const drip = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(drip))
    }
    expect(await reasonOf('http://alive.example/', soon)).toBe('timeout')
  })

  test('a name server that never answers', async () => {
    const never = outgoingOf({}, { resolve: () => new Promise(() => {}), dial: (host, port) => ({ host, port }) })
    await expect(never.fetch('http://alive.example/', soon)).rejects.toMatchObject({ reason: 'timeout' })
  })

  test('a body without end, announced or not, encoded or not', async () => {
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) continue
      }
      response.on('drain', more)
      more()
    }
    expect(await reasonOf('http://alive.example/')).toBe('too-large')
    answer = (_, response) => response.writeHead(200, { 'content-length': 5_000_001 }).flushHeaders()
    expect(await reasonOf('http://alive.example/', { within: 5000 })).toBe('too-large')
    answer = (_, response) => void response.end('x'.repeat(101))
    expect(await reasonOf('http://alive.example/', { maxBytes: 100 })).toBe('too-large')
    expect(await bodyOf('http://alive.example/', { maxBytes: 101 })).toHaveLength(101)
  })

  test('a bomb: few bytes that decode to many', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    expect(bomb.length).toBeLessThan(100_000)
    answer = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    expect(await reasonOf('http://alive.example/', { within: 60_000 })).toBe('too-large')
    answer = (_, response) =>
      void response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.alloc(50_000_000)))
    expect(await reasonOf('http://alive.example/', { within: 60_000 })).toBe('too-large')
  })

  test('headers without end', async () => {
    answer = (_, response) => void response.writeHead(200, { 'x-long': 'x'.repeat(50_000) }).end()
    expect(await reasonOf('http://alive.example/')).toBe('too-large')
  })

  test('the caller’s own signal', async () => {
    answer = () => {}
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    expect(await reasonOf('http://alive.example/', { signal: stop.signal })).toBe('stopped')
    expect(await reasonOf('http://alive.example/', { signal: stop.signal })).toBe('stopped')
  })

  test('a body that nobody reads is let go when the time is over', async () => {
    let isClosed = false
    answer = (_, response) => {
      response.write('some')
      response.on('close', () => (isClosed = true))
    }
    await outgoing.fetch('http://alive.example/', soon)
    await expect.poll(() => isClosed).toBe(true)
  })

  test('a body that is refused is let go at once', async () => {
    let isClosed = false
    answer = (_, response) => {
      response.write('some')
      response.on('close', () => (isClosed = true))
    }
    const got = await outgoing.fetch('http://alive.example/')
    got.refuse()
    await expect.poll(() => isClosed, { timeout: 1000 }).toBe(true)
  })
})

describe('what goes wrong has a reason', () => {
  test('a name that nobody has', async () => {
    expect(await reasonOf('http://nobody.example/')).toBe('no-such-host')
  })

  test('a host that nobody answers on', async () => {
    network.name('away.example', ['93.184.216.1'])
    expect(await reasonOf('http://away.example/')).toBe('refused')
  })

  test('a connection that is cut before the answer, or within it', async () => {
    answer = (request) => request.socket.resetAndDestroy()
    expect(await reasonOf('http://alive.example/')).toBe('reset')
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half')
      setTimeout(() => request.socket.destroy(), 50)
    }
    expect(await reasonOf('http://alive.example/')).toBe('reset')
  })

  test('what is not HTTP', async () => {
    const ssh = createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.9\r\n'))
    network.serve('ssh.example', await listen(ssh), '93.184.215.21')
    expect(await reasonOf('http://ssh.example/')).toBe('bad-answer')
  })

  test('a body that is not encoded as it says', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain')
    expect(await reasonOf('http://alive.example/')).toBe('bad-answer')
    answer = (_, response) => void response.writeHead(200, { 'content-encoding': 'secret' }).end('plain')
    expect(await reasonOf('http://alive.example/')).toBe('bad-answer')
  })

  test('what is encoded although we ask for plain is read all the same', async () => {
    for (const [encoding, bytes] of [
      ['gzip', gzipSync('hello')],
      ['br', brotliCompressSync('hello')],
      ['zstd', zstdCompressSync('hello')],
    ] as const) {
      answer = (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
      expect(await bodyOf('http://alive.example/')).toBe('hello')
    }
  })
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!hasOpenssl)('over https', () => {
  beforeEach(async () => {
    const folder = emptyFolder()
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const names = 'subjectAltName=DNS:secure.example,IP:93.184.215.15'
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      '-addext',
      names,
      '-keyout',
      key,
      '-out',
      certificate,
    ])
    const files = { key: readFileSync(key), cert: readFileSync(certificate) }
    const usual = getCACertificates('default')
    setDefaultCACertificates([...usual, files.cert.toString()])
    closing.push(() => setDefaultCACertificates(usual))
    const secure = createSecureServer(files, (_, response) => void response.end('secure'))
    closing.push(() => secure.closeAllConnections())
    const port = await listen(secure)
    network
      .serve('secure.example', port, '93.184.215.15')
      .serve('secure.example.', port, '93.184.215.15')
      .serve('other.example', port, '93.184.215.15')
  })

  test('a certificate of that name, or of that address, is good', async () => {
    expect(await bodyOf('https://secure.example/')).toBe('secure')
    expect(await bodyOf('https://secure.example./')).toBe('secure')
    expect(await bodyOf('https://93.184.215.15/')).toBe('secure')
    expect(network.dialled).toEqual(['93.184.215.15 443', '93.184.215.15 443', '93.184.215.15 443'])
  })

  test('another one is not, nor is one that nobody vouches for, nor a server that does not speak TLS', async () => {
    expect(await reasonOf('https://other.example/')).toBe('tls')
    expect(await reasonOf('https://alive.example/')).toBe('tls')
    setDefaultCACertificates([])
    expect(await reasonOf('https://secure.example/')).toBe('tls')
  })
})

test('the real name servers are asked, and bounded in time', async () => {
  const real = outgoingOf()
  const began = Date.now()
  await expect(real.fetch('http://nobody.invalid/', { within: 3000 })).rejects.toMatchObject({
    reason: expect.stringMatching(/^(no-such-host|dns|timeout)$/),
  })
  expect(Date.now() - began).toBeLessThan(20_000)
})

test('services find it on the platform, over the network that the instance was opened with', async () => {
  await using it = await openTestInstance({ network })
  expect(await (await it.instance.platform.outgoing.fetch('http://alive.example/')).text()).toBe('hello')
})
