import http from 'node:http'
import type { LookupFunction } from 'node:net'
import { ShlinkApiClient } from '@shlinkio/shlink-js-sdk'
import { ErrorType } from '@shlinkio/shlink-js-sdk/api-contract'
import { FetchHttpClient } from '@shlinkio/shlink-js-sdk/fetch'
import { NodeHttpClient } from '@shlinkio/shlink-js-sdk/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type Asking, type TestInstance } from '../../../../../tests/instance.ts'
import { tokenFor } from '../../../../../tests/people.ts'
import { link } from '../../service.ts'

let it: TestInstance
let key: string
let reading: string

beforeAll(async () => {
  it = await openTestInstance({ services: [link], env: { BAGAD_LIMITS: 'relaxed' } })
  key = await tokenFor(it, 'anne', ['link:write'])
  reading = await tokenFor(it, 'anne', ['link:read'])
})
afterAll(() => it[Symbol.asyncDispose]())

const database = () => it.instance.platform.database.pool
const host = () => `link.localhost:${it.port}`
const call = (path: string, { headers, ...asking }: Asking = {}) =>
  it.ask('link', `/rest/v3${path}`, { ...asking, headers: { 'x-api-key': key, ...headers } })
const make = async (body: object) => (await call('/short-urls', { method: 'POST', body })).json()
const problem = (code: string, title: string, detail: string, status: number, more: object = {}) =>
  JSON.stringify({ type: `https://shlink.io/api/error/${code}`, title, detail, status, ...more })

/** A key of somebody who has nothing yet. */
let strangers = 0
const newHolder = async () => {
  const theirs = await tokenFor(it, `holder-${++strangers}`, ['link:write'])
  return (path: string, asking: Asking = {}) => call(path, { ...asking, headers: { 'x-api-key': theirs } })
}

describe('who asks', () => {
  test('must show a key, but for the health', async () => {
    const answer = await it.ask('link', '/rest/v3/short-urls')
    const detail = 'Expected one of the following authentication headers, ["X-Api-Key"], but none were provided'
    expect([answer.status, answer.headers['content-type']]).toEqual([401, 'application/problem+json'])
    expect(answer.text).toBe(
      problem('missing-authentication', 'Invalid authorization', detail, 401, { expectedHeaders: ['X-Api-Key'] }),
    )
    for (const path of ['/rest/health', '/rest/v1/health', '/rest/v2/health', '/rest/v3/health']) {
      const health = await it.ask('link', path)
      expect([health.status, health.json()]).toEqual([
        200,
        { status: 'pass', version: expect.stringMatching(/^\d+\.\d+\.\d+$/), links: {} },
      ])
    }
    expect((await it.ask('link', '/rest/v3/short-urls', { method: 'POST', body: {} })).status).toBe(401)
  })

  test('and the right one, in either header', async () => {
    const wrong = problem('invalid-api-key', 'Invalid API key', 'Provided API key does not exist or is invalid.', 401)
    for (const headers of [{ 'x-api-key': 'f00' }, { 'x-api-key': 'bagad_x' }])
      expect((await call('/tags', { headers })).text).toBe(wrong)
    expect((await it.ask('link', '/rest/v3/tags', { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
  })

  test('one that only reads changes nothing', async () => {
    const { shortCode } = await make({ longUrl: 'https://www.brest.fr/garde', customSlug: 'garde' })
    const headers = { 'x-api-key': reading }
    expect((await call('/short-urls/garde', { headers })).status).toBe(200)
    for (const [method, path, body] of [
      ['POST', '/short-urls', { longUrl: 'https://x.example/' }],
      ['PATCH', '/short-urls/garde', { title: 'x' }],
      ['DELETE', '/short-urls/garde', undefined],
      ['PUT', '/tags', { oldName: 'a', newName: 'b' }],
      ['DELETE', '/tags?tags[]=a', undefined],
    ] as const)
      // prettier-ignore
      expect((await call(path, { method, headers, ...(body && { body }) })).json()).toMatchObject({ status: 401, type: ErrorType.INVALID_API_KEY })
    expect((await call(`/short-urls/${shortCode}`)).json().title).toBeNull()
  })

  test('wrong keys have a rate', async () => {
    await using strict = await openTestInstance({ services: [link] })
    const ask = () => strict.ask('link', '/rest/v3/tags', { headers: { 'x-api-key': 'bagad_wrong' } })
    for (let tries = 0; tries < 20; tries++) expect((await ask()).status).toBe(401)
    const late = await ask()
    expect([late.status, Number(late.headers['retry-after']) > 0]).toEqual([429, true])
  })

  test('pages of other sites may: a browser is told so before it asks, and cookies are nothing', async () => {
    const origin = { origin: 'https://app.shlink.io', 'sec-fetch-site': 'cross-site' }
    const before = await it.ask('link', '/rest/v3/short-urls/venir', {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'x-api-key' },
    })
    expect([before.status, before.headers['access-control-allow-origin']]).toEqual([204, '*'])
    expect(before.headers['access-control-allow-methods']).toContain('DELETE')
    expect(before.headers['access-control-allow-headers']).toContain('X-Api-Key')
    const answer = await call('/short-urls', {
      method: 'POST',
      body: { longUrl: 'https://www.brest.fr/la' },
      headers: origin,
    })
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers['set-cookie']]).toEqual([
      200,
      '*',
      undefined,
    ])
    expect((await it.ask('link', '/rest/v3/tags', { headers: origin })).headers['access-control-allow-origin']).toBe(
      '*',
    )
  })
})

describe('a short URL', () => {
  const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/

  test('is made with everything, and shown byte for byte as in Shlink', async () => {
    const answer = await call('/short-urls', {
      method: 'POST',
      body: {
        longUrl: 'https://www.brest.fr/fête?a=b#c', customSlug: 'Fête', title: ' La fête ', tags: ['Été', 'port', 'port'], maxVisits: 12,
        validSince: '2026-05-23T23:41:23+04:00', validUntil: '2096-01-01', crawlable: true, forwardQuery: false,
      },
    }) // prettier-ignore
    const { dateCreated } = answer.json()
    expect(dateCreated).toMatch(MOMENT)
    const told = {
      shortCode: 'fete', shortUrl: `http://${host()}/fete`, longUrl: 'https://www.brest.fr/f%C3%AAte?a=b#c', dateCreated,
      visitsSummary: { total: 0, nonBots: 0, bots: 0 }, tags: ['port', 'été'],
      meta: { validSince: '2026-05-23T21:41:23+02:00', validUntil: '2096-01-01T00:00:00+01:00', maxVisits: 12 },
      domain: null, title: 'La fête', crawlable: true, forwardQuery: false, hasRedirectRules: false,
    } // prettier-ignore
    expect([answer.status, answer.text]).toEqual([200, JSON.stringify(told)])
    for (const version of ['v1', 'v2', 'v3'])
      expect((await it.ask('link', `/rest/${version}/short-urls/fete`, { headers: { 'x-api-key': key } })).text).toBe(
        answer.text,
      )
  })

  test('is made with nothing but an address; what visitors add is passed on', async () => {
    const made = await make({ longUrl: 'https://www.brest.fr/?x=1' })
    expect(made).toMatchObject({
      tags: [],
      title: null,
      crawlable: false,
      forwardQuery: true,
      meta: { validSince: null, validUntil: null, maxVisits: null },
    })
    expect((await it.ask('link', `/${made.shortCode}?y=2`)).headers.location).toBe('https://www.brest.fr/?x=1&y=2')
    expect((await make({ longUrl: 'https://www.brest.fr/', shortCodeLength: 12 })).shortCode).toHaveLength(12)
    expect(
      (
        await make({
          longUrl: 'https://www.brest.fr/',
          customSlug: null,
          tags: null,
          title: null,
          maxVisits: null,
          validSince: null,
          domain: null,
        })
      ).longUrl,
    ).toBe('https://www.brest.fr/')
  })

  test('that exists is given again when that is asked', async () => {
    const wanted = { longUrl: 'https://www.brest.fr/deux-fois', findIfExists: true }
    const { shortCode } = await make(wanted)
    expect((await make(wanted)).shortCode).toBe(shortCode)
    expect((await make({ ...wanted, findIfExists: false })).shortCode).not.toBe(shortCode)
    expect((await make({ ...wanted, maxVisits: 3 })).shortCode).not.toBe(shortCode)
    await make({ ...wanted, customSlug: 'deux-fois' })
    expect((await make({ ...wanted, customSlug: 'Deux fois' })).shortCode).toBe('deux-fois')
    expect((await make({ longUrl: 'https://autre.example/', findIfExists: true, customSlug: 'deux-fois' })).type).toBe(
      ErrorType.INVALID_SLUG,
    )
  })

  test('whose slug is taken or reserved is refused; of twelve at once one is made', async () => {
    await make({ longUrl: 'https://www.brest.fr/', customSlug: 'prise' })
    for (const customSlug of ['prise', 'rest'])
      expect(
        (await call('/short-urls', { method: 'POST', body: { longUrl: 'https://www.brest.fr/', customSlug } })).text,
      ).toBe(
        problem('non-unique-slug', 'Invalid custom slug', `Provided slug "${customSlug}" is already in use.`, 400, {
          customSlug,
        }),
      )
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        call('/short-urls', { method: 'POST', body: { longUrl: 'https://www.brest.fr/', customSlug: 'ensemble' } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(11)
  })

  test.each([
    [{}, ['longUrl']],
    [{ longUrl: null }, ['longUrl']],
    [{ longUrl: '' }, ['longUrl']],
    [{ longUrl: 'www.brest.fr' }, ['longUrl']],
    [{ longUrl: 'ftp://brest.fr' }, ['longUrl']],
    [{ longUrl: 'https://brest.fr/\r\nx: y' }, ['longUrl']],
    [{ longUrl: `https://brest.fr/${'a'.repeat(9000)}` }, ['longUrl']],
    [{ longUrl: ['https://brest.fr'], tags: 'a', maxVisits: 0 }, ['longUrl', 'tags', 'maxVisits']],
    [{ longUrl: 'https://brest.fr/', customSlug: '///' }, ['customSlug']],
    [{ longUrl: 'https://brest.fr/', customSlug: 'a'.repeat(300) }, ['customSlug']],
    [{ longUrl: 'https://brest.fr/', customSlug: '///', findIfExists: true }, ['customSlug']],
    [{ longUrl: 'https://brest.fr/', shortCodeLength: 3 }, ['shortCodeLength']],
    [{ longUrl: 'https://brest.fr/', maxVisits: 1.5 }, ['maxVisits']],
    [{ longUrl: 'https://brest.fr/', maxVisits: 1e300 }, ['maxVisits']],
    [{ longUrl: 'https://brest.fr/', validSince: 'demain' }, ['validSince']],
    [{ longUrl: 'https://brest.fr/', validUntil: '0000-01-01T00:00:00Z' }, ['validUntil']],
    [{ longUrl: 'https://brest.fr/', validUntil: '2026-02-30' }, ['validUntil']],
    [{ longUrl: 'https://brest.fr/', validSince: '2027-01-01', validUntil: '2026-01-01' }, ['validUntil']],
    [{ longUrl: 'https://brest.fr/', domain: 'autre.example' }, ['domain']],
  ])('%$: such a wish is invalid', async (body, invalidElements) => {
    const answer = await call('/short-urls', { method: 'POST', body })
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        type: ErrorType.INVALID_ARGUMENT,
        title: 'Invalid data',
        detail: expect.any(String),
        status: 400,
        invalidElements,
      },
    ])
  })

  test('a body that is none is told; what would break a line, a page or a query is only text', async () => {
    expect(
      (
        await call('/short-urls', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })
      ).json(),
    ).toMatchObject({
      title: 'Malformed request body',
      status: 400,
    })
    for (const body of ['null', '[]', '1', ''])
      expect(
        (await call('/short-urls', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status,
      ).toBe(400)
    const made = await make({
      longUrl: 'https://brest.fr/',
      title: 'a b\r\nc <script>',
      tags: ['x y', "' or 1=1", '%'],
    })
    expect(made).toMatchObject({ title: 'a b c <script>', tags: ['%', "' or 1=1", 'x y'] })
  })

  test('is changed: what is absent stays, null takes away, and the old address is kept in its history', async () => {
    await make({
      longUrl: 'https://avant.example/',
      customSlug: 'change',
      title: 'Avant',
      tags: ['a'],
      maxVisits: 3,
      validUntil: '2096-01-01',
    })
    const patch = async (body: object) => (await call('/short-urls/change', { method: 'PATCH', body })).json()
    expect(await patch({ title: 'Après' })).toMatchObject({
      title: 'Après',
      tags: ['a'],
      longUrl: 'https://avant.example/',
      meta: { maxVisits: 3 },
    })
    expect(await patch({ longUrl: 'https://apres.example/', tags: ['b', 'c'], maxVisits: null, validUntil: null, forwardQuery: false })).toMatchObject({
      longUrl: 'https://apres.example/', tags: ['b', 'c'], forwardQuery: false, meta: { validUntil: null, maxVisits: null },
    }) // prettier-ignore
    await expect.poll(async () => (await it.ask('link', '/change')).headers.location).toBe('https://apres.example/')
    expect(
      (
        await database().query(
          `select h.url from link.link_history h join link.link l on l.id = link_id where slug = 'change'`,
        )
      ).rows,
    ).toEqual([{ url: 'https://avant.example/' }])
    expect(await patch({ maxVisits: -1 })).toMatchObject({ status: 400, invalidElements: ['maxVisits'] })
  })

  test('is deleted, and its slug never given again', async () => {
    await make({ longUrl: 'https://www.brest.fr/', customSlug: 'efface' })
    const gone = await call('/short-urls/efface', { method: 'DELETE' })
    expect([gone.status, gone.raw.length]).toEqual([204, 0])
    expect((await call('/short-urls/efface')).status).toBe(404)
    expect((await make({ longUrl: 'https://www.brest.fr/', customSlug: 'efface' })).type).toBe(ErrorType.INVALID_SLUG)
    await expect.poll(async () => (await it.ask('link', '/efface')).status).toBe(410)
  })

  test('that is unknown, somebody else’s, or of another domain is not found', async () => {
    await (
      await newHolder()
    )('/short-urls', { method: 'POST', body: { longUrl: 'https://www.brest.fr/', customSlug: 'a-autrui' } })
    await make({ longUrl: 'https://www.brest.fr/', customSlug: 'a-moi' })
    for (const shortCode of ['jamais', 'a-autrui'])
      for (const method of ['GET', 'PATCH', 'DELETE'])
        expect(
          (await call(`/short-urls/${shortCode}`, { method, ...(method === 'PATCH' && { body: {} }) })).text,
          method + shortCode,
        ).toBe(
          problem('short-url-not-found', 'Short URL not found', `No URL found with short code "${shortCode}"`, 404, {
            shortCode,
          }),
        )
    expect((await call('/short-urls/a-moi?domain=autre.example')).json()).toMatchObject({
      status: 404,
      shortCode: 'a-moi',
      domain: 'autre.example',
    })
    expect((await call('/short-urls/a-moi?domain=DEFAULT')).status).toBe(200)
    for (const shortCode of ['%F0%9F%92%A9', '..%2f..', "'"])
      expect((await call(`/short-urls/${shortCode}`)).status, shortCode).toBe(404)
    expect((await it.ask('link', '/a-autrui')).status).toBe(302)
  })
})

describe('the list', () => {
  test('is searched, ordered, and comes in pages', async () => {
    const mine = await newHolder()
    const wishes = [
      { customSlug: 'l-un', longUrl: 'https://c.example/', tags: ['mer', 'port'], title: 'Bateau' },
      { customSlug: 'l-deux', longUrl: 'https://b.example/', tags: ['mer'], validUntil: '2020-01-01' },
      { customSlug: 'l-trois', longUrl: 'https://a.example/', tags: ['ville'], maxVisits: 1 },
    ]
    for (const body of wishes) await mine('/short-urls', { method: 'POST', body })
    await database().query(`update link.link set clicks = 9, bots = 9 where slug = 'l-un'`)
    await database().query(`update link.link set clicks = 4 where slug = 'l-trois'`)
    await database().query(`update link.link set created_at = '2026-01-15T12:00:00Z' where slug = 'l-deux'`)
    const listed = async (query = '') =>
      (await mine(`/short-urls${query}`))
        .json()
        .shortUrls.data.map(({ shortCode }: { shortCode: string }) => shortCode.slice(2))
    expect(await listed('?orderBy=visits-DESC')).toEqual(['un', 'trois', 'deux'])
    expect((await listed('?orderBy=nonBotVisits-DESC'))[0]).toBe('trois')
    expect(await listed('?orderBy=longUrl')).toEqual(['trois', 'deux', 'un'])
    expect(await listed('?orderBy=dateCreated-ASC')).toEqual(['deux', 'un', 'trois'])
    expect(await listed('?searchTerm=bateau')).toEqual(['un'])
    expect(await listed('?searchTerm=%25')).toEqual([])
    expect(await listed('?tags[]=mer&orderBy=shortCode')).toEqual(['deux', 'un'])
    expect(await listed('?tags[]=mer&tags[]=port&tagsMode=all')).toEqual(['un'])
    expect(await listed('?tags[]=ville&tags[]=port&tagsMode=any&orderBy=shortCode')).toEqual(['trois', 'un'])
    expect(await listed('?excludePastValidUntil=true&excludeMaxVisitsReached=true')).toEqual(['un'])
    expect(await listed('?startDate=2026-01-15T12:00:00%2B00:00&endDate=2026-01-16')).toEqual(['deux'])
    expect(await listed('?endDate=2026-01-15T13:00:00+01:00')).toEqual(['deux'])
    expect(await listed('?domain=autre.example')).toEqual([])
    const page = (await mine('/short-urls?page=2&itemsPerPage=2&orderBy=shortCode-DESC')).json().shortUrls
    expect(page.data.map(({ shortCode }: { shortCode: string }) => shortCode)).toEqual(['l-deux'])
    expect(page.pagination).toEqual({
      currentPage: 2,
      pagesCount: 2,
      itemsPerPage: 2,
      itemsInCurrentPage: 1,
      totalItems: 3,
    })
    expect((await mine('/short-urls?itemsPerPage=-1')).json().shortUrls.pagination).toMatchObject({
      pagesCount: 1,
      itemsInCurrentPage: 3,
    })
  })

  test.each([
    ['?page=0', ['page']],
    ['?page=x', ['page']],
    ['?orderBy=password-ASC', ['orderBy']],
    ['?orderBy=visits-DESC;drop', ['orderBy']],
    ['?tagsMode=some', ['tagsMode']],
    ['?startDate=hier', ['startDate']],
  ])('%s is invalid', async (query, invalidElements) => {
    expect((await call(`/short-urls${query}`)).json()).toMatchObject({ status: 400, invalidElements })
  })

  test('a zero byte is refused', async () => {
    for (const path of ['/short-urls?searchTerm=%00', '/short-urls?tags[]=%00', '/short-urls/%00'])
      expect((await call(path)).status, path).toBe(400)
    expect((await call('/tags?tags[]=%00', { method: 'DELETE' })).status).toBe(400)
    const body = { longUrl: 'https://brest.fr/', title: 'a\u0000b' }
    expect((await call('/short-urls', { method: 'POST', body })).status).toBe(400)
  })
})

describe('tags', () => {
  test('are listed, counted, renamed and taken away, of their holder’s links alone', async () => {
    const [mine, theirs] = [await newHolder(), await newHolder()]
    for (const [ask, tags] of [
      [mine, ['mer', 'port']],
      [mine, ['mer']],
      [theirs, ['mer', 'quai']],
    ] as const)
      // prettier-ignore
      await ask('/short-urls', { method: 'POST', body: { longUrl: 'https://www.brest.fr/', tags } })
    expect((await mine('/tags')).json().tags).toEqual({
      data: ['mer', 'port'],
      pagination: { currentPage: 1, pagesCount: 1, itemsPerPage: 5000, itemsInCurrentPage: 2, totalItems: 2 },
    })
    expect((await mine('/tags/stats')).json().tags.data).toEqual([
      { tag: 'mer', shortUrlsCount: 2, visitsSummary: { total: 0, nonBots: 0, bots: 0 } },
      { tag: 'port', shortUrlsCount: 1, visitsSummary: { total: 0, nonBots: 0, bots: 0 } },
    ])
    const rename = (oldName: string, newName: string) => mine('/tags', { method: 'PUT', body: { oldName, newName } })
    expect((await rename('mer', 'océan')).status).toBe(204)
    expect((await rename('port', 'océan')).text).toBe(
      problem('tag-conflict', 'Tag conflict', 'You cannot rename tag port to océan, because it already exists', 409, {
        oldName: 'port',
        newName: 'océan',
      }),
    )
    expect((await rename('quai', 'x')).text).toBe(
      problem('tag-not-found', 'Tag not found', 'Tag with name "quai" could not be found', 404, { tag: 'quai' }),
    )
    expect((await rename('port', ' ')).json().invalidElements).toEqual(['newName'])
    expect((await mine('/tags', { method: 'PUT', body: { oldName: 1 } })).json().invalidElements.toSorted()).toEqual([
      'newName',
      'oldName',
    ])
    expect((await mine('/tags?tags[]=port&tags[]=nothing', { method: 'DELETE' })).status).toBe(204)
    expect((await mine('/tags?searchTerm=MER')).json().tags.data).toEqual([])
    expect((await mine(`/tags?searchTerm=${encodeURIComponent('OCÉ')}`)).json().tags.data).toEqual(['océan'])
    expect((await theirs('/tags')).json().tags.data).toEqual(['mer', 'quai'])
  })
})

describe('visits', () => {
  test('of all links, and of one as days of which nothing else is known', async () => {
    const mine = await newHolder()
    await mine('/short-urls', { method: 'POST', body: { longUrl: 'https://www.brest.fr/', customSlug: 'visite' } })
    await database().query(`insert into link.link_day (link_id, day, clicks, bots)
      select id, day::date, days.clicks, days.bots from link.link, (values ('2026-03-01', 3, 1), ('2026-03-03', 2, 0)) as days (day, clicks, bots) where slug = 'visite'`)
    await database().query(`update link.link set clicks = 5, bots = 1 where slug = 'visite'`)
    expect((await mine('/visits')).json()).toEqual({
      visits: { nonOrphanVisits: { total: 5, nonBots: 4, bots: 1 }, orphanVisits: { total: 0, nonBots: 0, bots: 0 } },
    })
    const visit = (date: string, potentialBot: boolean) => ({
      referer: '',
      date: `${date}T00:00:00+01:00`,
      userAgent: '',
      visitLocation: null,
      potentialBot,
    })
    const ask = async (query = '') => (await mine(`/short-urls/visite/visits${query}`)).json().visits
    const all = [
      visit('2026-03-03', false),
      visit('2026-03-03', false),
      visit('2026-03-01', false),
      visit('2026-03-01', false),
      visit('2026-03-01', true),
    ]
    expect((await ask()).data).toEqual(all)
    expect(await ask('?page=2&itemsPerPage=2')).toEqual({
      data: all.slice(2, 4),
      pagination: { currentPage: 2, pagesCount: 3, itemsPerPage: 2, itemsInCurrentPage: 2, totalItems: 5 },
    })
    expect((await ask('?excludeBots=true')).data).toEqual(all.slice(0, 4))
    expect((await ask('?startDate=2026-03-02')).data).toEqual(all.slice(0, 2))
    expect((await ask('?endDate=2026-03-02T10:00:00Z')).data).toEqual(all.slice(2))
    expect((await call('/short-urls/visite/visits')).status).toBe(404)
    await database().query(
      `update link.link_day set clicks = 100000000 where day = '2026-03-03' and link_id = (select id from link.link where slug = 'visite')`,
    )
    const many = await ask('?itemsPerPage=100000000&page=3')
    expect([many.data.length, many.pagination.totalItems]).toEqual([5000, 100_000_003])
  })
})

test('the instance has one domain, and no hub for news', async () => {
  const redirects = { baseUrlRedirect: null, regular404Redirect: null, invalidShortUrlRedirect: null }
  expect((await call('/domains')).json()).toEqual({
    domains: { data: [{ domain: host(), isDefault: true, redirects }], defaultRedirects: redirects },
  })
  expect((await call('/mercure-info')).text).toBe(
    problem(
      'mercure-not-configured',
      'Mercure integration not configured',
      'This Shlink instance is not integrated with a mercure hub.',
      501,
    ),
  )
})

test('the code of a short URL is where Shlink had it', async () => {
  const { shortCode } = await make({ longUrl: 'https://www.brest.fr/' })
  expect((await it.ask('link', `/${shortCode}/qr-code?size=200&format=svg&margin=2`)).headers['content-type']).toBe(
    'image/svg+xml',
  )
  expect((await it.ask('link', `/${shortCode}/qr-code`)).raw.subarray(1, 4).toString()).toBe('PNG')
})

/** Node does not resolve names of `*.localhost`. */
const lookup: LookupFunction = (_, { all }, done) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)

/** Node's own client, to whom it is said where these names lead. */
const onLoopback: typeof http = {
  ...http,
  request: (address: unknown, options?: unknown, told?: unknown) =>
    http.request(String(address), { ...Object(options), lookup }, Object(told)),
}

/** The same as `fetch`. */
const fetchOnLoopback = async (
  address: string | URL | Request,
  { method = 'GET', headers, body }: RequestInit = {},
): Promise<Response> => {
  const { pathname, search } = new URL(address instanceof Request ? address.url : address)
  const sent = Object.fromEntries(new Headers(headers).entries())
  const answer = await it.ask('link', pathname + search, {
    method,
    headers: sent,
    ...(typeof body === 'string' && { body }),
  })
  return new Response(answer.status === 204 ? null : answer.text, { status: answer.status })
}

describe.each([
  ['node', () => new NodeHttpClient(onLoopback)],
  ['fetch', () => new FetchHttpClient(fetchOnLoopback)],
])('the official JavaScript SDK, over %s', (name, httpClient) => {
  test('does all that it does', async () => {
    const apiKey = await tokenFor(it, `sdk-${name}`, ['link:write'])
    const client = new ShlinkApiClient(httpClient(), { baseUrl: `http://${host()}`, apiKey })
    expect(await client.health()).toMatchObject({ status: 'pass' })
    const slug = `sdk-${name}`
    const made = await client.createShortUrl({
      longUrl: 'https://www.brest.fr/sdk',
      customSlug: slug,
      tags: ['sdk', 'mer'],
      maxVisits: 5,
    })
    expect(made).toMatchObject({ shortCode: slug, shortUrl: `http://${host()}/${slug}` })
    expect(await client.getShortUrl({ shortCode: slug })).toEqual(made)
    await client.createShortUrl({ longUrl: 'https://www.brest.fr/autre' })
    const list = await client.listShortUrls({
      tags: ['sdk', 'mer'],
      tagsMode: 'all',
      orderBy: { field: 'dateCreated', dir: 'DESC' },
      excludePastValidUntil: true,
      page: '1',
      itemsPerPage: 5,
    })
    expect([list.data, list.pagination.totalItems]).toEqual([[made], 1])
    expect(await client.updateShortUrl({ shortCode: slug }, { title: 'Là', maxVisits: null })).toMatchObject({
      title: 'Là',
      meta: { maxVisits: null },
    })
    expect((await client.listTags()).data).toEqual(['mer', 'sdk'])
    expect(await client.editTag({ oldName: 'sdk', newName: 'ville' })).toEqual({ oldName: 'sdk', newName: 'ville' })
    expect((await client.tagsStats()).data).toMatchObject([{ tag: 'mer', shortUrlsCount: 1 }, { tag: 'ville', shortUrlsCount: 1 }]) // prettier-ignore
    expect(await client.deleteTags(['mer', 'ville'])).toEqual({ tags: ['mer', 'ville'] })
    await it.ask('link', `/${slug}`, {
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    })
    await expect
      .poll(async () => (await client.getVisitsOverview()).nonOrphanVisits)
      .toEqual({ total: 1, nonBots: 1, bots: 0 })
    const visits = await client.getShortUrlVisits({ shortCode: slug }, { page: 1, itemsPerPage: 10, excludeBots: true })
    expect([visits.data.length, visits.pagination.totalItems]).toEqual([1, 1])
    expect((await client.listDomains()).data).toHaveLength(1)
    await expect(client.mercureInfo()).rejects.toMatchObject({ type: ErrorType.MERCURE_NOT_CONFIGURED, status: 501 })
    await client.deleteShortUrl({ shortCode: slug })
    await expect(client.getShortUrl({ shortCode: slug })).rejects.toMatchObject({
      type: ErrorType.INVALID_SHORTCODE,
      status: 404,
    })
    await expect(client.deleteShortUrl({ shortCode: slug })).rejects.toMatchObject({
      type: ErrorType.INVALID_SHORTCODE,
    })
    await expect(client.createShortUrl({ longUrl: 'https://www.brest.fr/', customSlug: slug })).rejects.toMatchObject({
      type: ErrorType.INVALID_SLUG,
    })
    const nobody = new ShlinkApiClient(httpClient(), { baseUrl: `http://${host()}`, apiKey: 'wrong' })
    await expect(nobody.listTags()).rejects.toMatchObject({ type: ErrorType.INVALID_API_KEY })
  })
})
