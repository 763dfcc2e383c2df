import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { AccessLog, shortened, type AccessLine } from './access-log.ts'
import { link } from '../../commons/link/service.ts'

const log = pino({ level: 'silent' })
const line: AccessLine = {
  service: 'link',
  method: 'GET',
  route: '/:slug',
  status: 302,
  bytes: 410,
  milliseconds: 1.234,
  address: '192.0.2.77',
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bagad-access-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Lines that are whole: one may be about to be written. */
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text))

/** Every line that an instance on these data has written. */
const written = (data: string) => {
  const logs = join(data, 'log')
  return existsSync(logs) ? readdirSync(logs).flatMap((name) => linesOf(join(logs, name))) : []
}

describe('a line', () => {
  test('says what was answered, in UTC, and nothing of the client', async () => {
    const accessLog = await AccessLog.open({ folder, log, now: () => Date.parse('2026-03-01T23:30:00.123Z') })
    accessLog.note({ ...line, route: '/é/𝄞/"', status: 500, request: 'ab12cd34' })
    await accessLog[Symbol.asyncDispose]()
    expect(linesOf(join(folder, 'access-2026-03-01.jsonl'))).toEqual([
      {
        at: '2026-03-01T23:30:00.123Z',
        service: 'link',
        method: 'GET',
        route: '/é/𝄞/"',
        status: 500,
        bytes: 410,
        ms: 1.2,
        from: '192.0.2.0',
        request: 'ab12cd34',
      },
    ])
    expect(statSync(join(folder, 'access-2026-03-01.jsonl')).mode & 0o777).toBe(0o600)
  })

  test('is in its file a second later', async () => {
    await using accessLog = await AccessLog.open({ folder, log })
    accessLog.note(line)
    await until('it is written', () => readdirSync(folder).flatMap((name) => linesOf(join(folder, name))).length > 0)
    expect(accessLog.lost).toBe(0)
  })

  test.each([
    ['192.0.2.77', '192.0.2.0'],
    ['::ffff:192.0.2.77', '192.0.2.0'],
    ['2001:db8:1234:5678::9', '2001:db8:1234::'],
    ['2001:db8::9', '2001:db8::'],
    ['::1', '::'],
    ['not an address', ''],
  ])('of %s comes from %s', (address, network) => expect(shortened(address)).toBe(network))
})

describe('the file', () => {
  test('of each day is kept 14 days, whatever else lies beside it', async () => {
    for (const name of ['access-2026-02-15.jsonl', 'access-2026-02-16.jsonl', 'access-2025-12-31.jsonl', 'notes.txt'])
      writeFileSync(join(folder, name), '{}\n')
    let now = Date.parse('2026-03-01T23:59:59Z')
    const accessLog = await AccessLog.open({ folder, log, now: () => now })
    accessLog.note(line)
    expect(readdirSync(folder).toSorted()).toEqual(['access-2026-02-16.jsonl', 'access-2026-03-01.jsonl', 'notes.txt'])
    now += 1000
    await accessLog.rotate()
    accessLog.note(line)
    accessLog.note(line)
    await accessLog[Symbol.asyncDispose]()
    expect(readdirSync(folder).toSorted()).toEqual(['access-2026-03-01.jsonl', 'access-2026-03-02.jsonl', 'notes.txt'])
    expect(linesOf(join(folder, 'access-2026-03-01.jsonl'))).toHaveLength(1)
    expect(linesOf(join(folder, 'access-2026-03-02.jsonl'))).toHaveLength(2)
  })

  test('is shared by several processes: every line is whole, none is lost', async () => {
    const logs = await Promise.all(Array.from({ length: 4 }, () => AccessLog.open({ folder, log })))
    for (let round = 0; round < 20; round++) {
      for (const [index, one] of logs.entries())
        for (let count = 0; count < 200; count++) one.note({ ...line, service: `s${index}`, status: 200 + count })
      await setImmediate()
    }
    await Promise.all(logs.map((one) => one[Symbol.asyncDispose]()))
    const lines = readdirSync(folder).flatMap((name) => linesOf(join(folder, name)))
    expect(lines).toHaveLength(4 * 20 * 200)
  })

  test('that cannot be opened costs its lines, which are counted, until it can', async () => {
    const place = join(folder, 'log')
    writeFileSync(place, 'in the way')
    const accessLog = await AccessLog.open({ folder: place, log })
    accessLog.note(line)
    expect(accessLog.lost).toBe(1)
    rmSync(place)
    await accessLog.rotate()
    accessLog.note(line)
    await accessLog[Symbol.asyncDispose]()
    expect(accessLog.lost).toBe(1)
    expect(readdirSync(place).flatMap((name) => linesOf(join(place, name)))).toHaveLength(1)
  })

  test.each([
    ['all files together are too large', { most: 100, leastFree: 0 }],
    ['the disk is nearly full', { most: 1e9, leastFree: Number.MAX_SAFE_INTEGER }],
  ])('takes no more lines when %s: they are counted', async (_, bounds) => {
    writeFileSync(join(folder, `access-${new Date().toISOString().slice(0, 10)}.jsonl`), `${'x'.repeat(200)}\n`)
    const accessLog = await AccessLog.open({ folder, log, bounds })
    accessLog.note(line)
    await accessLog[Symbol.asyncDispose]()
    expect(accessLog.lost).toBe(1)
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).size)).toEqual([201])
  })
})

describe('an instance', () => {
  const open = (env: Record<string, string> = {}) =>
    openTestInstance({ services: [link], env: { BAGAD_DATA: folder, BAGAD_ACCESS_LOG: 'true', ...env } })

  test('notes the pattern of the route: no path, no query string, no agent; all is there after a stop', async () => {
    const it = await open()
    await it.ask('link', '/a-secret-slug?token=secret', {
      headers: { ...BROWSER, 'user-agent': 'Secret/1.0', cookie: 'secret=1', referer: 'https://secret.example/' },
    })
    await it.ask('', '/secret/nowhere?lang=en')
    await it.ask('static', '/secret.css')
    await it.ask('nobody', '/secret')
    await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://secret.example/' } })
    await it[Symbol.asyncDispose]()
    const lines = written(folder)
    expect(lines.map(({ service, method, route, status, from }) => [service, method, route, status, from])).toEqual([
      ['link', 'GET', '/:slug', 404, '127.0.0.0'],
      ['portal', 'GET', null, 404, '127.0.0.0'],
      ['static', 'GET', null, 404, '127.0.0.0'],
      ['unknown', 'GET', null, 404, '127.0.0.0'],
      ['link', 'POST', '/api/v1/links', 201, '127.0.0.0'],
    ])
    for (const { bytes, ms } of lines) expect([bytes > 100, ms > 0]).toEqual([true, true])
    expect(JSON.stringify(lines)).not.toMatch(/secret/i)
  })

  test('notes the reference of a fault of ours, the one that the person was told', async () => {
    const it = await open()
    await it.instance.platform.database.pool.query('drop table link.link cascade')
    const { reference } = (await it.ask('link', '/venir')).json()
    await it[Symbol.asyncDispose]()
    expect(written(folder)).toEqual([expect.objectContaining({ status: 500, request: reference })])
  })

  test('notes who left before the end as 499', async () => {
    const it = await open()
    const { pool } = it.instance.platform.database
    const client = await pool.connect()
    await client.query('begin; lock table figures.point in access exclusive mode')
    const leaving = request({ host: '127.0.0.1', port: it.port, path: '/chiffres', headers: { host: 'localhost' } })
    leaving.on('error', () => {})
    leaving.end()
    await until('the request waits', async () => {
      // Of this database alone: others of the same server have their own who wait.
      const { rowCount } = await pool.query(
        `select from pg_locks where relation = 'figures.point'::regclass and database = (select oid from pg_database where datname = current_database()) and not granted`,
      )
      return rowCount !== 0
    })
    leaving.destroy()
    await until('it is noted', () => written(folder).length > 0)
    await client.query('rollback')
    client.release()
    await it[Symbol.asyncDispose]()
    expect(written(folder)).toEqual([expect.objectContaining({ route: '/chiffres', status: 499 })])
  })

  test('writes nothing when the log is switched off', async () => {
    const it = await open({ BAGAD_ACCESS_LOG: 'false' })
    await it.ask('', '/')
    await it[Symbol.asyncDispose]()
    expect(existsSync(join(folder, 'log'))).toBe(false)
  })
})

describe('where a request comes from', () => {
  /** What an instance notes of a request with this header, from the loopback address. */
  async function noted(trusted: string, forwarded: string): Promise<string> {
    const data = mkdtempSync(join(folder, 'data-'))
    const it = await openTestInstance({
      services: [link],
      env: { BAGAD_DATA: data, BAGAD_ACCESS_LOG: 'true', BAGAD_TRUSTED_PROXIES: trusted },
    })
    await it.ask('', '/robots.txt', {
      headers: { 'x-forwarded-for': forwarded, 'x-forwarded-host': 'link.localhost', 'x-forwarded-proto': 'https' },
    })
    await it[Symbol.asyncDispose]()
    const [{ from, service }] = written(data)
    expect(service).toBe('portal')
    return from
  }

  test.each([
    ['nobody is trusted: what the client writes counts for nothing', '', '203.0.113.7', '127.0.0.0'],
    ['the proxy is trusted: what it added last', '127.0.0.1', '203.0.113.7', '203.0.113.0'],
    [
      'what a client invents stands before it, and is never reached',
      '127.0.0.1',
      '198.51.100.1, 203.0.113.7',
      '203.0.113.0',
    ],
    ['two proxies, by network', '127.0.0.0/8,10.0.0.0/8', '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.0'],
    ['another proxy is trusted, not this neighbour', '10.0.0.1', '203.0.113.7', '127.0.0.0'],
    ['what is no address ends the chain', '127.0.0.1', '203.0.113.7, <script>', '127.0.0.0'],
    ['IPv6', '127.0.0.1,2001:db8:ffff::/48', '2001:db8:1:2::3, 2001:db8:ffff::1', '2001:db8:1::'],
  ])('%s', async (_, trusted, forwarded, from) => expect(await noted(trusted, forwarded)).toBe(from))

  test.each(['localhost', '10.0.0.0/33', '10.0.0.0/x', '1.2.3.4/8/9'])(
    '%s cannot be trusted: it is told at the start',
    async (listed) => {
      await expect(openTestInstance({ services: [link], env: { BAGAD_TRUSTED_PROXIES: listed } })).rejects.toThrow(
        `trusted_proxies has "${listed}"`,
      )
    },
  )
})
