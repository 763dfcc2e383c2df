import { execFile } from 'node:child_process'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  BROWSER_AGENT,
  manner,
  yourlsDump,
  yourlsStatements,
  type YourlsLink,
  type YourlsVisit,
} from '../../../../tests/foreign-links.ts'
import type { ImportAsked, ImportTold } from '../../../../tests/import-process.ts'
import { emptyFolder, openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { hasMariadb, Mariadb } from '../../../../tests/mariadb.ts'
import { root } from '../../../../tests/process.ts'
import { openSource } from '../../../platform/imports/open-source.ts'
import { importYourls } from './yourls.ts'
import { link } from '../service.ts'

const ROBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

let it: TestInstance
const folder = emptyFolder()

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => pool().query('delete from link.link'))

const pool = () => it.instance.platform.database.pool
const everything = async () =>
  (await pool().query(`select to_jsonb(link) || jsonb_build_object('days', (select jsonb_agg(link_day order by day) from link.link_day where link_id = id)) as row
    from link.link order by id`)).rows // prettier-ignore
const linkOf = async (slug: string) => (await pool().query('select * from link.link where slug = $1', [slug])).rows[0]
const daysOf = async (slug: string) =>
  (
    await pool().query(
      `select day::text, link_day.clicks, link_day.bots from link.link_day join link.link on id = link_id where slug = $1 order by day`,
      [slug],
    )
  ).rows.map(({ day, clicks, bots }) => [day.toString(), clicks, bots])

async function importFrom(text: string, how = manner()) {
  await using source = await openSource(text)
  await importYourls(it.instance.platform, source, how)
  return how
}

let files = 0
function importRows(links: Iterable<YourlsLink>, visits?: Iterable<YourlsVisit>, how = manner(), prefix?: string) {
  const path = join(folder, `${++files}.sql`)
  writeFileSync(path, [...yourlsDump(links, visits, prefix)].join(''))
  return importFrom(path, how)
}

describe('a link of YOURLS', () => {
  test('goes on leading where it led, with its title, count and age', async () => {
    const { counts } = await importRows([
      ['Fete-2024', 'https://www.brest.fr/', '  La fête\ndu port ', '2023-07-14 10:00:00', 12],
    ])
    expect(counts()).toEqual({ 'links imported': 1 })
    expect((await it.ask('link', '/Fete-2024')).headers.location).toBe('https://www.brest.fr/')
    expect(await linkOf('Fete-2024')).toMatchObject({
      title: 'La fête du port', clicks: 12, bots: 0, source: 'yourls', created_at: Temporal.Instant.from('2023-07-14T10:00:00Z'), last_click_on: null,
    }) // prettier-ignore
  })

  test('without a date that the calendar has is as if made today', async () => {
    const { count } = await importRows([['a', 'https://www.brest.fr/', null, '0000-00-00 00:00:00'], ['b', 'https://www.brest.fr/', null, '2400-01-01 00:00:00']]) // prettier-ignore
    expect(count('of them without a date: as if made today')).toBe(2)
    expect((await linkOf('a')).created_at.toString().slice(0, 10)).toBe(Temporal.Now.instant().toString().slice(0, 10))
  })

  test('may stand in tables with another prefix', async () => {
    const { counts } = await importRows(
      [['a', 'https://www.brest.fr/']],
      [['2024-03-01 12:00:00', 'a']],
      manner(false, { prefix: 'short_' }),
      'short_',
    )
    expect(counts()).toEqual({ 'links imported': 1, 'visits taken over, summed a day': 1 })
    await expect(importRows([], undefined, manner(), 'short_')).rejects.toThrow(
      'has no table yourls_url; it has short_url',
    )
  })
})

describe('its log', () => {
  test('is summed by the days of the association, robots apart', async () => {
    const { counts } = await importRows(
      [['a', 'https://a.example/', null, '2023-01-01 00:00:00', 100], ['A', 'https://b.example/', null, '2023-01-01 00:00:00', 1], ['leer', 'https://c.example/']],
      [
        // In winter Paris is an hour ahead of UTC, in summer two.
        ['2024-03-01 22:59:59', 'a'],
        ['2024-03-01 23:00:00', 'a'],
        ['2024-03-02 12:00:00', 'a', ROBOT],
        ['2024-07-01 21:59:59', 'a'],
        ['2024-07-01 22:00:00', 'a', ''],
        ['2024-07-02 08:00:00', 'a', null],
        ['2024-03-01 08:00:00', 'A'],
        ['2024-03-01 09:00:00', 'A'],
        ['2024-03-01 09:00:00', 'other'],
        ['0000-00-00 00:00:00', 'a'],
      ],
    ) // prettier-ignore
    expect(await daysOf('a')).toEqual([
      ['2024-03-01', 1, 0],
      ['2024-03-02', 2, 1],
      ['2024-07-01', 1, 0],
      ['2024-07-02', 2, 2],
    ])
    expect(await daysOf('A')).toEqual([['2024-03-01', 2, 0]])
    expect(counts()).toEqual({
      'links imported': 3,
      'visits that cannot be read': 1,
      'visits taken over, summed a day': 8,
      'visits of links that were not imported now': 1,
    })
    const [a, other, empty] = await Promise.all(['a', 'A', 'leer'].map(linkOf))
    expect([a.clicks, a.bots, a.last_click_on.toString()]).toEqual([100, 3, '2024-07-02'])
    // Its own count was less than what its log has.
    expect([other.clicks, other.bots]).toEqual([2, 0])
    expect([empty.clicks, empty.last_click_on]).toEqual([0, null])
  })

  test('leaves nothing of who came: neither address, nor browser, nor where from', async () => {
    await importRows([['a', 'https://a.example/']], [['2024-03-01 12:00:00', 'a']])
    const kept = JSON.stringify(await everything())
    expect(kept).toContain('2024-03-01')
    for (const trace of ['203.0.113', 'Firefox', 'referrer.example']) expect(kept).not.toContain(trace)
    expect((await pool().query(`select to_regclass('summed_visit') as left`)).rows).toEqual([{ left: null }])
  })

  test('is not counted twice, and what came since stays', async () => {
    const links: YourlsLink[] = [['a', 'https://a.example/', null, '2023-01-01 00:00:00', 7]]
    const visits: YourlsVisit[] = [['2024-03-01 12:00:00', 'a'], ['2024-03-01 13:00:00', 'a']] // prettier-ignore
    await importRows(links, visits)
    await pool().query(`update link.link_day set clicks = clicks + 5`)
    const before = await everything()
    const { counts } = await importRows(links, visits)
    expect(counts()).toEqual({ 'links that were there already': 1 })
    expect(await everything()).toEqual(before)
    const later = await importRows([...links, ['b', 'https://b.example/']], [...visits, ['2024-03-02 12:00:00', 'b']])
    expect(later.counts()).toMatchObject({
      'links imported': 1,
      'visits taken over, summed a day': 1,
      'visits of links that were not imported now': 2,
    })
    expect(await daysOf('a')).toEqual([['2024-03-01', 7, 0]])
  })

  test('is not taken for a link that another one keeps from coming', async () => {
    await pool().query(`insert into link.link (slug, url) values ('a', 'https://autre.example/')`)
    const { counts } = await importRows([['a', 'https://a.example/'], ['b', 'https://b.example/']], [['2024-03-01 12:00:00', 'a']]) // prettier-ignore
    expect(counts()).toMatchObject({
      'names that another link has': 1,
      'visits of links that were not imported now': 1,
    })
    expect(await daysOf('a')).toEqual([])
  })

  test('is told by a dry run too, which writes nothing', async () => {
    const { counts } = await importRows([['a', 'https://a.example/']], [['2024-03-01 12:00:00', 'a']], manner(true))
    expect(counts()).toEqual({ 'links imported': 1, 'visits taken over, summed a day': 1 })
    expect(await everything()).toEqual([])
  })

  test('may be long: a hundred thousand visits in little memory', async () => {
    const links = Array.from({ length: 2000 }, (_, index): YourlsLink => [`k${index}`, `https://site${index}.example/`])
    const total = 100_000
    function* visits(): Generator<YourlsVisit> {
      const start = Date.UTC(2019, 0, 1)
      for (let index = 0; index < total; index++) {
        const at = new Date(start + index * 300_000).toISOString().slice(0, 19).replace('T', ' ')
        yield [at, `k${(index * 7919) % 2000}`, index % 10 === 0 ? ROBOT : `${BROWSER_AGENT} ${index % 300}`]
      }
    }
    const path = join(folder, 'long.sql.gz')
    await pipeline(Readable.from(yourlsDump(links, visits())), createGzip({ level: 1 }), createWriteStream(path))
    // In a process of its own: among all that other tests have left, each look would take seconds.
    const asked: ImportAsked = {
      of: 'yourls',
      connection: it.instance.platform.database.connection,
      file: path,
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', join(root, 'tests', 'import-process.ts'), JSON.stringify(asked)],
      {
        env: { ...process.env, BAGAD_DATA: folder, BAGAD_DEMO: 'off' },
      },
    )
    const { counts, memory }: ImportTold = JSON.parse(stdout)
    expect(counts).toEqual({ 'links imported': 2000, 'visits taken over, summed a day': total })
    const { rows } = await pool().query(`select sum(clicks)::int as clicks, sum(bots)::int as bots from link.link`)
    expect(rows).toEqual([{ clicks: total, bots: total / 10 }])
    // One sum for each link and day takes eighteen.
    expect(memory).toBeGreaterThan(0)
    expect(memory).toBeLessThan(12e6)
  })
})

describe.skipIf(!hasMariadb())('a MariaDB that runs', () => {
  let mariadb: Mariadb
  beforeAll(async () => {
    mariadb = await Mariadb.start(folder)
  }, 60_000)
  afterAll(() => mariadb[Symbol.asyncDispose]())

  test('gives the links of YOURLS, the log, and the links of Lstu', async () => {
    const { importLstu } = await import('./lstu.ts')
    const client = await mariadb.connect()
    await client.query('create database yourls character set utf8mb4; use yourls; set time_zone = "+00:00"')
    const links: YourlsLink[] = [['Été', "https://www.brest.fr/l'été", 'L’été 🌊', '2023-07-14 10:00:00', 3], ['ete', 'https://ete.example/']] // prettier-ignore
    for (const statement of yourlsStatements(links, [['2024-03-01 12:00:00', 'Été'], ['2024-03-01 23:30:00', 'Été', ROBOT]])) await client.query(statement) // prettier-ignore
    await client.query(`create table lstu (short varchar(255) primary key, url text, counter int, timestamp int, created_by text, disabled int default 0);
      insert into lstu values ('venir', 'https://www.brest.fr/venir', 4, 1600000000, '203.0.113.7', 0), ('libre', null, null, null, null, 0)`)
    await client.end()
    const { counts } = await importFrom(mariadb.address('yourls'))
    expect(counts()).toEqual({ 'links imported': 2, 'visits taken over, summed a day': 2 })
    expect(await linkOf('Été')).toMatchObject({
      title: 'L’été 🌊',
      clicks: 3,
      bots: 1,
      created_at: Temporal.Instant.from('2023-07-14T10:00:00Z'),
    })
    expect(await daysOf('Été')).toEqual([
      ['2024-03-01', 1, 0],
      ['2024-03-02', 1, 1],
    ])
    await using source = await openSource(mariadb.address('yourls'))
    const lstu = manner()
    await importLstu(it.instance.platform, source, lstu)
    expect(lstu.counts()).toEqual({ 'links imported': 1, 'names in reserve, without a link': 1 })
    expect(await linkOf('venir')).toMatchObject({ clicks: 4, source: 'lstu' })
  })
})
