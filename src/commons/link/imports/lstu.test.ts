import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { lstuFile, manner, type LstuRow } from '../../../../tests/foreign-links.ts'
import {
  BROWSER,
  emptyDatabase,
  emptyFolder,
  openTestInstance,
  testConfig,
  type TestInstance,
} from '../../../../tests/instance.ts'
import { importCommand } from '../../../platform/imports/command.ts'
import { openSource } from '../../../platform/imports/open-source.ts'
import { services } from '../../../services.ts'
import { importLstu } from './lstu.ts'
import { link } from '../service.ts'

let it: TestInstance
const folder = emptyFolder()

beforeAll(async () => {
  const file = join(folder, 'bagad.toml')
  writeFileSync(file, '[services.link]\naliases = ["s.infini.fr"]\n')
  it = await openTestInstance({ services: [link], env: { BAGAD_CONFIG: file } })
  it.instance.platform.pubsub.subscribe('test.heard', { onMessage: (told) => heard.add(told), resync: () => {} })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  await pool().query('delete from link.link')
  await newsIsHeard()
})

/** News comes in the order in which it was told: when this is heard, all news before it has been. */
const heard = new Set<string>()
async function newsIsHeard(): Promise<void> {
  const told = randomUUID()
  await expect
    .poll(
      async () => heard.has(told) || (await pool().query(`select platform.tell_news('test.heard', $1)`, [told]), false),
    )
    .toBe(true)
}

const pool = () => it.instance.platform.database.pool
const everything = async () => (await pool().query('select * from link.link order by id')).rows
const linkOf = async (slug: string) => (await pool().query('select * from link.link where slug = $1', [slug])).rows[0]
const visit = (slug: string, headers = {}) => it.ask('link', `/${encodeURIComponent(slug)}`, { headers })

let files = 0
const fileOf = (rows: Iterable<LstuRow>) => lstuFile(join(folder, `${++files}.db`), rows)

async function importFrom(text: string, dryRun = false) {
  await using source = await openSource(text)
  const how = manner(dryRun)
  await importLstu(it.instance.platform, source, how)
  return how
}
const importRows = (rows: Iterable<LstuRow>, dryRun = false) => importFrom(fileOf(rows), dryRun)

describe('a link of Lstu', () => {
  test('goes on leading where it led, with its count and its age', async () => {
    const { counts } = await importRows([['venir', 'https://www.brest.fr/été#plan', 42, 1_500_000_000]])
    expect(counts()).toEqual({ 'links imported': 1 })
    const answer = await visit('venir')
    expect([answer.status, answer.headers.location]).toEqual([302, 'https://www.brest.fr/%C3%A9t%C3%A9#plan'])
    expect(await linkOf('venir')).toMatchObject({
      clicks: 42, state: 'active', source: 'lstu', health: 'unknown', warns_until: null, valid_until: null, owner: null, host: 'www.brest.fr', domain: 'brest.fr',
      created_at: Temporal.Instant.fromEpochMilliseconds(1_500_000_000_000), imported_at: expect.any(Temporal.Instant),
    }) // prettier-ignore
  })

  test('shows no warning page to people', async () => {
    await importRows([['jeune', 'https://exemple-inconnu.fr/', 0, Math.floor(Date.now() / 1000) - 60]])
    expect((await visit('jeune', BROWSER)).status).toBe(302)
  })

  test.each([
    'VENIR',
    'Été',
    '-venir-',
    '_',
    '%41',
    'a%',
    'a+',
    '+',
    'a.svg',
    'b.json',
    'a b',
    ' a ',
    'a/b',
    'a/',
    '?',
    '#x',
    'a\\b',
    '~',
    '🌊',
    'robots',
    'api',
    'd',
    'edit',
    'A',
    'Stats',
    'modifier',
    '...',
  ])('keeps its name byte for byte, and is reached by it: %s', async (slug) => {
    const { counts } = await importRows([[slug, 'https://www.brest.fr/']])
    expect(counts()).toEqual({ 'links imported': 1 })
    expect((await linkOf(slug))?.slug).toBe(slug)
    expect((await visit(slug)).headers.location).toBe('https://www.brest.fr/')
  })

  test('has a name of five hundred characters at most', async () => {
    for (const slug of ['é'.repeat(500), 'x'.repeat(500)]) {
      await importRows([[slug, 'https://www.brest.fr/']])
      expect((await visit(slug)).headers.location).toBe('https://www.brest.fr/')
    }
    expect((await importRows([['x'.repeat(501), 'https://www.brest.fr/']])).counts()).toEqual({
      'names that cannot be reached here': 1,
    })
  })

  test('is told from another whose name differs by a capital', async () => {
    await importRows([['VENIR', 'https://majuscules.example/'], ['venir', 'https://minuscules.example/'], ['SEUL', 'https://seul.example/']]) // prettier-ignore
    expect((await visit('VENIR')).headers.location).toBe('https://majuscules.example/')
    expect((await visit('venir')).headers.location).toBe('https://minuscules.example/')
    expect((await visit('seul')).status).toBe(404)
  })

  test('that was disabled says that it was removed', async () => {
    const { counts } = await importRows([['fini', 'https://www.brest.fr/', 3, 1_600_000_000, null, 1]])
    expect(counts()).toEqual({ 'links imported': 1, 'of them disabled there: they say that they were removed': 1 })
    expect((await visit('fini')).status).toBe(410)
  })

  test('never ends by itself, and is no wave of new ones', async () => {
    await importRows(
      Array.from({ length: 40 }, (_, index): LstuRow => [
        `n${index}`,
        'https://www.brest.fr/',
        0,
        Math.floor(Date.now() / 1000) - 60,
      ]),
    )
    await importRows([['vieux', 'https://www.brest.fr/', 0, 1_300_000_000]])
    const run = (job: string) =>
      it.instance.platform.jobs.declared
        .get(job)
        ?.run({}, { signal: new AbortController().signal, log: it.instance.platform.log })
    await run('platform.purge')
    await run('link.look-for-wave')
    expect(await linkOf('vieux')).toMatchObject({ state: 'active' })
    expect((await pool().query('select is_on from link.spam_surge')).rows).toEqual([{ is_on: false }])
  })

  test('does not keep who made it', async () => {
    await importRows([['venir', 'https://www.brest.fr/', 0, 1_600_000_000, '203.0.113.77']])
    const { rows } = await pool().query('select to_jsonb(link)::text as row from link.link')
    expect(rows).toHaveLength(1)
    expect(rows[0].row).not.toContain('203.0.113.77')
  })

  test('is looked at for the first time within a week', async () => {
    await importRows(Array.from({ length: 300 }, (_, index): LstuRow => [`n${index}`, `https://site${index}.example/`]))
    const { rows } = await pool().query(
      `select min(next_check_at) < now() + interval '1 day' as soon, max(next_check_at) between now() + interval '6 days' and now() + interval '7 days' as late,
        count(distinct next_check_at)::int as moments from link.link`,
    )
    expect(rows).toEqual([{ soon: true, late: true, moments: 300 }])
  })
})

describe('what cannot be a link here is told, and nothing else stops', () => {
  test('a name in reserve has no link', async () => {
    expect((await importRows([['libre', null], ['venir', 'https://www.brest.fr/']])).counts()).toEqual({ 'names in reserve, without a link': 1, 'links imported': 1 }) // prettier-ignore
    expect((await visit('libre')).status).toBe(404)
  })

  test.each([
    ['a script', 'javascript:alert(1)', 'Only Web addresses can be shortened.'],
    ['data', 'data:text/html,x', 'Only Web addresses can be shortened.'],
    ['another protocol', 'ftp://ftp.example/', 'Only Web addresses can be shortened.'],
    ['a password', 'https://user:secret@www.brest.fr/', 'This address contains a user name or a password.'],
    ['nothing after the scheme', 'https://', 'This is not an address.'],
    ['another line', 'https://www.brest.fr/\r\nset-cookie: a=b', 'This is not an address.'],
    ['a host that is no name', `https://${'a.'.repeat(200)}fr/`, 'This is not an address.'],
    ['an endless address', `https://www.brest.fr/${'a'.repeat(70_000)}`, 'This address is too long.'],
    ['nothing', '', 'The field is empty.'],
  ])('%s', async (_, url, why) => {
    const { counts, lines } = await importRows([['mal', url], ['venir', 'https://www.brest.fr/']]) // prettier-ignore
    expect(counts()).toEqual({ 'lead to what no link may lead to': 1, 'links imported': 1 })
    expect(lines[0]).toBe(`lead to what no link may lead to: mal: ${why}`)
    expect(await linkOf('mal')).toBeUndefined()
    expect(lines.join()).not.toContain('secret')
  })

  test('a name at which a page of ours stands', async () => {
    const { counts } = await importRows(
      ['stats', 'cookie', 'robots.txt', '.', '..', ''].map((slug): LstuRow => [slug, 'https://www.brest.fr/']),
    )
    expect(counts()).toEqual({ 'names that cannot be reached here': 6 })
  })

  test('every page of ours that stands where a link could is known as such', async () => {
    const { isReachable } = await import('../slugs.ts')
    const paths = (it.routes.get('link') ?? []).flatMap(({ method, url }) =>
      method === 'GET' && /^\/[^/:*]+$/.test(url) ? [url.slice(1)] : [],
    )
    expect(paths).toContain('cookie')
    expect(paths.filter((path) => isReachable(path))).toEqual([])
  })

  test('a row that is damaged, with its place', async () => {
    const { counts, lines } = await importRows([['a', 'https://www.brest.fr/', 0, 1_600_000_000, null, 7], ['b', 'https://www.brest.fr/', null, null]]) // prettier-ignore
    expect(lines[0]).toBe('unreadable: row 1: disabled is "7": expected true or false')
    expect(counts()).toEqual({ unreadable: 1, 'links imported': 1, 'of them without a date: as if made today': 1 })
  })

  test('what steers a terminal is not printed', async () => {
    const { lines } = await importRows([['\u001b[2Jmal', 'javascript:x'], ['\u001b]0;x\u0007', 'https://192.0.2.1/']]) // prettier-ignore
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f]/)
    expect(lines[0]).toContain('�[2Jmal')
  })
})

describe('a risky link', () => {
  const RISKY: LstuRow[] = [
    ['plat', 'https://www.brest.fr/'],
    ['court', 'https://bit.ly/x'],
    ['nombre', 'https://192.0.2.1/'],
    ['odd', 'https://exemple.fr/casino-bonus-porn'],
    ['mots', 'https://porn-xxx.example/'],
    ['mine', 'http://s.infini.fr/plat'],
    ['fini', 'https://bit.ly/y', 0, 1_600_000_000, null, 1],
  ]

  test('that nobody could make here is held until somebody has looked, however long that takes', async () => {
    const { lines, count } = await importRows(RISKY)
    expect(count('of them on hold until a moderator has looked')).toBe(3)
    expect(lines).toContain('of them on hold until a moderator has looked: court  shortener  https://bit.ly/x')
    expect((await visit('court')).status).toBe(451)
    await pool().query(
      `update link.link set created_at = now() - interval '3 years', imported_at = now() - interval '1 year'`,
    )
    await it.instance.platform.jobs.declared
      .get('link.open-held')
      ?.run({}, { signal: new AbortController().signal, log: it.instance.platform.log })
    expect(await linkOf('court')).toMatchObject({ state: 'held', reason: 'shortener', risk: 100, held_at: null })
    expect(await linkOf('fini')).toMatchObject({ state: 'removed' })
  })

  test('that is merely odd goes on leading', async () => {
    await importRows(RISKY)
    expect(await linkOf('mots')).toMatchObject({ state: 'active', risk: expect.any(Number) })
    expect((await linkOf('mots')).risk).toBeGreaterThanOrEqual(50)
    expect((await visit('mots')).status).toBe(302)
  })

  test('to the short domain itself is told as such', async () => {
    const { lines } = await importRows(RISKY)
    expect(lines).toContain('of them lead to a short link of here: mine  http://s.infini.fr/plat')
    expect(await linkOf('mine')).toMatchObject({ state: 'held', reason: 'own-host' })
  })

  test('to a very long address is taken over', async () => {
    const url = `https://www.brest.fr/${'a'.repeat(20_000)}`
    const { count } = await importRows([['long', url]])
    expect(count('of them so long that servers on the way may cut them')).toBe(1)
    expect((await linkOf('long')).url).toBe(url)
  })

  test('is counted by verdict and by reason, the riskiest named', async () => {
    const { lines } = await importRows(RISKY, true)
    const rescanCommand = lines.slice(lines.findIndex((line) => line.startsWith('judged by')))
    expect(rescanCommand).toEqual([
      'judged by where they lead: 2 plain, 1 odd, 4 that the rules refuse',
      '        2  shortener',
      '        1  number-host',
      '        1  spam-words',
      '        1  own-host',
      'the riskiest:',
      '      100  court  shortener (bit.ly)  https://bit.ly/x',
      '      100  nombre  number-host (192.0.2.1)  https://192.0.2.1/',
      '      100  mine  own-host (s.infini.fr)  http://s.infini.fr/plat',
      '      100  fini  shortener (bit.ly)  https://bit.ly/y',
      '       50  mots  spam-words (porn, xxx)  https://porn-xxx.example/',
    ])
  })
})

describe('the same source again', () => {
  const ROWS: LstuRow[] = [['a', 'https://a.example/', 5], ['b', 'https://b.example/', 7, 1_600_000_000, null, 1], ['c', 'javascript:x'], ['d', null]] // prettier-ignore

  test('changes nothing', async () => {
    await importRows(ROWS)
    const before = await everything()
    const { counts } = await importRows(ROWS)
    expect(counts()).toEqual({
      'links that were there already': 2,
      'lead to what no link may lead to': 1,
      'names in reserve, without a link': 1,
    })
    expect(await everything()).toEqual(before)
  })

  test('leaves alone what happened since, and adds what is new', async () => {
    await importRows(ROWS)
    await pool().query(`update link.link set clicks = 99, state = 'removed', reason = 'unlawful' where slug = 'a'`)
    const { counts } = await importRows([...ROWS, ['e', 'https://e.example/']])
    expect(counts()).toMatchObject({ 'links imported': 1, 'links that were there already': 2 })
    expect(await linkOf('a')).toMatchObject({ clicks: 99, state: 'removed', reason: 'unlawful' })
  })

  test('a name that another link has is told with both addresses, and that link left alone', async () => {
    await pool().query(
      `insert into link.link (slug, url, source) values ('a', 'https://autre.example/', 'web'), ('b', 'https://b.example/', 'lstu')`,
    )
    const before = await everything()
    const { counts, lines } = await importRows(ROWS)
    expect(counts()).toMatchObject({ 'names that another link has': 2 })
    expect(lines).toContain('names that another link has: a  here: https://autre.example/  there: https://a.example/')
    expect(await everything()).toEqual(before)
  })
})

test('a dry run tells exactly what would be, and writes nothing', async () => {
  const rows: LstuRow[] = [['a', 'https://a.example/'], ['b', 'https://bit.ly/x'], ['stats', 'https://c.example/'], ['d', null]] // prettier-ignore
  const tried = await importRows(rows, true)
  expect(await everything()).toEqual([])
  expect(tried.lines).toEqual((await importRows(rows)).lines)
})

test('a slug that somebody asked for in vain a moment ago leads on at once', async () => {
  expect((await visit('venir')).status).toBe(404)
  expect((await visit('aller')).status).toBe(404)
  await importRows([['venir', 'https://www.brest.fr/'], ['aller', 'https://www.brest.fr/aller']]) // prettier-ignore
  await newsIsHeard()
  expect((await visit('venir')).status).toBe(302)
  expect((await visit('aller')).status).toBe(302)
})

describe('every kind of source', () => {
  const expectTaken = async () => {
    // Before anybody visits: a visit is counted within a second.
    expect(await linkOf('Été')).toMatchObject({
      clicks: 12,
      created_at: Temporal.Instant.fromEpochMilliseconds(1_600_000_000_000),
    })
    expect((await visit('Été')).headers.location).toBe("https://www.brest.fr/l'%C3%A9t%C3%A9")
    expect((await visit('fini')).status).toBe(410)
  }
  const written = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
    return path
  }
  const MYSQL = `-- MySQL dump 10.13  Distrib 8.0.36
/*!50503 SET NAMES utf8mb4 */;
CREATE TABLE \`lstu\` (
  \`short\` varchar(255) NOT NULL,
  \`url\` text,
  \`counter\` int(11) DEFAULT NULL,
  \`timestamp\` int(11) DEFAULT NULL,
  \`created_by\` varchar(255) DEFAULT NULL,
  \`disabled\` int(11) DEFAULT '0',
  PRIMARY KEY (\`short\`)
) ENGINE=InnoDB;
INSERT INTO \`lstu\` VALUES ('Été','https://www.brest.fr/l\\'été',12,1600000000,'203.0.113.7',0),('fini','https://www.brest.fr/',0,1600000000,NULL,1),('libre',NULL,NULL,NULL,NULL,0);
-- Dump completed on 2024-03-01 12:00:00
`
  const PG = `--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
CREATE TABLE public.lstu (
    short text NOT NULL,
    url text,
    counter integer,
    "timestamp" integer,
    created_by text,
    disabled integer DEFAULT 0
);
COPY public.lstu (short, url, counter, "timestamp", created_by, disabled) FROM stdin;
Été	https://www.brest.fr/l'été	12	1600000000	203.0.113.7	0
fini	https://www.brest.fr/	0	1600000000	\\N	1
libre	\\N	\\N	\\N	\\N	0
\\.
--
-- PostgreSQL database dump complete
--
`
  const SQLITE = `PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE lstu (short TEXT PRIMARY KEY, url TEXT, counter INTEGER, timestamp INTEGER, created_by TEXT, disabled INTEGER DEFAULT 0);
INSERT INTO lstu VALUES('Été','https://www.brest.fr/l''été',12,1600000000,'203.0.113.7',0);
INSERT INTO lstu VALUES('fini','https://www.brest.fr/',0,1600000000,NULL,1);
INSERT INTO lstu VALUES('libre',NULL,NULL,NULL,NULL,0);
COMMIT;
`

  test.each([
    ['mysqldump', 'mysql.sql', MYSQL],
    ['mysqldump, compressed', 'mysql.sql.gz', MYSQL],
    ['pg_dump', 'pg.sql', PG],
    ['pg_dump, compressed', 'pg.sql.gz', PG],
    ['sqlite3 .dump', 'sqlite.sql', SQLITE],
    ['sqlite3 .dump, compressed', 'sqlite.sql.gz', SQLITE],
  ])('a dump of %s', async (_, name, text) => {
    const { counts } = await importFrom(written(name, text))
    expect(counts()).toMatchObject({ 'links imported': 2, 'names in reserve, without a link': 1 })
    await expectTaken()
  })

  test('a PostgreSQL that runs', async () => {
    const { host, user, database } = await emptyDatabase()
    const client = new Client({ host, user, database })
    await client.connect()
    await client.query(`create table lstu (short text primary key, url text, counter int, timestamp int, created_by text, disabled int default 0);
      insert into lstu values ('Été', 'https://www.brest.fr/l''été', 12, 1600000000, '203.0.113.7', 0), ('fini', 'https://www.brest.fr/', 0, 1600000000, null, 1)`)
    await client.end()
    const { counts } = await importFrom(`postgres://${user}@${encodeURIComponent(host)}/${database}`)
    expect(counts()).toMatchObject({ 'links imported': 2 })
    await expectTaken()
  })

  test('an older Lstu, whose links could not be disabled', async () => {
    const { counts } = await importFrom(
      written('old.sql', SQLITE.replace(', disabled INTEGER DEFAULT 0', '').replaceAll(/,[01]\);/g, ');')),
    )
    expect(counts()).toMatchObject({ 'links imported': 2 })
    expect((await visit('fini')).status).toBe(302)
  })

  test('a source of something else is told', async () => {
    await expect(importFrom(written('other.sql', SQLITE.replaceAll('lstu', 'truc')))).rejects.toThrow(
      'other.sql has no table lstu; it has truc',
    )
  })
})

test('bagad import lstu', { timeout: 60_000 }, async () => {
  const { host, user, database } = await emptyDatabase()
  const loaded = testConfig({ DATABASE_URL: `postgres://${user}@${encodeURIComponent(host)}/${database}` })
  const said = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    const run = (...args: string[]) =>
      importCommand(() => ({ loaded, services }), services).parseAsync(['lstu', ...args], { from: 'user' })
    const file = fileOf([['venir', 'https://www.brest.fr/']]) // prettier-ignore
    await run(file, '--dry-run')
    await run(file)
    await run(file)
    expect(said.mock.calls.map(([line]) => String(line))).toEqual([
      'judged by where they lead: 1 plain, 0 odd, 0 that the rules refuse',
      '        1  links imported',
      'nothing was written',
      'judged by where they lead: 1 plain, 0 odd, 0 that the rules refuse',
      '        1  links imported',
      'judged by where they lead: 1 plain, 0 odd, 0 that the rules refuse',
      '        1  links that were there already',
    ])
  } finally {
    said.mockRestore()
  }
})

test('sixty thousand links are taken over in a moment, and none of them twice', { timeout: 120_000 }, async () => {
  const total = 60_000
  const file = fileOf(
    Array.from({ length: total }, (_, index): LstuRow => [
      `L-${index.toString(36)}`,
      `https://www.site${index % 5000}.example/page/${index}?a=é`,
      index % 100,
    ]),
  )
  const timed = async () => {
    const began = performance.now()
    const { counts } = await importFrom(file)
    return { counts: counts(), ms: Math.round(performance.now() - began) }
  }
  const first = await timed()
  const again = await timed()
  console.log(`${total} links of Lstu: ${first.ms} ms, the same again: ${again.ms} ms`)
  expect(first.counts).toEqual({ 'links imported': total })
  expect(again.counts).toEqual({ 'links that were there already': total })
  expect((await pool().query('select count(*)::int as links, sum(clicks)::int as clicks from link.link')).rows).toEqual(
    [{ links: total, clicks: 2_970_000 }],
  )
  expect(Math.max(first.ms, again.ms)).toBeLessThan(60_000)
})
