import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { migratedDatabase, emptyFolder, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { personIn, tokenFor } from '../../../tests/people.ts'
import { root } from '../../../tests/process.ts'
import type { Entry } from './audit-trail.ts'
import { link } from '../../commons/link/service.ts'

let connection: Awaited<ReturnType<typeof migratedDatabase>>
let data: string
let it: TestInstance

const JUDGE = { by: 'claire', reason: 'request 2026/117' }
const ACCOUNT = '01940000-0000-7000-8000-000000000001'

const pool = () => it.instance.platform.database.pool
const auditTrail = () => it.instance.platform.auditTrail
const record = (entry: Partial<Entry> = {}) =>
  auditTrail().record(it.instance.platform.database.schema('traces'), {
    service: 'cellar',
    content: 'brouilly',
    act: 'made',
    from: { address: '192.0.2.7', port: 40_001 },
    ...entry,
  })

beforeAll(async () => {
  connection = await migratedDatabase()
  data = emptyFolder()
  it = await openTestInstance({ services: [link], connection, env: { BAGAD_DATA: data } })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => pool().query('truncate traces.trace, traces.consultation'))

describe('a trace', () => {
  test('is written with the deed, or not at all', async () => {
    const undone = it.instance.platform.database
      .schema('traces')
      .transaction()
      .execute(async (db) => {
        await auditTrail().record(db, {
          service: 'cellar',
          content: 'undone',
          act: 'made',
          from: { address: '192.0.2.7', port: 1 },
        })
        throw new Error('no')
      })
    await expect(undone).rejects.toThrow('no')
    expect((await pool().query('select from traces.trace')).rowCount).toBe(0)
  })

  test('says nothing to who has the database and not the key', async () => {
    await record({ account: ACCOUNT })
    const { rows } = await pool().query('select to_jsonb(trace)::text as row, sealed from traces.trace')
    for (const secret of ['192.0.2.7', '40001', 'brouilly', 'cellar', ACCOUNT])
      expect(rows[0].row + rows[0].sealed.toString('latin1')).not.toContain(secret)
  })

  test('is found by its content, its account or its address, with the moment and the port', async () => {
    await record({ account: ACCOUNT })
    await record({ content: 'chinon', from: { address: '::ffff:192.0.2.7', port: null } })
    await record({ content: 'other', from: { address: '192.0.2.8', port: 1 } })
    const whole = {
      service: 'cellar',
      content: 'brouilly',
      act: 'made',
      address: '192.0.2.7',
      port: 40_001,
      account: ACCOUNT,
      at: expect.any(Temporal.Instant),
    }
    expect(await auditTrail().search({ service: 'cellar', content: 'brouilly' }, JUDGE)).toEqual([whole])
    expect(await auditTrail().search({ account: ACCOUNT }, JUDGE)).toEqual([whole])
    expect((await auditTrail().search({ address: '192.0.2.7' }, JUDGE)).map(({ content }) => content)).toEqual([
      'brouilly',
      'chinon',
    ])
    expect(await auditTrail().search({ service: 'attic', content: 'brouilly' }, JUDGE)).toEqual([])
    const now = Temporal.Now.instant()
    expect(await auditTrail().search({ account: ACCOUNT, until: now.subtract({ hours: 1 }) }, JUDGE)).toEqual([])
    expect(await auditTrail().search({ account: ACCOUNT, since: now.subtract({ hours: 1 }) }, JUDGE)).toHaveLength(1)
  })

  test('of one IPv6 address is not that of its neighbours, unless the whole network is asked for', async () => {
    await record({ content: 'one', from: { address: '2001:db8:0:1::1', port: 1 } })
    await record({ content: 'two', from: { address: '2001:0db8:0:1::2', port: 2 } })
    const found = async (address: string) =>
      (await auditTrail().search({ address }, JUDGE)).map(({ content }) => content)
    expect(await found('2001:db8::1:0:0:0:2')).toEqual(['two'])
    expect(await found('2001:db8:0:1::/64')).toEqual(['one', 'two'])
  })

  test('cannot be put under another name, nor changed', async () => {
    await record()
    await record({ content: 'chinon' })
    await pool().query(`update traces.trace set sealed = (select sealed from traces.trace order by id limit 1)`)
    expect(await auditTrail().search({ service: 'cellar', content: 'brouilly' }, JUDGE)).toHaveLength(1)
    await expect(auditTrail().search({ service: 'cellar', content: 'chinon' }, JUDGE)).rejects.toThrow(
      'unable to authenticate data',
    )
  })

  test('of what came from one network is compared without anybody learning the address', async () => {
    for (const content of ['brouilly', 'chinon', 'brouilly']) await record({ content })
    await record({ content: 'elsewhere', from: { address: '198.51.100.1', port: 1 } })
    await record({ service: 'attic', content: 'trunk' })
    expect(await auditTrail().fromSameNetwork('cellar', 'brouilly', JUDGE)).toEqual(['chinon'])
    const name = await auditTrail().networkHashOf('cellar', 'brouilly')
    expect(name).toEqual(auditTrail().networkHash({ address: '192.0.2.7', port: 2 }))
    expect(await auditTrail().networkHashOf('cellar', 'never')).toBeUndefined()
  })

  test('goes after a year, and that somebody looked after three', async () => {
    await record()
    await record({ content: 'chinon' })
    await auditTrail().search({ account: ACCOUNT }, JUDGE)
    await auditTrail().search({ account: ACCOUNT }, JUDGE)
    await pool().query(
      `update traces.trace set recorded_at = now() - interval '367 days' where id = (select min(id) from traces.trace)`,
    )
    await pool().query(
      `update traces.consultation set at = now() - interval '1097 days' where id = (select min(id) from traces.consultation)`,
    )
    const { rows } = await it.instance.platform.retention.purge({ signal: new AbortController().signal })
    expect([rows.get('platform/traces'), rows.get('platform/consultations-of-traces')]).toEqual([1, 1])
    expect((await auditTrail().search({ service: 'cellar', content: 'chinon' }, JUDGE)).length).toBe(1)
  })
})

describe('a consultation', () => {
  test('is kept with who, why, what for and how much was found', async () => {
    await record()
    await auditTrail().search({ address: '192.0.2.7' }, JUDGE)
    expect(await auditTrail().consultations()).toEqual([
      { ...JUDGE, sought: 'address 192.0.2.7', found: 1, at: expect.any(Temporal.Instant) },
    ])
    const { rows } = await pool().query('select to_jsonb(consultation)::text as row from traces.consultation')
    expect(rows[0].row).not.toContain('192.0.2.7')
  })

  test('without a reason gives nothing', async () => {
    await record()
    await expect(
      auditTrail().search({ service: 'cellar', content: 'brouilly' }, { by: 'claire', reason: '' }),
    ).rejects.toThrow('consultation_reason_check')
  })
})

test('where a link comes from is traced when it is made, changed, closed, opened and deleted', async () => {
  await using relaxed = await openTestInstance({
    services: [link],
    env: { BAGAD_LIMITS: 'relaxed', BAGAD_TRUSTED_PROXIES: '127.0.0.1' },
  })
  const via = (address: string, port: string) => ({ 'x-forwarded-for': address, 'x-client-port': port })
  const post = (path: string, body: object, headers: Record<string, string>) =>
    relaxed.ask('link', path, { method: 'POST', body, headers })
  const { slug, manage } = (
    await post('/api/v1/links', { url: 'https://www.brest.fr/' }, via('198.51.100.7', '50001'))
  ).json()
  const path = new URL(manage).pathname
  await post(path, new URLSearchParams({ url: 'https://www.brest.fr/autre' }), via('198.51.100.8', '50002'))
  for (const to of ['off', 'on']) await post(`${path}/switch`, new URLSearchParams({ to }), via('198.51.100.8', 'x'))
  await post(`${path}/deletion`, new URLSearchParams(), {})
  const found = await relaxed.instance.platform.auditTrail.search({ service: 'link', content: slug }, JUDGE)
  expect(found.map(({ act, address, port }) => [act, address, port])).toEqual([
    ['made', '198.51.100.7', 50_001],
    ['changed', '198.51.100.8', 50_002],
    ['changed', '198.51.100.8', null],
    ['changed', '198.51.100.8', null],
    ['removed', '127.0.0.1', null],
  ])
})

test('a link of an account is traced to it, whatever interface it was made through', async () => {
  const account = await personIn(it, 'claire')
  const token = await tokenFor(it, 'claire', ['link:write'])
  const asks = [
    it.ask('link', '/rest/v3/short-urls', {
      method: 'POST',
      headers: { 'x-api-key': token },
      body: { longUrl: 'https://www.brest.fr/1' },
    }),
    it.ask('link', '/a', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ lsturl: 'https://www.brest.fr/2', format: 'json' }),
    }),
    it.ask('link', `/yourls-api.php?action=shorturl&format=json&signature=${token}&url=https://www.brest.fr/3`),
  ]
  for (const { status } of await Promise.all(asks)) expect(status).toBe(200)
  const found = await auditTrail().search({ account }, JUDGE)
  expect(found.map(({ address, act }) => [address, act])).toEqual(
    Array.from({ length: 3 }, () => ['127.0.0.1', 'made']),
  )
  expect(found.every(({ port }) => port !== null && port > 0)).toBe(true)
})

test('the command prints a table for the judge, and keeps that it was asked', async () => {
  await record({ content: '=cmd' })
  const bagad = (...args: string[]) =>
    spawnSync('node', [join(root, 'bin', 'bagad.mjs'), 'traces', ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        BAGAD_DATA: data,
        BAGAD_DEMO: 'off',
        DATABASE_URL: `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}`,
      },
    })
  expect(bagad('content', 'cellar/brouilly').status).not.toBe(0)
  const { stdout, stderr } = bagad('address', '192.0.2.7', '--by', 'claire', '--reason', 'request 117')
  expect(stdout.split('\n').slice(0, 2), stderr).toEqual([
    'time (UTC),service,content,act,address,port,account',
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z,cellar,'=cmd,made,192\.0\.2\.7,40001,$/),
  ])
  expect(bagad('consultations').stdout).toMatch(/claire {2}address 192\.0\.2\.7 {2}1 found: request 117/)
})
