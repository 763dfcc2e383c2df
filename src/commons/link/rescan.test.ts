import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  BROWSER,
  migratedDatabase,
  emptyFolder,
  openTestInstance,
  testConfig,
  type TestInstance,
} from '../../../tests/instance.ts'
import { services } from '../../services.ts'
import { rescan } from './rescan.ts'
import { linkCommands } from './commands.ts'
import { Moderation } from './moderation.ts'
import { setRule } from './risk/domain-rules.ts'
import { Risk } from './risk/risk.ts'
import type { RiskTables } from './risk/tables.ts'
import type { LinkTables } from './tables.ts'
import { link } from './service.ts'

let it: TestInstance
let connection: Awaited<ReturnType<typeof migratedDatabase>>
let risk: Risk

beforeAll(async () => {
  connection = await migratedDatabase()
  const file = join(emptyFolder(), 'bagad.toml')
  writeFileSync(file, '[legal]\nabuse_email = "team@example.org"\n')
  it = await openTestInstance({ services: [link], connection, env: { BAGAD_CONFIG: file } })
  const { platform } = it.instance
  risk = await Risk.open({ ...platform, db: platform.database.schema<RiskTables>('link') })
})
afterAll(async () => {
  await risk[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
})
beforeEach(() => pool().query('delete from link.link'))

const pool = () => it.instance.platform.database.pool
const rules = () => it.instance.platform.database.schema<RiskTables>('link')
const db = () => it.instance.platform.database.schema<LinkTables>('link')
const plant = (slug: string, url: string, more: { owner?: string; state?: string } = {}) =>
  pool().query('insert into link.link (slug, url, owner, state) values ($1, $2, $3, $4)', [
    slug,
    url,
    more.owner ?? null,
    more.state ?? 'active',
  ])
const statesOf = async () =>
  Object.fromEntries(
    (await pool().query('select slug, state from link.link')).rows.map(({ slug, state }) => [slug, state]),
  )
const look = (hold = false) => rescan({ db: db(), assess: (url, slug) => risk.assess(url, slug) }, { hold })

const MEMBER = '0190a000-0000-7000-8000-000000000001'

async function plantSome(): Promise<void> {
  await plant('plain', 'https://www.brest.fr/')
  await plant('short', 'https://bit.ly/x')
  await plant('words', 'https://porn-xxx.example/')
  await plant('member', 'https://porn-xxx.example/', { owner: MEMBER })
  await plant('member-short', 'https://bit.ly/y', { owner: MEMBER })
  await plant('gone', 'https://bit.ly/z', { state: 'removed' })
}

async function run(...args: string[]): Promise<string[]> {
  const { host, user, database } = connection
  const loaded = testConfig({ DATABASE_URL: `postgres://${user}@${encodeURIComponent(host)}/${database}` })
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    const [name, ...rest] = args
    await linkCommands(() => ({ loaded, services }))
      .find((command) => command.name() === name)
      ?.parseAsync(rest, { from: 'user' })
    return said.mock.calls.map(([line]) => String(line))
  } finally {
    said.mockRestore()
  }
}

test('an audit counts what leads somewhere, and changes nothing', async () => {
  await plantSome()
  expect(await run('rescan')).toEqual([
    'judged by where they lead: 1 plain, 2 odd, 2 that the rules refuse',
    '        2  shortener',
    '        2  spam-words',
    'the riskiest:',
    '      100  short  shortener (bit.ly)  https://bit.ly/x',
    '      100  member-short  shortener (bit.ly)  https://bit.ly/y',
    '       50  words  spam-words (porn, xxx)  https://porn-xxx.example/',
    '       50  member  spam-words (porn, xxx)  https://porn-xxx.example/',
    '3 would be held by --hold',
  ])
  expect(await statesOf()).toEqual({
    plain: 'active',
    short: 'active',
    words: 'active',
    member: 'active',
    'member-short': 'active',
    gone: 'removed',
  })
})

test('what could not be made today is held, in every process, until somebody opens it', async () => {
  await plantSome()
  for (const slug of ['short', 'words', 'plain']) expect((await it.ask('link', `/${slug}`)).status).toBe(302)
  expect((await run('rescan', '--hold')).at(-1)).toBe('3 are held now: "bagad link held" lists them')
  expect(await statesOf()).toEqual({
    plain: 'active',
    short: 'held',
    words: 'held',
    member: 'active',
    'member-short': 'held',
    gone: 'removed',
  })
  for (const slug of ['short', 'words'])
    await expect.poll(async () => (await it.ask('link', `/${slug}`)).status).toBe(451)
  expect((await it.ask('link', '/short', { headers: BROWSER })).text).toContain('Ce lien est retenu')
  expect((await it.ask('link', '/plain')).status).toBe(302)
  await pool().query(
    `update link.link set created_at = now() - interval '1 year', updated_at = now() - interval '1 year'`,
  )
  await it.instance.platform.jobs.declared
    .get('link.open-held')
    ?.run({}, { signal: new AbortController().signal, log: it.instance.platform.log })
  expect(await statesOf()).toMatchObject({ short: 'held', words: 'held' })
  expect((await run('held'))[0]).toMatch(/^(member-)?short  shortener  https:\/\/bit\.ly\/.$/)
})

test('what a person has opened stays open, until it leads elsewhere', async () => {
  await plantSome()
  await look(true)
  await new Moderation(db()).open({ slugs: ['short', 'words'] })
  const { suspects, opened } = await look(true)
  expect([suspects, opened]).toEqual([0, 2])
  expect(await statesOf()).toMatchObject({ short: 'active', words: 'active', 'member-short': 'held' })
})

test('when a rule or a list changes all links are judged again: what nobody could make any more is held, and the team told once', async () => {
  await plantSome()
  await plant('harmful', 'https://harmful.example/page')
  await plant('opened', 'https://harmful.example/other')
  await pool().query(`update link.link set opened_at = now() where slug in ('opened', 'short', 'member-short')`)
  await pool().query(`delete from graphile_worker._private_jobs`)
  await setRule(rules(), { domain: 'harmful.example', verdict: 'deny', reason: 'seen to harm', until: undefined })
  await setRule(rules(), { domain: 'other.example', verdict: 'deny', reason: '', until: undefined })
  const queued = await pool().query(`select task_identifier as name, run_at > now() as later from graphile_worker.jobs`)
  expect(queued.rows).toEqual([{ name: 'link.rescan', later: true }])
  const judge = () =>
    it.instance.platform.jobs.declared
      .get('link.rescan')
      ?.run({}, { signal: new AbortController().signal, log: it.instance.platform.log })
  await judge()
  await judge()
  expect(await statesOf()).toEqual({
    plain: 'active', short: 'active', words: 'active', member: 'active', 'member-short': 'active', gone: 'removed', harmful: 'held', opened: 'active',
  }) // prettier-ignore
  expect((await pool().query('select reason from link.link where slug = $1', ['harmful'])).rows).toEqual([
    { reason: 'denied-domain' },
  ])
  const { rows } = await pool().query('select recipient, text from outbox.email')
  expect(rows).toEqual([
    { recipient: 'team@example.org', text: expect.stringMatching(/plus personne ne peut mener.: 1\./) },
  ])
})

test('what is taken down says why, in a class that visitors read, and can be opened again', async () => {
  await plantSome()
  await pool().query(`update link.link set domain = 'bit.ly' where url like 'https://bit.ly/%'`)
  expect((await run('remove', '--domain', 'bit.ly', '--reason', 'spam')).toSorted()).toEqual([
    '2 links',
    'removed  member-short',
    'removed  short',
  ])
  await expect
    .poll(async () => (await it.ask('link', '/short', { headers: BROWSER })).text)
    .toContain('publicité indésirable')
  expect(await run('open', 'short')).toEqual(['open  short', '1 links'])
  await expect.poll(async () => (await it.ask('link', '/short')).status).toBe(302)
})

test('what leads elsewhere by the time it would be held is left alone', async () => {
  await plantSome()
  const { id } = (await pool().query(`select id from link.link where slug = 'short'`)).rows[0]
  const suspect = { id, url: 'https://bit.ly/before', reason: 'shortener', risk: 100 }
  expect(await new Moderation(db()).hold([suspect])).toBe(0)
  expect(await new Moderation(db()).hold([{ ...suspect, url: 'https://bit.ly/x' }])).toBe(1)
})

test('a base of twenty thousand links is looked through', { timeout: 120_000 }, async () => {
  const total = 20_000
  await pool().query(
    `insert into link.link (slug, url) select 's' || n, case when n % 100 = 0 then 'https://bit.ly/' || n else 'https://www.site' || n % 5000 || '.example/page' end
     from generate_series(1, $1) as n`,
    [total],
  )
  const began = performance.now()
  const { tally, suspects } = await look()
  const ms = Math.round(performance.now() - began)
  const held = (await look(true)).suspects
  console.log(
    `${total} links judged in ${ms} ms, and again with ${held} held in ${Math.round(performance.now() - began - ms)} ms`,
  )
  expect(tally.verdicts).toEqual({ direct: total - 200, hold: 0, refuse: 200 })
  expect([suspects, held]).toEqual([200, 200])
})
