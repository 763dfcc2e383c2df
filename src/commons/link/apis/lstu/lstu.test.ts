import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type Answer, type TestInstance } from '../../../../../tests/instance.ts'
import { tokenFor } from '../../../../../tests/people.ts'
import { readSlug } from '../../slugs.ts'
import { link } from '../../service.ts'

let it: TestInstance
let key: string

beforeAll(async () => {
  it = await openTestInstance({ services: [link], env: { BAGAD_LIMITS: 'relaxed' } })
  key = await tokenFor(it, 'anne', ['link:write'])
})
afterAll(() => it[Symbol.asyncDispose]())

const database = () => it.instance.platform.database.pool
const get = (path: string, headers: Record<string, string> = {}) => it.ask('link', path, { headers })
const shorten = (fields: Record<string, string>, headers: Record<string, string> = {}, path = '/a') =>
  it.ask('link', path, { method: 'POST', body: new URLSearchParams({ format: 'json', ...fields }), headers })
const home = () => `http://link.localhost:${it.port}/`
const slugOf = (answer: Answer) => String(answer.json().short).slice(home().length)
const cookieOf = (answer: Answer) =>
  (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ')

describe('POST /a', () => {
  test('makes a link, and answers byte for byte as Lstu', async () => {
    const answer = await shorten({ lsturl: '  https://www.brest.fr/été  ' })
    const { short, qrcode } = answer.json()
    expect([answer.status, answer.headers['content-type'], answer.headers['access-control-allow-origin']]).toEqual([
      200,
      'application/json; charset=utf-8',
      '*',
    ])
    expect(answer.text).toBe(
      JSON.stringify({ success: true, url: 'https://www.brest.fr/%C3%A9t%C3%A9', short, qrcode }),
    )
    expect(short).toMatch(new RegExp(`^${home()}[a-hjkmnp-z2-9]{6}$`))
    expect(qrcode).toMatch(/^([A-Za-z0-9+/]{76}\n)+[A-Za-z0-9+/=]{1,76}\n$/)
    expect(Buffer.from(qrcode, 'base64').subarray(1, 4).toString()).toBe('PNG')
    expect((await get(`/${slugOf(answer)}`)).headers.location).toBe('https://www.brest.fr/%C3%A9t%C3%A9')
  })

  test.each([
    ['a field of the form', {}, '/a', { format: 'json' }],
    ['the same field of Mojolicious', {}, '/a', { format: '', _format: 'json' }],
    ['the query', {}, '/a?format=json', { format: '' }],
    ['the header', { accept: 'application/json' }, '/a', { format: '' }],
    ['the end of the path', {}, '/a.json', { format: '' }],
  ])('JSON is asked by %s', async (_, headers, path, fields) => {
    expect((await shorten({ lsturl: 'https://www.brest.fr/', ...fields }, headers, path)).json().success).toBe(true)
  })

  test('takes a form in parts, and lets a file in it pass by', async () => {
    const body = [
      '--x\r\nContent-Disposition: form-data; name="lsturl"\r\n\r\nhttps://www.brest.fr/parties',
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc',
      '--x\r\nContent-Disposition: form-data; name="format"\r\n\r\njson\r\n--x--\r\n',
    ].join('\r\n')
    const answer = await it.ask('link', '/a', {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    })
    expect(answer.json()).toMatchObject({ success: true, url: 'https://www.brest.fr/parties' })
  })

  test.each([
    ['Mon Été à Brest', 'mon-ete-a-brest'],
    ['déjà_vu', 'deja_vu'],
  ])('a chosen text is made a slug: %s', async (name, slug) => {
    expect(slugOf(await shorten({ lsturl: 'https://www.brest.fr/', 'lsturl-custom': name }))).toBe(slug)
  })

  test('a text that is taken gets a number, and each its own when twenty ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        shorten({ lsturl: `https://www.brest.fr/${index}`, 'lsturl-custom': 'fete-du-port' }),
      ),
    )
    const slugs = answers.map(slugOf).toSorted()
    expect(slugs).toEqual(
      ['fete-du-port', ...Array.from({ length: 19 }, (_, index) => `fete-du-port-${index + 2}`)].toSorted(),
    )
  })

  test('an address that was shortened keeps its link while that leads there', async () => {
    const lsturl = 'https://www.brest.fr/encore'
    const first = await shorten({ lsturl })
    expect(slugOf(await shorten({ lsturl }))).toBe(slugOf(first))
    expect(slugOf(await shorten({ lsturl, 'lsturl-custom': 'encore' }))).toBe('encore')
    await database().query(`update link.link set state = 'disabled' where url = $1`, [lsturl])
    const again = await shorten({ lsturl })
    expect(slugOf(again)).not.toBe(slugOf(first))
    expect((await get(`/${slugOf(again)}`)).status).toBe(302)
  })

  describe('says what is wrong in the very words of Lstu', () => {
    const RESERVED = `The shortened text can't be "a", "api", "d", "cookie", "stats", "fullstats", "login" or "logout" or end with ".json". Your URL to shorten: https://brest.fr`
    test.each([
      ['truc', '', 'truc is not a valid URL.'],
      ['', '', ' is not a valid URL.'],
      ['www.brest.fr', '', 'www.brest.fr is not a valid URL.'],
      ['ftp://brest.fr/', '', 'ftp://brest.fr/ is not a valid URL.'],
      ['javascript:alert(1)', '', 'javascript:alert(1) is not a valid URL.'],
      ['https://brest.fr/\r\nSet-Cookie: a=b', '', 'https://brest.fr/\r\nSet-Cookie: a=b is not a valid URL.'],
      ['https://brest.fr', 'stats', RESERVED],
      ['https://brest.fr', 'LOGIN', RESERVED],
      ['https://brest.fr', 'liste.json', RESERVED],
      [
        'https://brest.fr',
        'rest',
        'This name is used by the service itself. “rest” is one of our pages. Choose another name, for example “rest-2”.',
      ],
      ['https://brest.fr', '///', 'This name cannot be typed. Choose letters or digits, such as “harbour-fair”.'],
      ['https://a:b@brest.fr', '', expect.stringContaining('name or a password')],
      ['https://link.localhost/venir', '', expect.stringContaining('already one of our short links')],
      [`https://brest.fr/${'a'.repeat(9000)}`, '', expect.stringContaining('too long')],
    ])('%s, %s', async (lsturl, name, msg) => {
      const answer = await shorten({ lsturl, 'lsturl-custom': name })
      expect(answer.status).toBe(200)
      expect(answer.json()).toEqual({ success: false, msg })
    })

    test('in French for who asks for it', async () => {
      expect((await shorten({ lsturl: 'truc' }, { 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.5' })).json().msg).toBe(
        'truc n’est pas une adresse valide.',
      )
      for (const header of ['en', '*', 'en-GB,fr;q=0.1'])
        expect((await shorten({ lsturl: 'truc' }, { 'accept-language': header })).json().msg).toBe(
          'truc is not a valid URL.',
        )
    })
  })

  test('whatever is sent is answered: nothing, lists, objects, a field that came twice', async () => {
    const post = (body: object | string | URLSearchParams, headers = {}) =>
      it.ask('link', '/a.json', { method: 'POST', body, headers })
    for (const body of [new URLSearchParams(), {}, [], { lsturl: { $ne: 1 } }, { lsturl: 12 }])
      expect((await post(body)).json()).toEqual({ success: false, msg: ' is not a valid URL.' })
    expect((await it.ask('link', '/a.json', { method: 'POST' })).json().success).toBe(false)
    const twice = new URLSearchParams([['lsturl', 'truc'], ['lsturl', 'https://www.brest.fr/deux']]) // prettier-ignore
    expect((await post(twice)).json()).toMatchObject({ success: true, url: 'https://www.brest.fr/deux' })
    expect(
      (await post(new URLSearchParams({ lsturl: 'x'.repeat(40_000), 'lsturl-custom': 'é'.repeat(1000) }))).json()
        .success,
    ).toBe(false)
    expect((await post(new URLSearchParams({ lsturl: 'x'.repeat(70_000) }))).status).toBe(413)
    expect((await post('<a/>', { 'content-type': 'application/xml' })).status).toBe(415)
  })

  test('from a browser’s form it leads to the page of the new link, or back with what was wrong', async () => {
    const made = await it.ask('link', '/a', {
      method: 'POST',
      headers: BROWSER,
      body: new URLSearchParams({ lsturl: 'www.brest.fr' }),
    })
    expect([made.status, made.headers.location]).toEqual([
      303,
      expect.stringMatching(/^\/modifier\/[\w-]+\?done=made$/),
    ])
    const wrong = await it.ask('link', '/a', {
      method: 'POST',
      headers: BROWSER,
      body: new URLSearchParams({ lsturl: 'ftp://"><script>' }),
    })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toContain('value="ftp://&quot;>&lt;script>"')
  })

  test('a page of another site makes an anonymous link: no cookie is looked at, none is set', async () => {
    const own = await shorten({ lsturl: 'https://www.brest.fr/ici' })
    expect(cookieOf(own)).toMatch(/^__Host-links=/)
    const headers = { origin: 'https://ailleurs.example', 'sec-fetch-site': 'cross-site', cookie: cookieOf(own) }
    const answer = await shorten({ lsturl: 'https://www.brest.fr/la' }, headers, '/a?lang=fr')
    expect(answer.json().success).toBe(true)
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const page = await it.ask('link', '/a?lang=en', {
      method: 'POST',
      headers: { ...BROWSER, ...headers },
      body: new URLSearchParams({ lsturl: 'brest.fr' }),
    })
    expect([page.status, page.headers['set-cookie']]).toEqual([303, undefined])
  })
})

describe('with a key', () => {
  const bearer = () => ({ authorization: `Bearer ${key}` })

  test('the link is its holder’s, and the list has what is theirs', async () => {
    const made = await shorten({ lsturl: 'https://www.brest.fr/anne' }, bearer())
    expect(slugOf(await shorten({ lsturl: 'https://www.brest.fr/anne' }))).not.toBe(slugOf(made))
    expect(slugOf(await shorten({ lsturl: 'https://www.brest.fr/anne' }, bearer()))).toBe(slugOf(made))
    expect((await get('/stats?format=json', bearer())).json()).toEqual([
      {
        short: `${home()}${slugOf(made)}`,
        url: 'https://www.brest.fr/anne',
        counter: 0,
        created_at: expect.any(Number),
        qrcode: expect.any(String),
      },
    ])
  })

  test('that is wrong, or does not allow it, nothing is made and that is said', async () => {
    const reading = await tokenFor(it, 'anne', ['link:read'])
    const before = (await get('/fullstats')).json().urls
    for (const [wrong, words] of [
      ['bagad_x', 'opens nothing'],
      ['other', 'opens nothing'],
      [reading, 'link:write'],
    ] as const)
      // prettier-ignore
      expect((await shorten({ lsturl: 'https://www.brest.fr/' }, { authorization: `Bearer ${wrong}` })).json()).toEqual({ success: false, msg: expect.stringContaining(words) })
    expect((await get('/fullstats')).json().urls).toBe(before)
    expect((await get('/stats.json', { authorization: 'Bearer bagad_x' })).status).toBe(401)
  })
})

describe('a link as JSON', () => {
  test('tells where it leads, by each way of asking, and counts as a visit', async () => {
    const slug = slugOf(await shorten({ lsturl: 'https://www.brest.fr/json', 'lsturl-custom': 'en-json' }))
    const answers = [
      await get(`/${slug}?format=json`),
      await get(`/${slug}?_format=json`),
      await get(`/${slug}.json`),
      await get(`/${slug}`, { accept: 'application/json' }),
    ]
    for (const answer of answers) {
      expect([answer.status, answer.text]).toEqual([200, '{"success":true,"url":"https://www.brest.fr/json"}'])
      expect(answer.headers['access-control-allow-origin']).toBe('*')
    }
    await expect.poll(async () => (await get(`/stats/${slug}`)).json().counter).toBe(4)
    expect((await get(`/${slug}`, { accept: 'text/html,application/json' })).status).toBe(302)
  })

  test('that does not lead anywhere says so in Lstu’s words', async () => {
    await database().query(`insert into link.link (slug, url, state, held_at) values
      ('retire', 'https://x.example/', 'removed', null), ('eteint', 'https://x.example/', 'disabled', null), ('garde', 'https://x.example/', 'held', now())`)
    const asked = async (slug: string) => {
      const answer = await get(`/${slug}?format=json`)
      return [answer.status, answer.json()]
    }
    expect(await asked('jamais-vu')).toEqual([
      404,
      { success: false, msg: `The shortened URL ${home()}jamais-vu doesn't exist.` },
    ])
    for (const slug of ['retire', 'eteint'])
      expect(await asked(slug)).toEqual([
        404,
        { success: false, msg: `The shortened URL ${home()}${slug} no longer exists.` },
      ])
    expect(await asked('garde')).toEqual([451, { success: false, msg: expect.stringContaining('waits for review') }])
    expect((await get('/stats/garde')).json()).toEqual({
      success: false,
      msg: expect.not.stringContaining('x.example'),
    })
  })

  test('with a password, or with visits that are counted down, gives nothing away', async () => {
    const made = await it.ask('link', '/api/v1/links', {
      method: 'POST',
      body: { url: 'https://secret.example/', password: 'sesame' },
    })
    const { slug } = made.json()
    for (const path of [`/${slug}.json`, `/stats/${slug}`, `/${slug}+`]) {
      const answer = await get(path, path.endsWith('+') ? BROWSER : {})
      expect(answer.text, path).not.toContain('secret.example')
    }
    await database().query(
      `insert into link.link (slug, url, max_visits) values ('trois', 'https://trois.example/', 3)`,
    )
    const answers = await Promise.all(Array.from({ length: 12 }, () => get('/trois.json')))
    expect(answers.filter((answer) => answer.json().success)).toHaveLength(3)
  })

  test('a slug that really ends so is found first', async () => {
    await database().query(`insert into link.link (slug, url) values ('carte.json', 'https://carte.example/')`)
    expect((await get('/carte.json')).headers.location).toBe('https://carte.example/')
  })
})

describe('statistics', () => {
  test('of a link, byte for byte', async () => {
    const slug = slugOf(await shorten({ lsturl: 'https://www.brest.fr/compte', 'lsturl-custom': 'compte' }))
    for (const path of [`/stats/${slug}`, `/stats/${slug}.json`, `/stats/${slug}?format=json`]) {
      const answer = await get(path)
      const { created_at: made, timestamp } = answer.json()
      expect(answer.text).toBe(
        JSON.stringify({
          success: true,
          short: home() + slug,
          url: 'https://www.brest.fr/compte',
          counter: 0,
          created_at: made,
          timestamp,
        }),
      )
      expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60)
      expect(made).toBeLessThanOrEqual(timestamp)
    }
    const unknown = await get('/stats/jamais-vu')
    expect([unknown.status, unknown.json()]).toEqual([
      200,
      { success: false, msg: `The shortened URL ${home()}jamais-vu doesn't exist.` },
    ])
    expect((await get(`/stats/${slug}`, BROWSER)).headers.location).toBe(`/${slug}+`)
  })

  test('are closed where the maker closed them, but not to the maker', async () => {
    const slug = slugOf(await shorten({ lsturl: 'https://www.brest.fr/clos' }, { authorization: `Bearer ${key}` }))
    await database().query('update link.link set is_count_public = false where slug = $1', [slug])
    expect((await get(`/stats/${slug}`)).json()).toEqual({
      success: false,
      msg: `The counter of ${home()}${slug} is not public.`,
    })
    expect((await get(`/stats/${slug}`, { authorization: `Bearer ${key}` })).json().counter).toBe(0)
  })

  test('of everything', async () => {
    const { rows } = await database().query(`select count(*)::int as urls from link.link where state <> 'deleted'`)
    for (const path of ['/fullstats', '/fullstats.json'])
      expect((await get(path)).json()).toEqual({ urls: rows[0].urls, empty: 0, timestamp: expect.any(Number) })
  })

  test('of this browser’s links, from our cookie and from Lstu’s; a damaged one is nothing', async () => {
    const made = await shorten({ lsturl: 'https://www.brest.fr/mien' })
    const older = await shorten({ lsturl: 'https://www.brest.fr/plus-vieux' })
    const list = async (cookie: string) =>
      (await get('/stats?format=json', { cookie })).json().map(({ url }: { url: string }) => url)
    const lstu = encodeURIComponent(JSON.stringify([slugOf(older), 'jamais-vu', 3, null]))
    expect(await list(`${cookieOf(made)}; url=${lstu}`)).toEqual([
      'https://www.brest.fr/mien',
      'https://www.brest.fr/plus-vieux',
    ])
    expect((await get('/stats', BROWSER)).headers['content-type']).toBe('text/html; charset=utf-8')
    for (const cookie of [
      'url=%',
      'url={',
      'url=%5B1',
      'url=null',
      'url=%22a%22',
      '__Host-links=%E0%A4%A',
      '__Host-links=x.%',
      'url=[[["a"]]]',
    ]) {
      expect(await list(cookie), cookie).toEqual([])
      expect((await shorten({ lsturl: 'https://www.brest.fr/' }, { cookie })).json().success, cookie).toBe(true)
      expect((await get('/stats', { ...BROWSER, cookie })).status, cookie).toBe(200)
    }
  })
})

test('passwords of Lstu are not known here, and nobody is told otherwise', async () => {
  const post = (path: string, headers = {}) =>
    it.ask('link', path, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ adminpwd: 'x', login: 'anne', password: key }),
    })
  expect((await post('/stats?format=json')).json()).toEqual({
    success: false,
    msg: expect.stringContaining('administration password'),
  })
  expect((await get('/d/venir?format=json')).json().success).toBe(false)
  expect((await post('/login?format=json')).json()).toEqual({
    success: false,
    msg: 'Please, check your credentials: unable to authenticate.',
  })
  expect((await get('/logout?format=json')).json()).toEqual({
    success: true,
    msg: 'You have been successfully logged out.',
  })
  for (const answer of [await post('/stats', BROWSER), await get('/d/venir', BROWSER), await post('/login', BROWSER)])
    expect([answer.status, answer.headers.location]).toEqual([302, '/login'])
  expect((await get('/login', BROWSER)).text).toContain('pas besoin de se connecter')
  expect((await get('/logout', BROWSER)).headers.location).toBe('/')
})

test('without a key the rate of strangers holds, and their link waits for review', async () => {
  await using strict = await openTestInstance({ services: [link] })
  const make = (lsturl: string) =>
    strict.ask('link', '/a', { method: 'POST', body: new URLSearchParams({ lsturl, format: 'json' }) })
  const first = (await make('https://exemple-inconnu.fr/1')).json()
  expect(first.success).toBe(true)
  expect((await strict.ask('link', new URL(first.short).pathname)).status).toBe(451)
  const welcome = (await make('https://www.openstreetmap.org/')).json()
  expect((await strict.ask('link', new URL(welcome.short).pathname)).status).toBe(302)
  await Promise.all([3, 4, 5].map((index) => make(`https://exemple-inconnu.fr/${index}`)))
  const late = await make('https://exemple-inconnu.fr/6')
  expect([late.status, late.json()]).toEqual([
    200,
    { success: false, msg: `You asked to shorten too many URLs too quickly. You're banned for 1 hour(s).` },
  ])
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
})

test('wrong keys have a rate of their own', async () => {
  await using strict = await openTestInstance({ services: [link] })
  const ask = () => strict.ask('link', '/stats?format=json', { headers: { authorization: 'Bearer bagad_wrong' } })
  const statuses: number[] = []
  for (let tries = 0; tries < 25; tries++) statuses.push((await ask()).status)
  expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true)
  expect(statuses.slice(20).every((status) => status === 429)).toBe(true)
})

test('no link can be called as a path of ours begins', () => {
  const allowed = (segment: string) => {
    try {
      return readSlug(segment) === segment
    } catch {
      return false
    }
  }
  const first = new Set(
    (it.routes.get('link') ?? [])
      .map(({ url }) => url.split('/')[1] ?? '')
      .filter((segment) => segment !== '' && !/[:*]/.test(segment)),
  )
  expect(first.size).toBeGreaterThan(10)
  expect([...first].filter(allowed)).toEqual([])
})
