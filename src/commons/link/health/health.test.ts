import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { TestNetwork } from '../../../../tests/network.ts'
import type { LinkTables } from '../tables.ts'
import { HealthCheck } from './health-check.ts'
import { link } from '../service.ts'

let it: TestInstance
let network: TestNetwork
let server: Server
let asked: { method: string; host: string; path: string; agent: string; at: number }[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({
      method: request.method ?? '',
      host: request.headers.host ?? '',
      path: request.url ?? '',
      agent: request.headers['user-agent'] ?? '',
      at: Date.now(),
    })
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  network = new TestNetwork()
  for (let host = 1; host < 10; host++) network.serve(`site${host}.example`, port, `93.184.215.${host}`)
  it = await openTestInstance({ services: [link], network })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  server.closeAllConnections()
  server.close()
})
beforeEach(async () => {
  asked = []
  answer = (_, response) => void response.end('ok')
  await pool().query('delete from link.link')
})

const pool = () => it.instance.platform.database.pool
const plant = (slug: string, url: string, more = '') =>
  pool().query(
    `insert into link.link (slug, url, host, created_at) values ($1, $2, $3, now() - interval '1 year')${more}`,
    [slug, url, new URL(url).hostname],
  )
const health = async (slug: string) =>
  (
    await pool().query('select health, health_code as code, health_fails as fails from link.link where slug = $1', [
      slug,
    ])
  ).rows[0]
const daysUntilNext = async (slug: string) =>
  Number(
    (
      await pool().query(
        `select extract(epoch from next_check_at - now()) / 86400 as days from link.link where slug = $1`,
        [slug],
      )
    ).rows[0].days,
  )

/** Sweeps once, without the pause between rounds unless that is what a test is about. */
async function sweep(options: { pause?: number } = { pause: 0 }): Promise<number> {
  const one = new HealthCheck(it.instance.platform.database.schema<LinkTables>('link'), it.instance.platform.outgoing)
  return one.run({ signal: new AbortController().signal }, options)
}

/** Lets time pass for a link: everything that is dated was so many days ago. */
const later = (slug: string, days: number) =>
  pool().query(
    `update link.link set next_check_at = now(), failing_since = failing_since - $2 * interval '1 day' where slug = $1`,
    [slug, days],
  )

describe('a page', () => {
  test('that answers is alive, and looked at again in a month', async () => {
    await plant('a', 'http://site1.example/page')
    expect(await sweep()).toBe(1)
    expect(await health('a')).toEqual({ health: 'alive', code: 200, fails: 0 })
    expect(asked).toEqual([
      expect.objectContaining({
        method: 'HEAD',
        path: '/page',
        agent: expect.stringMatching(/^Bagad\/[\d.]+ \(\+http/),
      }),
    ])
    expect(await daysUntilNext('a')).toBeGreaterThan(29)
    expect(await sweep()).toBe(0)
  })

  test.each([
    ['wants a sign-in', 401],
    ['wants no programs', 403],
    ['is asked too often', 429],
  ])('that %s is there, but closed to us', async (_, status) => {
    answer = (_request, response) => void response.writeHead(status).end()
    await plant('a', 'http://site1.example/')
    await sweep()
    expect(await health('a')).toMatchObject({ health: 'blocked', code: status })
  })

  test('whose server does not know HEAD is asked for its first bytes', async () => {
    answer = ({ method }, response) =>
      void response.writeHead(method === 'HEAD' ? 405 : 206).end(method === 'HEAD' ? undefined : 'beginning')
    await plant('a', 'http://site1.example/')
    await sweep()
    expect(await health('a')).toMatchObject({ health: 'alive', code: 206 })
    expect(asked.map(({ method }) => method)).toEqual(['HEAD', 'GET'])
  })

  test.each([404, 410, 500])(
    'that answers %i counts as dead only after three failures over seven days',
    async (status) => {
      answer = (_, response) => void response.writeHead(status).end()
      await plant('a', 'http://site1.example/')
      await sweep()
      expect(await health('a')).toMatchObject({ health: 'unknown', fails: 1 })
      expect(await daysUntilNext('a')).toBeCloseTo(3.5, 1)
      await later('a', 3.6)
      await sweep()
      expect(await health('a')).toMatchObject({ health: 'unknown', fails: 2 })
      await later('a', 3.6)
      await sweep()
      expect(await health('a')).toMatchObject({ health: 'dead', code: status, fails: 3 })
      answer = (_, response) => void response.end()
      await later('a', 30)
      await sweep()
      expect(await health('a')).toMatchObject({ health: 'alive', fails: 0 })
    },
  )

  test('whose name is gone, or whose server refuses, fails as well', async () => {
    await plant('gone', 'http://gone.example/')
    await plant('refused', 'http://refused.example/')
    network.name('refused.example', ['93.184.215.99'])
    await sweep()
    expect(await health('gone')).toEqual({ health: 'unknown', code: null, fails: 1 })
    expect(await health('refused')).toEqual({ health: 'unknown', code: null, fails: 1 })
  })

  test.each([
    ['leads to the front page', 'http://site1.example/article/12', 'http://site1.example/'],
    ['leads to a page that says so', 'http://site1.example/x', '/errors/404.html'],
  ])('that %s instead of being there is soft', async (_, url, location) => {
    answer = (request, response) =>
      request.url === new URL(url).pathname ? void response.writeHead(302, { location }).end() : void response.end()
    await plant('a', url)
    await sweep()
    expect(await health('a')).toMatchObject({ health: 'soft404' })
  })
})

describe('a look is bounded', () => {
  test('a private address is never asked: neither at once, nor after a redirect, nor when the name changes', async () => {
    network.name('inside.example', ['10.0.0.1'])
    network.name('changing.example', ['93.184.215.1'], ['127.0.0.1'])
    answer = (request, response) =>
      request.headers.host?.startsWith('site2')
        ? void response.writeHead(302, { location: 'http://127.0.0.1:80/admin' }).end()
        : void response.writeHead(405).end()
    await plant('inside', 'http://inside.example/')
    await plant('number', 'http://169.254.169.254/latest/meta-data')
    await plant('leads', 'http://site2.example/')
    await plant('changing', 'http://changing.example/')
    await sweep()
    for (const slug of ['inside', 'number', 'leads', 'changing'])
      expect(await health(slug), slug).toMatchObject({ health: 'blocked', code: null })
    expect(network.dialled.filter((dialled) => !dialled.startsWith('93.184.215.'))).toEqual([])
  })

  test('a redirect loop, an endless and a huge page end', async () => {
    answer = (request, response) => {
      if (request.headers.host?.startsWith('site1')) response.writeHead(302, { location: '/again' }).end()
      else if (request.method === 'HEAD') response.writeHead(405).end()
      else response.write('x'.repeat(200_000))
    }
    await plant('loop', 'http://site1.example/')
    await plant('endless', 'http://site2.example/')
    await sweep()
    expect(await health('loop')).toMatchObject({ health: 'unknown', fails: 1 })
    expect(await health('endless')).toMatchObject({ health: 'alive' })
  })

  test('one host is asked once in two seconds, however many links lead there', async () => {
    for (const index of [1, 2, 3]) await plant(`a${index}`, `http://site1.example/${index}`)
    await plant('b', 'http://site2.example/')
    expect(await sweep({})).toBe(4)
    const times = asked.filter(({ host }) => host === 'site1.example').map(({ at }) => at)
    expect(times).toHaveLength(3)
    for (let index = 1; index < 3; index++) expect((times[index] ?? 0) - (times[index - 1] ?? 0)).toBeGreaterThan(1900)
  })

  test('a host that asks for patience gets it for all of its links', async () => {
    answer = (_, response) => void response.writeHead(429, { 'retry-after': '7200' }).end()
    for (const index of [1, 2, 3]) await plant(`a${index}`, `http://site1.example/${index}`)
    expect(await sweep()).toBe(1)
    expect(asked).toHaveLength(1)
    const { rows } = await pool().query(
      `select count(*)::int from link.link where next_check_at > now() + interval '1 hour 50 minutes'`,
    )
    expect(rows).toEqual([{ count: 3 }])
  })

  test('a sweep that was killed leaves its links for the next one', async () => {
    await plant('a', 'http://site1.example/')
    await pool().query(`update link.link set next_check_at = now() + interval '10 minutes'`)
    expect(await sweep()).toBe(0)
    await pool().query(`update link.link set next_check_at = now() - interval '1 second'`)
    expect(await sweep()).toBe(1)
  })

  test('what does not lead anywhere is not looked at', async () => {
    await plant('a', 'http://site1.example/')
    await pool().query(`update link.link set state = 'removed'`)
    expect(await sweep()).toBe(0)
  })
})

test('people are told of a page that has been dead for long, and may go all the same; programs are led on', async () => {
  await plant('a', 'http://site1.example/')
  const visit = (headers = {}) => it.ask('link', '/a', { headers })
  expect((await visit(BROWSER)).status).toBe(302)
  answer = (_, response) => void response.writeHead(404).end()
  for (let round = 0; round < 3; round++) {
    await later('a', 3.6)
    await sweep()
  }
  await expect.poll(async () => (await visit(BROWSER)).status).toBe(200)
  const { text, headers } = await visit(BROWSER)
  expect(text).toContain('Cette page ne répond plus')
  expect(text).toContain('href="http://site1.example/"')
  expect(headers['cache-control']).toBe('no-store')
  expect((await visit()).headers.location).toBe('http://site1.example/')
  answer = (_, response) => void response.end()
  await later('a', 30)
  await sweep()
  await expect.poll(async () => (await visit(BROWSER)).status).toBe(302)
})

test('only links whose page answers count as active', async () => {
  await plant('alive', 'http://site1.example/')
  await plant('gone', 'http://gone.example/')
  await sweep()
  const figure = it.instance.running.get('link')?.figures?.find(({ id }) => id === 'link.active')
  expect(await figure?.sample()).toBe(1)
})
