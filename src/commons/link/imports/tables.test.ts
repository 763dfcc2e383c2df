import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { manner } from '../../../../tests/foreign-links.ts'
import { emptyFolder, openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import type { ImportManner } from '../../../platform/imports/importer.ts'
import { openSource } from '../../../platform/imports/open-source.ts'
import type { Source } from '../../../platform/imports/source.ts'
import { importKutt } from './kutt.ts'
import { importShlink } from './shlink.ts'
import type { TakeoverNeeds } from './takeover.ts'
import { link } from '../service.ts'

let it: TestInstance
const folder = emptyFolder()

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => pool().query('delete from link.link'))

const pool = () => it.instance.platform.database.pool
const visit = (slug: string) => it.ask('link', `/${encodeURIComponent(slug)}`)
const linkOf = async (slug: string) =>
  (
    await pool().query(
      'select *, array(select tag from link.link_tag where link_id = id order by tag) as tags from link.link where slug = $1',
      [slug],
    )
  ).rows[0]

let files = 0
function fileOf(content: string): string {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, content)
  return path
}

async function importFrom(
  text: string,
  how: (platform: TakeoverNeeds, source: Source, manner: ImportManner) => Promise<void>,
  dryRun = false,
) {
  await using source = await openSource(text)
  const told = manner(dryRun)
  await how(it.instance.platform, source, told)
  return told
}

describe('a link of Shlink', () => {
  const HEAD = 'createdAt,domain,shortCode,shortUrl,longUrl,title,tags,visits\n'

  test('goes on leading where it led, with its title, tags, count and age', async () => {
    const content = `${HEAD}2024-05-23T23:41:23+02:00,s.example,Venir,https://s.example/Venir,"https://www.brest.fr/?a=1,2","La ""fête"", au port",port|Fête,42\n`
    const { counts } = await importFrom(fileOf(content), importShlink)
    expect(counts()).toEqual({ 'links imported': 1 })
    expect((await visit('Venir')).headers.location).toBe('https://www.brest.fr/?a=1,2')
    expect(await linkOf('Venir')).toMatchObject({
      title: 'La "fête", au port', tags: ['fête', 'port'], clicks: 42, source: 'shlink', created_at: Temporal.Instant.from('2024-05-23T21:41:23Z'),
    }) // prettier-ignore
  })

  test('of an older version is called as its short address ends', async () => {
    await importFrom(
      fileOf('shortUrl;longUrl\r\nhttps://s.example/%C3%89t%C3%A9;https://www.brest.fr/ete\r\n'),
      importShlink,
    )
    expect((await visit('Été')).headers.location).toBe('https://www.brest.fr/ete')
  })

  test('comes once, and what is damaged is told with its place', async () => {
    const path = fileOf(
      `${HEAD}x,,a,https://s.example/a,https://www.brest.fr/a,,,1\n2024-05-23T23:41:23Z,,b,https://s.example/b,https://www.brest.fr/b,,,\n\nonly\n`,
    )
    const { lines, counts } = await importFrom(path, importShlink)
    expect(counts()).toMatchObject({ 'links imported': 1, unreadable: 2 })
    expect(lines).toContain('unreadable: line 2: createdAt is "x": expected a date with a time')
    expect((await importFrom(path, importShlink)).counts()).toMatchObject({ 'links that were there already': 1 })
  })

  test.each([
    ['', /is empty/],
    ['venir', /does not begin with a line of names/],
    ['a,a\n1,2\n', /does not begin with a line of names/],
    ['"a,b\n1,2', /does not begin with a line of names/],
    ['a,b\n1,2\n', /has no column .*longUrl/],
    [`${HEAD}2024-05-23T23:41:23Z,,a,https://s.example/a,"https://www.brest.fr/a,,,1\n`, /is damaged/],
  ])('table %# is refused, and nothing is imported', async (content, why) => {
    await expect(importFrom(fileOf(content), importShlink)).rejects.toThrow(why)
    expect((await pool().query('select from link.link')).rowCount).toBe(0)
  })
})

describe('a link of Kutt', () => {
  test('comes from the table of its links as CSV, with its end, and without what was banned or locked there', async () => {
    const { counts, lines } = await importFrom(
      fileOf(`id,address,banned,created_at,description,expire_in,password,target,visit_count
1,venir,f,2022-03-01 12:00:00.123+00,Comment venir,,,https://www.brest.fr/venir,7
2,fini,f,2022-03-01 12:00:00+00,,2023-01-01 00:00:00+00,,https://www.brest.fr/fini,1
3,banni,t,2022-03-01 12:00:00+00,,,,https://www.brest.fr/banni,1
4,secret,f,2022-03-01 12:00:00+00,,,$2a$12$abc,https://www.brest.fr/secret,1
`),
      importKutt,
    )
    expect(counts()).toMatchObject({ 'links imported': 3, 'ask for a password, which stays there: make them anew': 1 })
    expect(lines.join()).not.toContain('brest.fr/secret')
    expect(
      await Promise.all(['venir', 'fini', 'banni', 'secret'].map(async (slug) => (await visit(slug)).status)),
    ).toEqual([302, 410, 410, 404])
    expect(await linkOf('venir')).toMatchObject({
      title: 'Comment venir',
      clicks: 7,
      valid_until: null,
      source: 'import',
    })
  })

  test('comes from its database too', async () => {
    const path = join(folder, 'kutt.sqlite')
    const db = new DatabaseSync(path)
    db.exec(`create table links (id integer primary key, address text, banned boolean default 0, created_at text, expire_in text, password text, target text, visit_count integer);
      insert into links (address, created_at, target, visit_count) values ('bus', '2022-03-01 12:00:00', 'https://www.bibus.fr/', 3)`)
    db.close()
    expect((await importFrom(path, importKutt)).counts()).toEqual({ 'links imported': 1 })
    expect((await visit('bus')).headers.location).toBe('https://www.bibus.fr/')
  })
})
