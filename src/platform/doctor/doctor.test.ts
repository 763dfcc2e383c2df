import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:tls'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cellar, layDown } from '../../../tests/cellar/cellar.ts'
import {
  migratedDatabase,
  emptyFolder,
  openTestInstance,
  testConfig,
  type TestInstance,
} from '../../../tests/instance.ts'
import { root } from '../../../tests/process.ts'
import { examineCertificates } from './certificates.ts'
import { examineConfiguration } from './configuration.ts'
import { examine } from './doctor.ts'
import type { Finding } from './finding.ts'

let connection: Awaited<ReturnType<typeof migratedDatabase>>
let data: string
let it: TestInstance

const platform = () => it.instance.platform
const found = async (mends = false) => examine(platform(), { mends })
const told = (findings: Finding[], state: Finding['state']) =>
  findings.filter((one) => one.state === state).map(({ what }) => what)

/** A day and an hour ago, as far as the store can tell. */
function makeOld(key: string): void {
  const at = Date.now() / 1000 - 25 * 3600
  utimesSync(join(data, 'blobs', 'kept', `${key}=`), at, at)
}

beforeAll(async () => {
  connection = await migratedDatabase()
  data = emptyFolder()
  it = await openTestInstance({ connection, env: { BAGAD_DATA: data }, services: [cellar()] })
  await layDown(platform().database, platform().blobs, 3, 1)
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  await platform().database.pool.query('truncate retention.freed_blob')
})

describe('the doctor', () => {
  test('finds nothing where all is well', async () => {
    const findings = await found()
    expect([told(findings, 'wrong'), told(findings, 'odd')]).toEqual([[], []])
    expect(told(findings, 'well')).toEqual(
      expect.arrayContaining([
        'Database',
        'Background work',
        'Moderation',
        'every file belongs to a row, and every row has its file',
      ]),
    )
  })

  test('finds blobs that no row names, but for those that are young or given up; mending gives them up', async () => {
    const { blobs, database } = platform()
    for (const key of ['cellar/young', 'cellar/old', 'cellar/freed']) await blobs.put(key, Buffer.from(key))
    for (const key of ['cellar/old', 'cellar/freed']) makeOld(key)
    await database.pool.query(`insert into retention.freed_blob (key) values ('cellar/freed')`)
    expect(told(await found(), 'odd')).toEqual(['1 files (cellar/old) that no row names'])
    expect(told(await found(true), 'well')).toContain('1 files (cellar/old) that no row named are given up')
    expect(told(await found(), 'odd')).toEqual([])
    const { blobs: deleted } = await platform().retention.purge({
      signal: new AbortController().signal,
      now: Temporal.Now.instant().add({ hours: 25 }),
    })
    expect([deleted, await blobs.stat('cellar/old'), (await blobs.stat('cellar/young'))?.key]).toEqual([
      2,
      undefined,
      'cellar/young',
    ])
  })

  test('finds rows that name a blob that is not there', async () => {
    const { database } = platform()
    await database.pool.query(
      `insert into cellar.bottle (label) select 'cellar/lost-' || n from generate_series(1, 7) as n`,
    )
    expect(told(await found(), 'wrong')).toEqual([
      'rows name 7 files (cellar/lost-1, cellar/lost-2, cellar/lost-3, cellar/lost-4, cellar/lost-5, and 2 more) that are not there',
    ])
    await database.pool.query(`delete from cellar.bottle where label like 'cellar/lost%'`)
  })

  test('tells why a check fails, as the status page does not', async () => {
    await platform().jobs.enqueue(platform().database.schema('platform'), 'platform.purge')
    await platform().database.pool.query('update graphile_worker._private_jobs set attempts = max_attempts')
    expect(told(await found(), 'wrong')).toEqual(['Background work: 1 jobs were given up; "bagad jobs" tells which'])
  })

  test('is a command, whose end says whether something is wrong', () => {
    const bagad = () =>
      spawnSync('node', [join(root, 'bin', 'bagad.mjs'), 'doctor'], {
        encoding: 'utf8',
        env: {
          ...process.env,
          BAGAD_DATA: data,
          BAGAD_DEMO: 'off',
          DATABASE_URL: `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}`,
        },
      })
    const { status, stdout, stderr } = bagad()
    expect(stdout, stderr).toMatch(
      /^WRONG Background work: 1 jobs were given up.*\n[\s\S]*\n1 wrong, \d odd, \d+ ok\n$/m,
    )
    expect(status).toBe(1)
  })
})

describe('the configuration', () => {
  const examined = (toml: string, env: Record<string, string> = {}) => {
    const file = join(emptyFolder(), 'bagad.toml')
    writeFileSync(file, toml)
    return examineConfiguration(testConfig({ BAGAD_CONFIG: file, ...env }).config)
  }

  test('of a trial is no concern', () => expect(examined('', { BAGAD_DATA: emptyFolder() })).toEqual([]))

  test('of an installation for the public is told what is unsafe in it', () => {
    const checkout = emptyFolder()
    mkdirSync(join(checkout, '.git'))
    const unsafe = told(examined('domain = "example.org"', { BAGAD_DATA: join(checkout, 'var') }), 'wrong')
    expect(unsafe).toEqual([
      expect.stringContaining(`lie in the checkout ${checkout}`),
      expect.stringContaining('over http'),
      expect.stringContaining('no contact for unlawful content'),
      expect.stringContaining('nothing is backed up'),
    ])
    expect(
      told(examined('domain = "example.org"\nscheme = "https"', { BAGAD_DATA: checkout }), 'wrong'),
    ).toContainEqual(expect.stringContaining('no proxy is trusted'))
  })

  test('that is whole is well, but for backups beside the data', () => {
    const [folder, backups] = [emptyFolder(), emptyFolder()]
    const whole = `domain = "example.org"\nscheme = "https"\ntrusted_proxies = ["127.0.0.1"]\n[association]\nname = "Infini"\nemail = "a@example.org"\n[legal]\npublisher = "Claire"\n[backup]\nfolder = "${backups}"\nrecipients = ["age1x"]`
    expect(told(examined(whole, { BAGAD_DATA: folder }), 'wrong')).toEqual([])
    expect(told(examined(whole, { BAGAD_DATA: folder }), 'odd')).toEqual([
      expect.stringContaining('on the disk of the data'),
    ])
    writeFileSync(join(backups, 'instance.key'), 'x', { mode: 0o640 })
    const withKey = examined(whole, { BAGAD_DATA: folder, BAGAD_KEY_FILE: join(backups, 'instance.key') })
    expect(told(withKey, 'wrong')).toEqual([expect.stringContaining('lies among the backups')])
    expect(told(withKey, 'odd')[0]).toContain('open to its group')
  })
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

test.skipIf(!hasOpenssl)('certificates that ended, or that nobody accepts, are found', async () => {
  const folder = emptyFolder()
  const https = (port: number) => testConfig({ BAGAD_SCHEME: 'https', BAGAD_PUBLIC_PORT: String(port) }).config
  const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-subj', '/CN=localhost', '-out', 'request.pem')
  const examined = async (days: number) => {
    openssl('x509', '-req', '-in', 'request.pem', '-signkey', 'key.pem', '-days', String(days), '-out', 'cert.pem')
    const server = createServer({
      key: readFileSync(join(folder, 'key.pem')),
      cert: readFileSync(join(folder, 'cert.pem')),
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const [finding] = await examineCertificates(https(port), ['localhost'])
    await new Promise((resolve) => server.close(resolve))
    return finding
  }
  expect(await examined(0)).toMatchObject({
    state: 'wrong',
    what: expect.stringMatching(/the certificate of localhost ended on \d{4}/),
  })
  expect(await examined(300)).toMatchObject({
    state: 'wrong',
    what: expect.stringContaining('is not accepted: DEPTH_ZERO_SELF_SIGNED_CERT'),
  })
  expect(await examineCertificates(https(1), ['localhost'])).toEqual([
    expect.objectContaining({ state: 'odd', what: expect.stringContaining('ECONNREFUSED') }),
  ])
  expect(await examineCertificates(testConfig().config, ['localhost'])).toEqual([])
})
