import { request } from 'node:http'
import { runInNewContext } from 'node:vm'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import yourls from 'yourls-api'
import { openTestInstance, type Answer, type TestInstance } from '../../../../../tests/instance.ts'
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
const PATH = '/yourls-api.php'
const get = (fields: Record<string, string>) => it.ask('link', `${PATH}?${new URLSearchParams(fields)}`)
const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  it.ask('link', PATH, { method: 'POST', body: new URLSearchParams(fields), headers })
/** A call with the key, answered in JSON. */
const call = (fields: Record<string, string>) => get({ format: 'json', signature: key, ...fields })
const host = () => `link.localhost:${it.port}`
const links = async () => (await database().query('select count(*)::int as links from link.link')).rows[0].links
const both = (answer: Answer) => [answer.status, answer.text]

describe('who asks', () => {
  const NO_KEY = '{"message":"Please log in","errorCode":"403","callback":""}'
  const WRONG = '{"message":"Invalid username or password","errorCode":"403","callback":""}'

  test('must show a key', async () => {
    for (const fields of [{}, { action: 'shorturl', url: 'https://www.brest.fr/' }, { action: 'version' }])
      expect(both(await get({ format: 'json', ...fields }))).toEqual([403, NO_KEY])
    expect(both(await get({}))).toEqual([
      403,
      '<?xml version="1.0" encoding="UTF-8"?>\n<root><message>Please log in</message><errorCode>403</errorCode><callback /></root>\n',
    ])
    expect(both(await get({ format: 'simple' }))).toEqual([403, 'Please log in'])
  })

  test('and the right one', async () => {
    for (const wrong of [
      { signature: 'bagad_x' },
      { signature: 'f00' },
      { signature: key, timestamp: '1700000000' },
      { username: 'anne', password: 'x' },
      { username: 'anne' },
      { password: 'x' },
    ])
      expect(both(await get({ format: 'json', action: 'version', ...wrong })), JSON.stringify(wrong)).toEqual([
        403,
        WRONG,
      ])
  })

  test.each([
    ['signature', () => ({ signature: key })],
    ['password', () => ({ username: 'whoever', password: key })],
  ])('by %s, in the address or in a form', async (_, shown) => {
    expect(both(await get({ format: 'json', action: 'version', ...shown() }))).toEqual([200, '{"version":"1.10.4"}'])
    expect(both(await post({ format: 'json', action: 'version', db: '1', ...shown() }))).toEqual([
      200,
      '{"version":"1.10.4","db_version":"507"}',
    ])
  })

  test('and a key that only reads makes nothing', async () => {
    const before = await links()
    const answer = await get({ format: 'json', action: 'shorturl', url: 'https://www.brest.fr/', signature: reading })
    expect([answer.status, answer.json()]).toEqual([
      403,
      { message: expect.stringContaining('link:write'), errorCode: '403', callback: '' },
    ])
    expect(await links()).toBe(before)
    expect((await get({ format: 'json', action: 'db-stats', signature: reading })).status).toBe(200)
  })

  test('a page of another site may, without any cookie', async () => {
    const answer = await post(
      { format: 'json', action: 'version', signature: key },
      { origin: 'https://ailleurs.example', 'sec-fetch-site': 'cross-site' },
    )
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers['set-cookie']]).toEqual([
      200,
      '*',
      undefined,
    ])
  })

  test('wrong keys have a rate', async () => {
    await using strict = await openTestInstance({ services: [link] })
    const ask = () => strict.ask('link', `${PATH}?format=json&action=version&signature=bagad_wrong`)
    for (let tries = 0; tries < 20; tries++) expect((await ask()).status).toBe(403)
    const late = await ask()
    expect([late.status, late.json().errorCode]).toEqual([429, '429'])
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('shorturl', () => {
  const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

  test('makes a link, and answers byte for byte as YOURLS', async () => {
    const url = 'https://www.brest.fr/%C3%A9t%C3%A9'
    const answer = await call({
      action: 'shorturl',
      url: 'https://www.brest.fr/été',
      keyword: 'Été',
      title: 'L’été <à> Brest',
    })
    const { date } = answer.json().url
    expect(date).toMatch(DATE)
    const fields = {
      status: 'success', code: '', message: `${url} added to database`, errorCode: '', statusCode: '200',
      url: { keyword: 'ete', url, title: 'L’été <à> Brest', date, ip: '' }, title: 'L’été <à> Brest', shorturl: `http://${host()}/ete`,
    } // prettier-ignore
    expect(both(answer)).toEqual([200, JSON.stringify(fields)])
    expect((await it.ask('link', '/ete')).headers.location).toBe(url)
  })

  test('an address that the caller has already is told with its link', async () => {
    const url = 'https://www.brest.fr/deja'
    await call({ action: 'shorturl', url, keyword: 'deja' })
    const answer = await call({ action: 'shorturl', url })
    const { date } = answer.json().url
    const fields = {
      status: 'fail', code: 'error:url', message: `${url} already exists in database (short URL: ${host()}/deja)`, errorCode: '400', statusCode: '400',
      url: { keyword: 'deja', url, title: url, date, ip: '', clicks: 0 }, title: url, shorturl: `http://${host()}/deja`,
    } // prettier-ignore
    expect(both(answer)).toEqual([400, JSON.stringify(fields)])
    expect(both(await call({ action: 'shorturl', url, format: 'simple' }))).toEqual([400, `http://${host()}/deja`])
  })

  test('a keyword that is taken or reserved', async () => {
    await call({ action: 'shorturl', url: 'https://www.brest.fr/pris', keyword: 'pris' })
    for (const keyword of ['pris', 'stats', '///', 'a'.repeat(300)]) {
      const message = `Short URL ${keyword} already exists in database or is reserved`
      expect((await call({ action: 'shorturl', url: 'https://www.brest.fr/autre', keyword })).json()).toEqual({
        status: 'fail',
        code: 'error:keyword',
        message,
        errorCode: '400',
        statusCode: '400',
      })
    }
    expect(
      both(await call({ action: 'shorturl', url: 'https://www.brest.fr/autre', keyword: 'pris', format: 'simple' })),
    ).toEqual([400, ''])
  })

  test('one of twelve that want a keyword at once gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        call({ action: 'shorturl', url: `https://www.brest.fr/${index}`, keyword: 'foule' }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(11).fill(400)])
  })

  test.each([
    ['', 'error:nourl', 'Missing or malformed URL'],
    ['truc', 'error:nourl', 'Missing or malformed URL'],
    ['www.brest.fr', 'error:nourl', 'Missing or malformed URL'],
    ['ftp://brest.fr/', 'error:nourl', 'Missing or malformed URL'],
    ['javascript:alert(1)', 'error:nourl', 'Missing or malformed URL'],
    ['https://brest.fr/\r\nx: y', 'error:nourl', 'Missing or malformed URL'],
    ['https://link.localhost/venir', 'error:noloop', 'URL is a short URL'],
    ['https://a:b@brest.fr/', 'error:with-credentials', expect.stringContaining('name or a password')],
    [`https://brest.fr/${'a'.repeat(9000)}`, 'error:too-long', expect.stringContaining('8000')],
  ])('%s is refused', async (url, code, message) => {
    const answer = await post({ format: 'json', signature: key, action: 'shorturl', url })
    expect([answer.status, answer.json()]).toEqual([
      400,
      { status: 'fail', code, message, errorCode: '400', statusCode: '400' },
    ])
  })
})

describe('what is read', () => {
  test('expand: by slug and by whole address', async () => {
    await call({ action: 'shorturl', url: 'https://www.brest.fr/venir', keyword: 'venir', title: 'Venir' })
    const fields = {
      keyword: 'venir',
      shorturl: `http://${host()}/venir`,
      longurl: 'https://www.brest.fr/venir',
      title: 'Venir',
      message: 'success',
      statusCode: '200',
    }
    for (const shorturl of ['venir', `http://${host()}/venir`, `https://${host()}/venir?a=b`])
      expect(both(await call({ action: 'expand', shorturl }))).toEqual([200, JSON.stringify(fields)])
    expect(both(await call({ action: 'expand', shorturl: 'venir', format: 'simple' }))).toEqual([
      200,
      'https://www.brest.fr/venir',
    ])
    expect(both(await call({ action: 'expand', shorturl: 'jamais' }))).toEqual([
      404,
      '{"keyword":"jamais","message":"Error: short URL not found","errorCode":"404"}',
    ])
    for (const shorturl of ['', 'http://x/%', 'a'.repeat(5000)])
      expect((await call({ action: 'expand', shorturl })).status).toBe(404)
  })

  test('url-stats', async () => {
    await call({ action: 'shorturl', url: 'https://www.brest.fr/vu', keyword: 'vu' })
    await it.ask('link', '/vu')
    await expect.poll(async () => (await call({ action: 'url-stats', shorturl: 'vu' })).json().link.clicks).toBe(1)
    const answer = await call({ action: 'url-stats', shorturl: 'vu' })
    const url = 'https://www.brest.fr/vu'
    const link = {
      shorturl: `http://${host()}/vu`,
      url,
      title: url,
      timestamp: answer.json().link.timestamp,
      ip: '',
      clicks: 1,
    }
    expect(both(answer)).toEqual([200, JSON.stringify({ statusCode: '200', message: 'success', link })])
    expect(both(await call({ action: 'url-stats', shorturl: 'jamais' }))).toEqual([
      404,
      '{"statusCode":"404","message":"Error: short URL not found"}',
    ])
  })

  test('what others keep to themselves is not told', async () => {
    await database().query(`insert into link.link (slug, url, password_hash, is_count_public) values
      ('ferme', 'https://secret.example/', 'x', true), ('compte-clos', 'https://clos.example/', null, false)`)
    expect(both(await call({ action: 'expand', shorturl: 'ferme' }))).toEqual([
      404,
      expect.not.stringContaining('secret.example'),
    ])
    expect((await call({ action: 'url-stats', shorturl: 'compte-clos' })).json()).toEqual({
      statusCode: '403',
      message: 'Error: stats are not public',
    })
  })

  test('stats: the caller’s own links, in each order, in parts', async () => {
    const other = await tokenFor(it, 'yann', ['link:write'])
    const mine = (fields: Record<string, string>) =>
      get({ format: 'json', signature: other, action: 'stats', ...fields })
    for (const keyword of ['un', 'deux', 'trois'])
      await get({ signature: other, action: 'shorturl', url: `https://yann.example/${keyword}`, keyword })
    await database().query(`update link.link set clicks = 5 where slug = 'deux'`)
    await database().query(`update link.link set clicks = 2 where slug = 'un'`)
    const stats = { total_links: 3, total_clicks: 7 }
    expect(both(await mine({}))).toEqual([200, JSON.stringify({ stats, statusCode: '200', message: 'success' })])
    const listed = async (fields: Record<string, string>) =>
      Object.entries<{ shorturl: string }>((await mine(fields)).json().links).map(
        ([name, { shorturl }]) => `${name} ${shorturl.split('/').at(-1)}`,
      )
    expect(await listed({ filter: 'top', limit: '2' })).toEqual(['link_1 deux', 'link_2 un'])
    expect(await listed({ filter: 'bottom', limit: '9' })).toEqual(['link_1 trois', 'link_2 un', 'link_3 deux'])
    expect(await listed({ filter: 'last', limit: '1', start: '1' })).toEqual(['link_1 deux'])
    expect(await listed({ filter: 'rand', limit: '9' })).toHaveLength(3)
    expect(await listed({ filter: 'nonsense', limit: '1' })).toEqual(['link_1 deux'])
    expect((await mine({ limit: '-1' })).json()).toEqual({ stats, statusCode: '200', message: 'success' })
    expect((await mine({ limit: '5', start: '99999999999999999999' })).status).toBe(200)
  })

  test('db-stats, and what is no action', async () => {
    const { rows } = await database().query(`select count(*)::int as links, sum(clicks)::int as clicks from link.link`)
    expect((await call({ action: 'db-stats' })).json()).toEqual({
      'db-stats': { total_links: rows[0].links, total_clicks: expect.any(Number) },
      statusCode: '200',
      message: 'success',
    })
    for (const action of ['', 'nonsense', 'constructor'])
      expect(both(await call({ action }))).toEqual([
        400,
        '{"errorCode":"400","message":"Unknown or missing \\"action\\" parameter"}',
      ])
  })
})

describe('formats', () => {
  test('xml unless something else is said; what is written in a title is text there', async () => {
    const title = `<b>&"'</b> ]]>\u0001 é\u00a0!`
    const answer = await get({
      signature: key,
      action: 'shorturl',
      url: 'https://www.brest.fr/?a=1&b=<2>',
      keyword: 'xml',
      title,
    })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/xml; charset=utf-8'])
    expect(answer.text).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<root><status>success<\/status><code \/><message>.*<\/root>\n$/,
    )
    expect(answer.text).toContain('<title>&lt;b&gt;&amp;"\'&lt;/b&gt; ]]&gt; é&#160;!</title>')
    const { DOMParser } = parseHTML('<html></html>')
    const read = new DOMParser().parseFromString(answer.text, 'text/xml')
    expect(read.querySelector('root > url > url')?.textContent).toBe('https://www.brest.fr/?a=1&b=%3C2%3E')
    expect((await get({ signature: key, action: 'url-stats', shorturl: 'xml', format: 'xml' })).text).toContain(
      `<link><shorturl>http://${host()}/xml</shorturl>`,
    )
  })

  test('jsonp calls the named function, from any page; other names are refused', async () => {
    const answer = await call({ action: 'version', format: 'jsonp', callback: 'app.$done_1' })
    expect(both(answer)).toEqual([200, 'app.$done_1({"version":"1.10.4","callback":"app.$done_1"})'])
    expect([answer.headers['content-type'], answer.headers['cross-origin-resource-policy']]).toEqual([
      'application/javascript; charset=utf-8',
      'cross-origin',
    ])
    expect((await call({ action: 'version', format: 'jsonp', jsonp: 'f' })).text).toBe(
      'f({"version":"1.10.4","callback":"f"})',
    )
    for (const callback of ['', 'alert(1)//', 'a;b', 'a b', '<script>', 'a[b]', 'a[1]()', 'a\n', 'é'])
      expect(both(await call({ action: 'version', format: 'jsonp', callback })), callback).toEqual([
        400,
        '{"message":"Invalid callback name","errorCode":"400"}',
      ])
    expect((await call({ action: 'version', callback: '<b>' })).json()).toEqual({ version: '1.10.4', callback: '<b>' })
  })

  test('a format that nobody knows is simple', async () => {
    const answer = await call({ action: 'version', format: 'yaml' })
    expect([answer.text, answer.headers['content-type']]).toEqual(['1.10.4', 'text/plain; charset=utf-8'])
  })

  test('fields that come twice, or as lists, are read as PHP reads them', async () => {
    const answer = await it.ask('link', `${PATH}?format=xml&format=json&action=version&signature=${key}&a[]=1`)
    expect(answer.json()).toEqual({ version: '1.10.4' })
    expect(
      (
        await it.ask('link', `${PATH}?format=json&action=version`, {
          method: 'POST',
          body: { signature: [key], action: { $ne: 1 } },
        })
      ).json(),
    ).toEqual({
      version: '1.10.4',
    })
  })
})

/** What the package wants of a browser: requests, and scripts that are loaded and run. */
function browserOf(instance: TestInstance): void {
  const connect = { host: '127.0.0.1', port: instance.port }
  class XMLHttpRequest {
    readyState = 0
    responseText = ''
    onreadystatechange = () => {}
    #method = ''
    #url = new URL('http://nowhere')
    readonly #headers: Record<string, string> = {}
    open(method: string, url: string) {
      this.#method = method
      this.#url = new URL(url)
    }
    setRequestHeader(name: string, value: string) {
      this.#headers[name] = value
    }
    send(body: string | null) {
      const asked = request(
        {
          ...connect,
          method: this.#method,
          path: this.#url.pathname + this.#url.search,
          headers: { ...this.#headers, host: this.#url.host },
        },
        (answer) => {
          answer.setEncoding('utf8').on('data', (part: string) => (this.responseText += part))
          answer.on('end', () => {
            this.readyState = 4
            this.onreadystatechange()
          })
        },
      )
      asked.end(body ?? undefined)
    }
  }
  const { document } = parseHTML('<html><head></head></html>')
  const window: Record<string, unknown> = {}
  Object.assign(globalThis, { XMLHttpRequest, window, document })
  document.head.appendChild = (script) => {
    Object.defineProperty(script, 'parentNode', { value: { removeChild: () => {} } })
    const { pathname, search } = new URL(Object(script).getAttribute('src'))
    void instance.ask('link', pathname + search).then(({ text }) => runInNewContext(text, window))
    return script
  }
}

/** The first thing that a call of the package gives back. */
function resultOf(call: (fields: (result: unknown) => void) => void): Promise<unknown> {
  return new Promise((done) => call(done))
}

describe('the npm package yourls-api', () => {
  beforeAll(() => browserOf(it))

  test.each([
    ['json', 'GET'],
    ['json', 'POST'],
    ['jsonp', 'GET'],
  ])('makes, expands and counts in %s by %s', async (format, method) => {
    const name = `npm-${format}-${method}`.toLowerCase()
    const url = `https://www.brest.fr/${name}`
    const shorturl = `http://${host()}/${name}`
    yourls.connect(`http://${host()}${PATH}`, { signature: key }, { format, method })
    expect(await resultOf((fields) => yourls.shorten(url, { keyword: name, title: 'Là' }, fields))).toMatchObject({
      shorturl,
      title: 'Là',
    })
    expect(await resultOf((fields) => yourls.url(name).expand(fields))).toEqual({
      keyword: name,
      longurl: url,
      shorturl,
    })
    expect(await resultOf((fields) => yourls.url(name).stats(fields))).toMatchObject({ url, clicks: 0 })
    expect(await resultOf((fields) => yourls.stats({ filter: 'last', limit: 1 }, fields))).toMatchObject({
      links: [{ shorturl }],
    })
    expect(await resultOf((fields) => yourls.version(true, fields))).toEqual({ version: '1.10.4', db_version: '507' })
  })
})
