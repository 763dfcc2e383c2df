import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { anyCharacter } from '../../../../tests/characters.ts'
import { migratedDatabase, openTestInstance, testConfig, type TestInstance } from '../../../../tests/instance.ts'
import { until } from '../../../../tests/process.ts'
import { services } from '../../../services.ts'
import { assess, type RiskContext } from './assess.ts'
import { DomainBlockList, readEntry } from './block-list.ts'
import { DomainBlockLists } from './block-lists.ts'
import { riskCommands } from './commands.ts'
import { DomainRules, readDomain, type DomainRule } from './domain-rules.ts'
import { describeReason, WEIGHTS, type ReasonCode } from './reasons.ts'
import { Risk } from './risk.ts'
import { isOfRobots } from './slug-patterns.ts'
import type { RiskTables } from './tables.ts'
import { words } from './words.ts'
import { link } from '../service.ts'

const OWN: Record<string, 'open' | 'closed'> = {
  'link.infini.fr': 'closed',
  'id.infini.fr': 'closed',
  'pad.infini.fr': 'open',
  'infini.fr': 'open',
}
const rule = (domain: string, verdict: DomainRule['verdict'], until?: string): DomainRule => ({
  domain,
  verdict,
  reason: '',
  until: until === undefined ? undefined : Temporal.Instant.from(until),
})

function contextOf(rules: DomainRule[] = [], lists: DomainBlockList[] = []): RiskContext {
  return { rules: new DomainRules(rules), blocked: new DomainBlockLists(lists), ownHost: (host) => OWN[host] }
}

const plain = contextOf()
const codes = (url: string, slug?: string, context = plain) =>
  assess(url, slug, context).reasons.map(({ code }) => code)

describe('plain addresses', () => {
  const addresses = readFileSync(new URL('plain-addresses.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

  test('there are two hundred of them', () => expect(addresses.length).toBeGreaterThanOrEqual(200))

  test('none is held, whatever else is on it', () => {
    const held = addresses.flatMap((url) => {
      const { verdict, reasons } = assess(URL.parse(url)?.href ?? url, undefined, plain)
      return verdict === 'direct' ? [] : [`${url}: ${reasons.map(({ code, what }) => `${code} (${what})`).join(', ')}`]
    })
    expect(held).toEqual([])
  })

  test('nor with a slug as people choose them', () => {
    const slugs = [
      'venir',
      'fete-de-la-musique-2024',
      'inscription',
      'inscriptionsdanslesecoles2024',
      'reunion-publique-12032024',
      'AG2024',
      'covoiturage-brest-quimper',
      'kermesse29200',
      'programme-vieilles-charrues',
      'bzh',
      'sondage3',
      'vide-grenier-du-15-aout',
      'ecole-notre-dame-de-lourdes-2',
      'permanences20240301',
      'pont-l-abbe',
      'compte-rendu-ca',
      '06-12-34-56-78',
    ]
    const held = slugs.filter((slug) => addresses.some((url) => assess(url, slug, plain).verdict !== 'direct'))
    expect(held).toEqual([])
  })
})

describe('what speaks against an address', () => {
  test.each<[string, ReasonCode]>([
    ['ftp://brest.fr/', 'unreadable'],
    ['javascript:alert(1)', 'unreadable'],
    ['data:text/html,x', 'unreadable'],
    ['truc', 'unreadable'],
    ['', 'unreadable'],
    ['https://impots.gouv.fr@evil.example/', 'credentials'],
    ['https://user:secret@brest.fr/', 'credentials'],
    ['https://link.infini.fr/abc', 'own-host'],
    ['https://id.infini.fr/', 'own-host'],
    ['https://bit.ly/3xYz', 'shortener'],
    ['https://www.tinyurl.com/y2k', 'shortener'],
    ['https://goo.gl/abc', 'shortener'],
    ['https://t.co/AbC', 'shortener'],
    ['http://203.0.113.7/login', 'number-host'],
    ['http://2130706433/', 'number-host'],
    ['http://0x7f.1/', 'number-host'],
    ['http://[2001:db8::1]/', 'number-host'],
    ['http://192.168.1.1/admin', 'number-host'],
    ['http://localhost:631/', 'private-host'],
    ['http://printer.local/', 'private-host'],
    ['http://intranet/', 'private-host'],
    ['https://рaypal.com/', 'mixed-scripts'],
    ['https://xn--pypal-4ve.com/', 'mixed-scripts'],
    ['https://www.аmеlі.example/', 'mixed-scripts'],
    ['https://раураӏ.com/', 'look-alike'],
    ['https://impots.gouv.fr.connexion-secure.info/', 'official-inside'],
    ['https://www-ameli-fr.example.com/', 'official-inside'],
    ['https://paypal.com-verify.example/', 'official-inside'],
    ['https://laposte.fr.suivi.example.net/colis', 'official-inside'],
  ])('%s is refused: %s', (url, code) => {
    const { verdict, finalReason, score } = assess(url, undefined, plain)
    expect([verdict, finalReason?.code, score]).toEqual(['refuse', code, 100])
  })

  test.each<[string, string | undefined, ReasonCode]>([
    ['https://paypa1.com/', undefined, 'near-name'],
    ['https://arnazon.fr/', undefined, 'near-name'],
    ['https://www.rnicrosoft.com/', undefined, 'near-name'],
    ['https://crédit-mutuel.net/', undefined, 'near-name'],
    ['https://laposte.click/', undefined, 'near-name'],
    ['https://ameli-remboursement.info/', undefined, 'brand-and-bait'],
    ['https://colis-laposte.example.com/suivi', undefined, 'brand-and-bait'],
    ['https://caf-paiement.com/', undefined, 'brand-and-bait'],
    ['https://impots-remboursement.net/', undefined, 'brand-and-bait'],
    ['https://orange.facture-client.com/', undefined, 'brand-and-bait'],
    ['https://espace.creditagricole-securite.com/', undefined, 'brand-and-bait'],
    ['https://chronopost.weebly.com/', undefined, 'brand'],
    ['https://best-viagra.example.com/', undefined, 'spam-words'],
    ['https://example.com/', 'casino-bonus-en-ligne', 'spam-words'],
    ['https://example.com/', 'buy-cialis', 'spam-words'],
  ])('%s (%s) is held: %s', (url, slug, code) => {
    const { verdict, finalReason } = assess(URL.parse(url)?.href ?? url, slug, plain)
    expect([verdict, finalReason?.code]).toEqual(['hold', code])
  })

  test('small things hold nothing alone, and add up', () => {
    expect(assess('https://demo.duckdns.org/', undefined, plain)).toMatchObject({
      verdict: 'direct',
      score: 30,
      finalReason: undefined,
    })
    expect(assess('https://demo.duckdns.org/', 'jaimeleslongsmots482137', plain)).toMatchObject({
      verdict: 'hold',
      score: 55,
    })
    expect(assess('https://connexion-compte.trycloudflare.com/a.exe', undefined, plain)).toMatchObject({
      verdict: 'hold',
      score: 70,
    })
    expect(assess('https://ameli-connexion.weebly.com/a.apk', undefined, plain)).toMatchObject({
      verdict: 'refuse',
      score: 100,
    })
  })

  test.each([
    ['jaimeleslongsmots482137', true],
    ['onlinepharmacystore-7781', true],
    ['xkcdqwrtzpl', true],
    ['inscriptionsalecole2024', false],
    ['conseilmunicipal20240312', false],
    ['vide-grenier-2', false],
    ['brest', false],
    ['kernilis-plouguerneau', false],
    ['', false],
  ])('the slug %s is of robots: %s', (slug, expected) => expect(isOfRobots(slug)).toBe(expected))

  test('the services where people show things may be led to, and members’ sites', () => {
    for (const host of ['pad.infini.fr', 'infini.fr', 'asso.infini.fr'])
      expect(assess(`https://${host}/x`, undefined, plain).verdict).toBe('direct')
  })

  test('what stands behind a page that leads on is looked at too, without asking the network', () => {
    const behind = (url: string) => `https://www.google.com/url?q=${encodeURIComponent(url)}&sa=D`
    expect(codes(behind('https://bit.ly/abc'))).toEqual(['shortener'])
    expect(codes(behind(behind('http://203.0.113.7/')))).toEqual(['number-host'])
    expect(codes(behind('https://link.infini.fr/loop'))).toContain('own-host')
    expect(codes(behind('https://www.brest.fr/'))).toEqual([])
    expect(codes(behind('https://evil.example/'), undefined, contextOf([rule('evil.example', 'deny')]))).toEqual([
      'denied-domain',
    ])
    let endless = 'https://www.brest.fr/'
    for (let depth = 0; depth < 12; depth++) endless = behind(endless)
    expect(assess(endless, undefined, plain).verdict).toBe('direct')
  })

  test('whatever is given, an answer comes, and the same one again', () => {
    const labels = fc.array(
      fc.constantFrom(
        'www',
        'a',
        'laposte',
        'ameli-fr',
        'xn--',
        'xn--pypal-4ve',
        'а',
        '0',
        'com',
        'fr',
        'zip',
        '-',
        '_',
        '',
      ),
      {
        maxLength: 8,
      },
    )
    const addresses = fc
      .tuple(fc.constantFrom('http://', 'https://', '//', ''), labels, fc.string())
      .map(([scheme, host, path]) => `${scheme}${host.join('.')}/${path}`)
    fc.assert(
      fc.property(
        fc.oneof(addresses, fc.string({ unit: anyCharacter })),
        fc.option(fc.string(), { nil: undefined }),
        (url, slug) => {
          const one = assess(url, slug, plain)
          expect(one.score).toBeGreaterThanOrEqual(0)
          expect(one.score).toBeLessThanOrEqual(100)
          expect(one.finalReason === undefined).toBe(one.verdict === 'direct')
          expect(assess(url, slug, plain)).toEqual(one)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('every reason has words in both languages, with what it found', () => {
    for (const code of ['brand', 'shortener', 'block-list'] as const)
      expect(describeReason({ code, what: 'bit.ly' }, 'fr')).toContain('bit.ly')
    for (const code of Object.keys(WEIGHTS))
      expect(words.find('fr', `risk.${code}`), code).not.toBe(words.find('en', `risk.${code}`))
  })
})

describe('rules about domains', () => {
  const context = contextOf([
    rule('evil.example', 'deny'),
    rule('good.evil.example', 'allow'),
    rule('doubtful.example', 'warn'),
    rule('past.example', 'deny', '2020-01-01T00:00:00Z'),
    rule('coming.example', 'deny', '2999-01-01T00:00:00Z'),
    rule('xyz', 'warn'),
    rule('plougastel.bzh', 'allow'),
  ])
  const verdict = (url: string) => assess(url, undefined, context).verdict

  test.each([
    ['https://evil.example/', 'refuse'],
    ['https://www.evil.example./', 'refuse'],
    ['https://notevil.example/', 'direct'],
    ['https://good.evil.example/', 'direct'],
    ['https://sub.good.evil.example:8443/', 'direct'],
    ['https://doubtful.example/', 'hold'],
    ['https://past.example/', 'direct'],
    ['https://coming.example/', 'refuse'],
    ['https://anything.xyz/', 'hold'],
  ])('%s: %s', (url, expected) => expect(verdict(url)).toBe(expected))

  test('an allowed domain is above every heuristic, and marked so', () => {
    expect(assess('https://caf-paiement.good.evil.example/a.exe', 'buy-viagra-111111', context)).toEqual({
      score: 0,
      reasons: [],
      verdict: 'direct',
      finalReason: undefined,
      isAllowed: true,
    })
    expect(assess('https://www.brest.fr/', undefined, context).isAllowed).toBe(false)
  })

  test('a name that reads like an allowed one is refused in foreign letters, and held with a false digit', () => {
    expect(assess(URL.parse('https://plougaste1.bzh/')?.href ?? '', undefined, context).finalReason).toEqual({
      code: 'near-name',
      what: 'plougastel',
    })
    expect(verdict('https://plougastel.fr/')).toBe('direct')
  })

  test.each([
    ['Evil.Example', 'evil.example'],
    ['https://Evil.Example/page', 'evil.example'],
    ['evil.example/page', 'evil.example'],
    ['élan.example', 'xn--lan-9la.example'],
    ['xyz', 'xyz'],
    ['', undefined],
    ['deux mots', undefined],
    ['12', undefined],
  ])('%s is read as the domain %s', (text, domain) => expect(readDomain(text)).toBe(domain))
})

describe('block lists', () => {
  test.each<[string, string | undefined | null]>([
    ['evil.example', 'evil.example'],
    ['EVIL.example', 'evil.example'],
    ['*.evil.example', 'evil.example'],
    ['0.0.0.0 evil.example # why', 'evil.example'],
    ['127.0.0.1\tevil.example', 'evil.example'],
    ['||evil.example^', 'evil.example'],
    ['https://Evil.example/', 'evil.example'],
    ['https://Evil.example/a/B?c=d#e', 'evil.example/a/B?c=d'],
    ['http://evil.example:8080/a', 'evil.example/a'],
    ['evil.example/login', 'evil.example/login'],
    ['203.0.113.7', '203.0.113.7'],
    ['http://203.0.113.7/', '203.0.113.7'],
    ['élan.example', 'xn--lan-9la.example'],
    ['', undefined],
    ['# a comment', undefined],
    ['! a comment', undefined],
    ['fr', null],
    ['github.io', null],
    ['0.0.0.0 localhost', null],
    ['two words', null],
    ['/banner[0-9]+/', null],
  ])('the line %j is the entry %j', (line, entry) => expect(readEntry(line)).toBe(entry))

  test('hold names with all below them, and addresses with or without their query', () => {
    const list = DomainBlockList.of('test', [
      'evil.example',
      'half.example/bad',
      'half.example/worse?id=1',
      '203.0.113.7',
    ])
    const context = contextOf([], [list])
    const isBlocked = (url: string) => codes(url, undefined, context).includes('block-list')
    for (const url of [
      'https://evil.example/',
      'http://a.b.evil.example:81/x?y',
      'https://half.example/bad',
      'https://half.example/bad?x=1',
      'https://half.example/worse?id=1',
      'http://203.0.113.7/',
    ])
      expect(isBlocked(url), url).toBe(true)
    for (const url of [
      'https://devil.example/',
      'https://half.example/',
      'https://half.example/bad/',
      'https://half.example/worse',
      'https://half.example/worse?id=2',
    ])
      expect(isBlocked(url), url).toBe(false)
    expect(assess('https://evil.example/', undefined, context).finalReason).toEqual({
      code: 'block-list',
      what: 'test',
    })
  })

  test.each([1, 5, 7, 64])('are read in pieces of %i bytes as they were written', async (length) => {
    const { bytes } = DomainBlockList.of('test', ['evil.example', '203.0.113.7', 'half.example/bad'])
    const pieces = () =>
      Readable.from(
        Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
          bytes.subarray(at * length, (at + 1) * length),
        ),
      )
    expect((await DomainBlockList.read('test', pieces(), 3)).bytes).toEqual(bytes)
    for (const size of [2, 4])
      await expect(DomainBlockList.read('test', pieces(), size)).rejects.toThrow(
        `the list test has ${size} entries, and 18 bytes`,
      )
  })
})

test('a base of twenty thousand links is looked through', { timeout: 120_000 }, () => {
  const list = DomainBlockList.of(
    'big',
    Array.from({ length: 200_000 }, (_, index) => `evil-${index}.example`),
  )
  const context = contextOf([rule('evil.example', 'deny')], [list])
  const before = process.cpuUsage()
  let refused = 0
  for (let index = 0; index < 20_000; index++)
    if (
      assess(`https://www.site-${index}.example.fr/page/${index}?q=${index}`, `slug-${index}`, context).verdict ===
      'refuse'
    )
      refused++
  const { user, system } = process.cpuUsage(before)
  console.log(
    `20 000 assessments with a list of 200 000 entries: ${Math.round((user + system) / 1000)} ms of one processor`,
  )
  expect(refused).toBe(0)
})

describe('in an instance', () => {
  let connection: Awaited<ReturnType<typeof migratedDatabase>>
  let it: TestInstance
  let risks: Risk[]

  beforeAll(async () => {
    connection = await migratedDatabase()
    it = await openTestInstance({ services: [link], connection })
    const { database, blobs, addresses, pubsub, log } = it.instance.platform
    const open = () => Risk.open({ db: database.schema<RiskTables>('link'), blobs, addresses, pubsub, log })
    risks = [await open(), await open()]
  })
  afterAll(() => it[Symbol.asyncDispose]())

  const folder = mkdtempSync(join(tmpdir(), 'bagad-risk-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a process that has loaded no lists reads them when it is asked whether they can be read', async () => {
    const { database, blobs, addresses, pubsub, log } = it.instance.platform
    const { pool } = database
    await using risk = new Risk({ db: database.schema<RiskTables>('link'), blobs, addresses, pubsub, log })
    await pool.query(`insert into link.block_list (name, blob_key, entries) values ('lost', 'link/lists/lost', 1)`)
    try {
      await expect(risk.look()).rejects.toThrow('these block lists cannot be read: lost')
    } finally {
      await pool.query(`delete from link.block_list where name = 'lost'`)
    }
  })

  async function run(...args: string[]): Promise<string[]> {
    const { host, user, database } = connection
    const loaded = testConfig({ DATABASE_URL: `postgres://${user}@${encodeURIComponent(host)}/${database}` })
    const said = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      const [name, ...rest] = args
      await riskCommands(() => ({ loaded, services }))
        .find((command) => command.name() === name)
        ?.exitOverride()
        .parseAsync(rest, { from: 'user' })
      return said.mock.calls.map(([line]) => String(line))
    } finally {
      said.mockRestore()
    }
  }
  const verdicts = (url: string) => risks.map((risk) => risk.assess(url).verdict)

  test('some domains are known from the start', () => {
    expect(risks[0]?.assess('https://www.openstreetmap.org/').isAllowed).toBe(true)
    expect(risks[0]?.assess('https://www.impots.gouv.fr/').isAllowed).toBe(true)
  })

  test('our own hosts are told apart', () => {
    for (const host of [
      'link.localhost',
      'static.localhost',
      'id.localhost',
      'moderation.localhost',
      'usercontent.localhost',
    ])
      expect(verdicts(`http://${host}/`), host).toEqual(['refuse', 'refuse'])
    expect(verdicts('http://localhost/chiffres')).toEqual(['direct', 'direct'])
  })

  test('a rule holds in every process within moments, and no longer when it is removed', async () => {
    expect(
      await run('rule', 'set', 'deny', 'https://Spam.example/page', '--reason', 'a wave', '--until', '2999-12-31'),
    ).toEqual(['deny: spam.example and all names below it'])
    await until('both know it', () => verdicts('https://www.spam.example/').every((verdict) => verdict === 'refuse'))
    expect(await run('rule', 'list')).toContain('deny  spam.example, until 2999-12-31  a wave')
    expect(await run('rule', 'set', 'warn', 'spam.example')).toHaveLength(1)
    await until('both know the new one', () => verdicts('https://spam.example/').every((verdict) => verdict === 'hold'))
    expect(await run('rule', 'remove', 'spam.example')).toEqual(['nothing is decided about spam.example any more'])
    expect(await run('rule', 'remove', 'spam.example')).toEqual(['nothing was decided about spam.example'])
    await until('both have forgotten it', () =>
      verdicts('https://spam.example/').every((verdict) => verdict === 'direct'),
    )
  })

  test('a list is taken, replaced and forgotten, in every process', async () => {
    const file = join(folder, 'list.txt')
    writeFileSync(file, '# a list\n0.0.0.0 listed.example\nhttps://half.example/bad\nfr\n')
    expect(await run('blocklist', 'list')).toEqual(['there are no lists'])
    expect(await run('blocklist', 'add', 'mine', file)).toEqual([
      'not read: fr',
      '2 entries in mine; 1 lines are no entries, or would block everyone’s sites',
    ])
    await until('both know it', () => verdicts('https://listed.example/').every((verdict) => verdict === 'refuse'))
    expect(await run('blocklist', 'list')).toEqual([expect.stringMatching(/^mine  2 entries, of \d{4}-\d\d-\d\d$/)])
    writeFileSync(file, 'other.example\n')
    await run('blocklist', 'add', 'mine', file)
    await until('both know the new one', () =>
      verdicts('https://listed.example/').every((verdict) => verdict === 'direct'),
    )
    expect(await run('blocklist', 'remove', 'mine')).toEqual(['mine is forgotten'])
    expect(await run('blocklist', 'remove', 'mine')).toEqual(['there was no list mine'])
  })

  test('a list that is not there is told', async () => {
    await expect(run('blocklist', 'add', 'mine', '/nowhere')).rejects.toThrow('/nowhere cannot be read')
  })
})
