import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { hashPassword } from '../../platform/passwords/passwords.ts'
import { link } from './service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link], env: { BAGAD_LIMITS: 'relaxed' } })
})
afterAll(() => it[Symbol.asyncDispose]())

const database = () => it.instance.platform.database.pool
const shorten = (body: object) => it.ask('link', '/api/v1/links', { method: 'POST', body })
const follow = (slug: string, headers = {}) => it.ask('link', `/${slug}`, { headers })

async function made(body: object = {}): Promise<{ slug: string; path: string }> {
  const { slug, manage } = (await shorten({ url: 'https://www.brest.fr/', ...body })).json()
  return { slug, path: new URL(manage).pathname }
}

const change = (path: string, fields: Record<string, string>) =>
  it.ask('link', path, {
    method: 'POST',
    headers: BROWSER,
    body: new URLSearchParams({ url: 'https://www.brest.fr/', isCountPublic: '1', ...fields }),
  })

describe('the name of a link', () => {
  test('is what was asked for, as it can be said and typed', async () => {
    expect((await shorten({ url: 'https://www.brest.fr/', slug: 'Mon Été à Brest' })).json().slug).toBe(
      'mon-ete-a-brest',
    )
    expect((await follow('Mon-%C3%89t%C3%A9-%C3%A0-Brest')).status).toBe(302)
  })

  test('is told free or taken, with names that are free', async () => {
    await made({ slug: 'fete-du-port' })
    const told = async (slug: string) =>
      (await it.ask('link', `/api/v1/links/free?slug=${encodeURIComponent(slug)}`)).json()
    expect(await told('Fête du port')).toEqual({
      slug: 'fete-du-port',
      isFree: false,
      others: expect.arrayContaining(['fete-du-port-2']),
    })
    expect(await told('fete du bourg')).toEqual({ slug: 'fete-du-bourg', isFree: true, others: [] })
    const refused = await shorten({ url: 'https://www.brest.fr/', slug: 'fete-du-port' })
    expect([refused.status, refused.json().field]).toEqual([409, 'slug'])
    expect(refused.json().detail).toContain('fete-du-port-2')
  })

  test.each(['stats', 'api', 'A', 'modifier', 'Yourls-API'])('is never %s, which is a page of ours', async (slug) => {
    const refused = await shorten({ url: 'https://www.brest.fr/', slug })
    expect([refused.status, refused.json().type]).toEqual([422, expect.stringContaining('slug-reserved')])
  })

  test('may be robots: only robots.txt is ours', async () => {
    expect((await shorten({ url: 'https://www.brest.fr/', slug: 'robots' })).status).toBe(201)
    expect((await follow('robots')).headers.location).toBe('https://www.brest.fr/')
    expect((await it.ask('link', '/robots.txt')).headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test.each([
    ['!!!', 'slug-empty'],
    ['-', 'slug-empty'],
    ['a'.repeat(201), 'slug-too-long'],
  ])('%.10s is refused', async (slug, code) => {
    expect((await shorten({ url: 'https://www.brest.fr/', slug })).json().type).toContain(code)
  })

  test('has one winner when 64 ask for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        shorten({ url: `https://www.brest.fr/${index}`, slug: 'tous-ensemble' }),
      ),
    )
    const winners = answers.filter(({ status }) => status === 201)
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(63)
    expect((await follow('tous-ensemble')).headers.location).toBe(winners[0]?.json().url)
  })

  test('is never given again: not after its link was deleted, removed or is over', async () => {
    const { path } = await made({ slug: 'unique' })
    expect((await it.ask('link', `${path}/deletion`, { method: 'POST', body: new URLSearchParams() })).status).toBe(200)
    expect((await shorten({ url: 'https://www.brest.fr/', slug: 'unique' })).status).toBe(409)
    expect((await follow('unique')).status).toBe(410)
    const { rows } = await database().query(
      `select url, title, host, manage_token_hash from link.link where slug = 'unique'`,
    )
    expect(rows).toEqual([{ url: '', title: null, host: null, manage_token_hash: null }])
    expect((await it.ask('link', path, { headers: BROWSER })).status).toBe(404)
  })
})

describe('the management address', () => {
  test('opens the link to whoever has it, and to nobody else; it travels nowhere', async () => {
    const { slug, path } = await made()
    const page = await it.ask('link', path, { headers: BROWSER })
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    expect(page.text).toContain(`/${slug}`)
    for (const other of ['/modifier/x', `/modifier/${'A'.repeat(22)}`, `${path}x`])
      expect((await it.ask('link', other, { headers: BROWSER })).status).toBe(404)
    const { rows } = await database().query(
      'select encode(manage_token_hash, $1) as name from link.link where slug = $2',
      ['escape', slug],
    )
    expect(JSON.stringify(rows)).not.toContain(path.split('/')[2])
  })

  test('leads the link elsewhere at once, and keeps where it led before', async () => {
    const { slug, path } = await made()
    expect((await follow(slug)).headers.location).toBe('https://www.brest.fr/')
    expect((await change(path, { url: 'https://www.brest.fr/ailleurs' })).status).toBe(303)
    await expect.poll(async () => (await follow(slug)).headers.location).toBe('https://www.brest.fr/ailleurs')
    expect((await it.ask('link', path, { headers: BROWSER })).text).toContain('Où il menait avant')
  })

  test('refuses what cannot be, beside the field, and changes nothing', async () => {
    const { slug, path } = await made()
    const refused = await change(path, { url: 'javascript:alert(1)', title: 'autre' })
    expect([refused.status, refused.text.includes('id="url-error"')]).toEqual([422, true])
    for (const [fields, id] of [
      [{ validFrom: '2030-02-01', validUntil: '2030-01-01' }, 'validUntil-error'],
      [{ validUntil: 'demain' }, 'validUntil-error'],
      [{ validUntil: '2030-02-31' }, 'validUntil-error'],
      [{ maxVisits: '0' }, 'maxVisits-error'],
      [{ maxVisits: 'dix' }, 'maxVisits-error'],
      [{ password: 'x'.repeat(257) }, 'password-error'],
    ] as const)
      expect((await change(path, fields)).text, JSON.stringify(fields)).toContain(`id="${id}"`)
    expect((await follow(slug)).headers.location).toBe('https://www.brest.fr/')
    expect((await it.ask('link', path, { headers: BROWSER })).text).not.toContain('autre')
  })

  test('switches the link off and on again', async () => {
    const { slug, path } = await made()
    const turn = (to: string) => it.ask('link', `${path}/switch`, { method: 'POST', body: new URLSearchParams({ to }) })
    await turn('off')
    await expect.poll(async () => (await follow(slug)).status).toBe(410)
    expect((await follow(slug, BROWSER)).text).toContain('Ce lien est éteint')
    await turn('on')
    await expect.poll(async () => (await follow(slug)).status).toBe(302)
    await database().query(`update link.link set state = 'removed' where slug = $1`, [slug])
    await turn('on')
    expect((await database().query('select state from link.link where slug = $1', [slug])).rows).toEqual([
      { state: 'removed' },
    ])
  })

  test('shows the visits of each day, those of robots apart', async () => {
    const { slug, path } = await made()
    expect((await it.ask('link', path, { headers: BROWSER })).text).toContain('Pas encore de visite')
    await follow(slug, { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })
    await follow(slug, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
    await expect
      .poll(async () => (await it.ask('link', path, { headers: BROWSER })).text)
      .toMatch(/2 visites\..*\(dont 1 de robots\)/)
  })

  test('keeps title and tags, and takes them away again', async () => {
    const { slug, path } = await made()
    await change(path, { title: 'La fête', tags: 'Port, fête ,port' })
    const { rows } = await database().query(
      `select tag from link.link_tag join link.link on link_id = id where slug = $1 order by tag`,
      [slug],
    )
    expect(rows).toEqual([{ tag: 'fête' }, { tag: 'port' }])
    expect((await it.ask('link', `/${slug}+`, { headers: BROWSER })).text).toContain('La fête')
    await change(path, {})
    expect((await it.ask('link', `/${slug}+`, { headers: BROWSER })).text).not.toContain('La fête')
  })
})

describe('a link for a time', () => {
  test('opens on its first day, and says after its last one that it is over', async () => {
    const { slug, path } = await made({ validUntil: '2030-01-31' })
    expect((await follow(slug)).status).toBe(302)
    const { rows } = await database().query('select valid_until from link.link where slug = $1', [slug])
    expect(String(rows[0].valid_until)).toBe('2030-01-31T23:00:00Z')
    expect((await it.ask('link', path, { headers: BROWSER })).text).toContain('value="2030-01-31"')
    await database().query(`update link.link set valid_until = now() - interval '1 second' where slug = $1`, [slug])
    await expect.poll(async () => (await follow(slug, BROWSER)).text).toContain('arrivé à sa fin')
    await database().query(
      `update link.link set valid_until = null, valid_from = now() + interval '1 day' where slug = $1`,
      [slug],
    )
    await expect.poll(async () => (await follow(slug, BROWSER)).text).toContain('pas encore ouvert')
  })

  test('that a process remembers ends on the very second, without news', async () => {
    const { slug } = await made()
    await database().query(`update link.link set valid_until = now() + interval '3 seconds' where slug = $1`, [slug])
    await expect.poll(async () => (await follow(slug)).status).toBe(302)
    await expect.poll(async () => (await follow(slug)).status).toBe(410)
  })

  test('for seven visits leads on exactly seven times, though fifty come at once', async () => {
    const { slug, path } = await made()
    await change(path, { maxVisits: '7' })
    const answers = await Promise.all(Array.from({ length: 50 }, () => follow(slug)))
    expect(answers.filter(({ status }) => status === 302)).toHaveLength(7)
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(43)
    expect(
      (
        await database().query(
          'select clicks, (select clicks from link.link_day where link_id = id) as day from link.link where slug = $1',
          [slug],
        )
      ).rows,
    ).toEqual([{ clicks: 7, day: 7 }])
  })
})

describe('a link with a password', () => {
  test('asks people for it, and tells programs', async () => {
    const { slug } = await made({ password: 'sésame' })
    const asked = await follow(slug, BROWSER)
    expect([asked.status, asked.text.includes('type="password"'), asked.text.includes('brest.fr/"')]).toEqual([
      401,
      true,
      false,
    ])
    expect((await follow(slug)).json()).toMatchObject({ status: 401 })
    const enter = (password: string) =>
      it.ask('link', `/${slug}`, { method: 'POST', headers: BROWSER, body: new URLSearchParams({ password }) })
    const wrong = await enter('sesame')
    expect([wrong.status, wrong.text.includes('pas le bon mot de passe')]).toEqual([401, true])
    const right = await enter('sésame')
    expect([right.status, right.headers.location]).toEqual([303, 'https://www.brest.fr/'])
    expect((await it.ask('link', `/${slug}+`, { headers: BROWSER })).text).not.toContain('sésame')
  })

  test('does not let one network guess for long', async () => {
    await using strict = await openTestInstance({ services: [link] })
    const kept = await hashPassword('sésame')
    await strict.instance.platform.database.pool.query(
      `insert into link.link (slug, url, password_hash) values ('ferme', 'https://exemple.fr/', $1)`,
      [kept],
    )
    const enter = () =>
      strict.ask('link', '/ferme', {
        method: 'POST',
        headers: BROWSER,
        body: new URLSearchParams({ password: 'nope' }),
      })
    const answers = []
    for (let tries = 0; tries < 11; tries++) answers.push((await enter()).status)
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  })
})

test('what a visitor adds after ? goes on to the address when the link says so', async () => {
  const { slug, path } = await made()
  await change(path, { url: 'https://www.brest.fr/?a=1#x', forwardsQuery: '1' })
  await expect
    .poll(async () => (await follow(`${slug}?b=2&a=3`)).headers.location)
    .toBe('https://www.brest.fr/?a=1&b=2&a=3#x')
  await change(path, { url: 'https://www.brest.fr/?a=1#x' })
  await expect.poll(async () => (await follow(`${slug}?b=2`)).headers.location).toBe('https://www.brest.fr/?a=1#x')
})

test('a stranger’s link says thirty days before its end that it will end, on its page, to its maker and in the list', async () => {
  const answer = await shorten({ url: 'https://www.brest.fr/' })
  const { slug, manage } = answer.json()
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const pages = () =>
    Promise.all(
      [`/${slug}+`, new URL(manage).pathname, '/stats'].map((path) =>
        it.ask('link', path, { headers: { ...BROWSER, cookie } }),
      ),
    )
  const made = (days: number) =>
    database().query(`update link.link set created_at = now() - $2 * interval '1 day' where slug = $1`, [slug, days])
  await made(330)
  for (const { text } of await pages()) expect(text).not.toContain('il s’éteindra')
  await made(340)
  for (const { text } of await pages()) expect(text).toMatch(/sans visite, il s’éteindra le \d/)
  await database().query(`update link.link set last_click_on = current_date where slug = $1`, [slug])
  for (const { text } of await pages()) expect(text).not.toContain('il s’éteindra')
})

test('the list says since when a page does not answer', async () => {
  const answer = await shorten({ url: 'https://www.brest.fr/' })
  await database().query(
    `update link.link set health = 'dead', failing_since = now() - interval '12 days' where slug = $1`,
    [answer.json().slug],
  )
  const page = await it.ask('link', '/stats', {
    headers: { ...BROWSER, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '' },
  })
  expect(page.text).toContain('ne répond plus depuis 12 jours')
})

test('the page of a link with a password does not say where it leads', async () => {
  await shorten({ url: 'https://www.brest.fr/caché', slug: 'verrou', password: 'truite' })
  const page = await it.ask('link', '/verrou+', { headers: BROWSER })
  expect(page.status).toBe(200)
  expect(page.text).toContain('n’est montré qu’avec son mot de passe')
  expect(page.text).not.toContain('brest.fr')
})

describe('the list of a browser', () => {
  const cookieOf = (answer: { headers: { 'set-cookie'?: string[] | undefined } }) =>
    answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''

  test('shows the links that were made with it, the newest first, and gives no right over them', async () => {
    const first = await shorten({ url: 'https://www.brest.fr/1' })
    const second = await it.ask('link', '/api/v1/links', {
      method: 'POST',
      body: { url: 'https://www.brest.fr/2' },
      headers: { cookie: cookieOf(first) },
    })
    expect(second.headers['set-cookie']?.[0]).toMatch(
      /^__Host-links=[\w-]+\.[\w~%-]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/,
    )
    const page = await it.ask('link', '/stats', { headers: { ...BROWSER, cookie: cookieOf(second) } })
    const [at2, at1] = [page.text.indexOf(second.json().slug), page.text.indexOf(first.json().slug)]
    expect(at2).toBeGreaterThan(0)
    expect(at1).toBeGreaterThan(at2)
    expect(page.text).not.toContain('/modifier/')
  })

  test('is empty for others, and for damaged cookies of any kind', async () => {
    for (const cookie of [
      '',
      '__Host-links=x',
      '__Host-links=AAAAAAAAAAAAAAAAAAAAAA.venir',
      'url=%',
      'url=nope',
      'url={"a":1}',
      `__Host-links=${'x'.repeat(4000)}`,
    ]) {
      const page = await it.ask('link', '/stats', { headers: { ...BROWSER, cookie } })
      expect([page.status, page.text.includes('seront ici')], cookie).toEqual([200, true])
    }
  })

  test('takes over what Lstu left in the browser', async () => {
    const { slug } = await made()
    const page = await it.ask('link', '/stats', {
      headers: { ...BROWSER, cookie: `url=${encodeURIComponent(JSON.stringify([slug, 'jamais-vu']))}` },
    })
    expect(page.text).toContain(`/${slug}`)
    expect(page.text).not.toContain('jamais-vu')
  })

  test('shows of what was put into it from elsewhere no more than anybody may see', async () => {
    const made = (await shorten({ url: 'https://www.brest.fr/secret', slug: 'cadenas', password: 'truite' })).json()
    await change(new URL(made.manage).pathname, {
      title: 'Réunion',
      tags: 'bureau',
      url: 'https://www.brest.fr/secret',
    })
    const cookies = [
      cookieOf(await upload(JSON.stringify([{ short: made.short }]))),
      `url=${encodeURIComponent('["cadenas"]')}`,
    ]
    for (const cookie of cookies) {
      const page = await it.ask('link', '/stats', { headers: { ...BROWSER, cookie } })
      expect(page.text).toContain('/cadenas')
      for (const path of ['/stats', '/stats?format=csv', '/cookie']) {
        const { text } = await it.ask('link', path, { headers: { ...BROWSER, cookie } })
        expect([text.includes('brest.fr'), text.includes('bureau')], path).toEqual([false, false])
      }
    }
  })

  test('can be taken away as a file and brought back, here or from Lstu', async () => {
    const one = await shorten({ url: 'https://www.brest.fr/a', slug: '=formule' })
    const cookie = cookieOf(one)
    const file = await it.ask('link', '/cookie', { headers: { cookie } })
    expect(file.headers['content-disposition']).toContain('attachment')
    expect(file.json()).toEqual([
      { short: one.json().short, url: 'https://www.brest.fr/a', counter: 0, created_at: expect.any(Number) },
    ])
    const csv = await it.ask('link', '/stats?format=csv', { headers: { cookie } })
    expect(csv.text.split('\n')[0]).toContain('short,url,title,tags,visits,made,state,health')
    const back = await upload(file.text)
    expect(back.headers.location).toBe('/stats?loaded=1')
    expect((await it.ask('link', '/stats', { headers: { ...BROWSER, cookie: cookieOf(back) } })).text).toContain(
      '/formule',
    )
    for (const table of [csv.text, csv.text.replaceAll(',', ';').replaceAll('\n', '\r\n')])
      expect((await upload(table)).headers.location).toBe('/stats?loaded=1')
  })

  test.each([
    '',
    'nope',
    'short,url',
    'a,b\n1,2',
    'short\n"',
    '{}',
    '[1]',
    '[{"short":5}]',
    `[${'{"short":"http://link.localhost/x"},'.repeat(6000)}{"short":"y"}]`,
  ])('a damaged file (%.12s) is told, and nothing is lost', async (content) => {
    const answer = await upload(content)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  async function upload(content: string) {
    const body = `--xyz\r\ncontent-disposition: form-data; name="file"; filename="l.json"\r\ncontent-type: application/json\r\n\r\n${content}\r\n--xyz--\r\n`
    return it.ask('link', '/cookie', {
      method: 'POST',
      headers: { ...BROWSER, 'content-type': 'multipart/form-data; boundary=xyz' },
      body,
    })
  }
})
