import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, migratedDatabase, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { until } from '../../../tests/process.ts'
import { refuse } from './refusals.ts'
import { foldSlug, randomSlug } from './slugs.ts'
import { readTarget } from './targets.ts'
import { link } from './service.ts'

/** Strangers’ links are active at once; screening.test.ts has what holds otherwise. */
const RELAXED = { BAGAD_LIMITS: 'relaxed' }

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link], env: RELAXED })
})
afterAll(() => it[Symbol.asyncDispose]())

const shorten = (url: string) => it.ask('link', '/api/v1/links', { method: 'POST', body: { url } })
const database = () => it.instance.platform.database.pool

describe('an address is read as a person means it', () => {
  test.each([
    ['https://www.brest.fr/', 'https://www.brest.fr/'],
    ['  https://www.brest.fr/venir  ', 'https://www.brest.fr/venir'],
    ['www.brest.fr', 'https://www.brest.fr/'],
    ['brest.fr:8443/x', 'https://brest.fr:8443/x'],
    ['HTTP://Brest.FR', 'http://brest.fr/'],
    ['https://élan.example/été?q=à#ô', 'https://xn--lan-9la.example/%C3%A9t%C3%A9?q=%C3%A0#%C3%B4'],
    ['https://example.org/a b', 'https://example.org/a%20b'],
    ['https://example.org/#fragment', 'https://example.org/#fragment'],
    ['//brest.fr', 'https://brest.fr/'],
  ])('%s', (text, url) => expect(readTarget(text, 'link.localhost')).toBe(url))

  test.each([
    ['', 'no-address'],
    ['   ', 'no-address'],
    ['truc', 'not-an-address'],
    ['deux mots', 'not-an-address'],
    ['https://', 'not-an-address'],
    ['https://brest..fr/', 'not-an-address'],
    ['https://https://brest.fr', 'not-an-address'],
    ['https://brest.fr/\r\nSet-Cookie: a=b', 'not-an-address'],
    ['https://brest.fr/\u0000', 'not-an-address'],
    ['ftp://brest.fr/', 'unsupported-scheme'],
    ['javascript:alert(1)', 'unsupported-scheme'],
    ['data:text/html,x', 'unsupported-scheme'],
    ['mailto:contact@brest.fr', 'unsupported-scheme'],
    ['https://user:secret@brest.fr/', 'with-credentials'],
    ['https://brest.fr@evil.example/', 'with-credentials'],
    [`https://brest.fr/${'a'.repeat(8000)}`, 'too-long'],
    ['https://link.localhost/venir', 'own-address'],
    ['https://LINK.localhost./venir', 'own-address'],
  ])('%s is refused', (text, code) => {
    expect(() => readTarget(text, 'link.localhost')).toThrow(
      expect.objectContaining({ type: `link/${code}`, field: 'url' }),
    )
  })

  test('every refusal has words in both languages', () => {
    for (const code of refuse.codes) {
      const [french, english] = [refuse.explain(code, 'fr'), refuse.explain(code, 'en')]
      expect(french.title, code).not.toBe(english.title)
      expect(french.detail, code).not.toBe(english.detail)
    }
  })
})

describe('slugs', () => {
  test('are short, sayable, and have no look-alikes', () => {
    for (let index = 0; index < 1000; index++) expect(randomSlug()).toMatch(/^[a-hjkmnp-z2-9]{6}$/)
  })

  test('are found without accents and capitals', () => expect(foldSlug('Été')).toBe('ete'))
})

describe('a link', () => {
  test('leads to its address, and counts its visits exactly, also 64 at once', async () => {
    const { slug, short, url } = (await shorten('https://www.brest.fr/été')).json()
    expect(short).toBe(`http://link.localhost:${it.port}/${slug}`)
    const answer = await it.ask('link', `/${slug}`)
    expect([answer.status, answer.headers.location, answer.raw.length]).toEqual([302, url, 0])
    expect(answer.headers).toMatchObject({
      'cache-control': 'private, max-age=0, must-revalidate',
      'referrer-policy': 'no-referrer-when-downgrade',
      'x-robots-tag': 'noindex',
    })
    expect(answer.headers['set-cookie']).toBeUndefined()
    await Promise.all(Array.from({ length: 64 }, () => it.ask('link', `/${slug}`)))
    await until(
      'the visits of this second are written',
      async () => (await database().query('select clicks from link.link where slug = $1', [slug])).rows[0].clicks >= 65,
    )
    const { rows } = await database().query(
      'select clicks, (select sum(clicks) from link.link_day where link_id = id) as days from link.link where slug = $1',
      [slug],
    )
    expect(rows).toEqual([{ clicks: 65, days: 65 }])
  })

  test('answers HEAD as GET, and a final slash makes no difference', async () => {
    const { slug, url } = (await shorten('https://www.brest.fr/')).json()
    expect((await it.ask('link', `/${slug}`, { method: 'HEAD' })).headers.location).toBe(url)
    expect((await it.ask('link', `/${slug}/`)).headers.location).toBe(url)
    expect((await it.ask('link', `//${slug}`)).headers.location).toBe(url)
  })

  test('makes nothing of what is asked of files: a range, a copy that one has', async () => {
    const { slug, url } = (await shorten('https://www.brest.fr/')).json()
    for (const headers of [
      { range: 'bytes=0-0' },
      { 'if-none-match': '*' },
      { 'if-modified-since': 'Wed, 25 Nov 2026 12:00:00 GMT' },
    ]) {
      const answer = await it.ask('link', `/${slug}`, { headers })
      expect([answer.status, answer.headers.location], JSON.stringify(headers)).toEqual([302, url])
    }
  })

  test('is found as it was typed from a poster: capitals, accents', async () => {
    await database().query(
      `insert into link.link (slug, url) values ('ete', 'https://ete.example/'), ('VENIR', 'https://majuscules.example/'), ('venir', 'https://minuscules.example/')`,
    )
    const target = async (slug: string) => (await it.ask('link', `/${encodeURIComponent(slug)}`)).headers.location
    expect(await target('Été')).toBe('https://ete.example/')
    expect(await target('VENIR')).toBe('https://majuscules.example/')
    expect(await target('Venir')).toBe('https://minuscules.example/')
  })

  test('shows where it leads on its page, with what somebody registered in bold, without following it', async () => {
    const { slug } = (await shorten('https://mairie.brest.example.org/<script>alert(1)</script>')).json()
    const page = await it.ask('link', `/${slug}+`, { headers: BROWSER })
    expect(page.text).toContain('https://mairie.brest.<strong>example.org</strong>/')
    expect(page.text).toContain('Pas encore de visite')
    expect(page.text).not.toContain('<script>alert')
  })

  test('has its code as SVG and as PNG', async () => {
    const { slug } = (await shorten('https://example.org/')).json()
    const [svg, png] = [await it.ask('link', `/${slug}.svg`), await it.ask('link', `/${slug}.png`)]
    expect([svg.headers['content-type'], png.headers['content-type']]).toEqual(['image/svg+xml', 'image/png'])
    expect(png.raw.subarray(1, 4).toString()).toBe('PNG')
    expect(svg.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await it.ask('link', '/nothing.png')).status).toBe(404)
  })

  test('that never was is 404, with the form; one that was removed is 410', async () => {
    await database().query(
      `insert into link.link (slug, url, state, reason) values ('parti', 'https://parti.example/', 'removed', 'spam'), ('ancien', 'https://ancien.example/', 'removed', 'unheard-of')`,
    )
    const lost = await it.ask('link', '/jamais', { headers: BROWSER })
    expect([lost.status, lost.text.includes('<form')]).toEqual([404, true])
    const gone = await it.ask('link', '/parti', { headers: BROWSER })
    expect(gone.status).toBe(410)
    expect(gone.text).toContain('Ce lien a été retiré')
    expect(gone.text).toContain('publicité indésirable')
    expect((await it.ask('link', '/ancien', { headers: { ...BROWSER, 'accept-language': 'en' } })).text).toContain(
      'It led to content that our rules do not allow',
    )
    expect(gone.text).not.toContain('parti.example')
    expect((await it.ask('link', '/parti')).json()).toMatchObject({
      status: 410,
      type: expect.stringMatching(/\/problems\/link\/removed$/),
    })
  })
})

describe('what processes remember of links', () => {
  test('a link that is removed, or led elsewhere, stops in every process within moments', async () => {
    const connection = await migratedDatabase()
    await using one = await openTestInstance({ services: [link], connection, env: RELAXED })
    await using other = await openTestInstance({ services: [link], connection, env: RELAXED })
    const pool = one.instance.platform.database.pool
    const { slug } = (
      await one.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } })
    ).json()
    const statuses = async () => [
      (await one.ask('link', `/${slug}`)).status,
      (await other.ask('link', `/${slug}`)).status,
    ]
    expect(await statuses()).toEqual([302, 302])
    await pool.query(`update link.link set url = 'https://ailleurs.example/' where slug = $1`, [slug])
    await until(
      'both lead elsewhere',
      async () =>
        (await one.ask('link', `/${slug}`)).headers.location === 'https://ailleurs.example/' &&
        (await other.ask('link', `/${slug}`)).headers.location === 'https://ailleurs.example/',
    )
    await pool.query(`update link.link set state = 'removed' where slug = $1`, [slug])
    await until('it is gone in both', async () => (await statuses()).every((status) => status === 410))
  })

  test('visits are counted exactly by two processes, and none is lost when one stops', async () => {
    const connection = await migratedDatabase()
    await using one = await openTestInstance({ services: [link], connection, env: RELAXED })
    const other = await openTestInstance({ services: [link], connection, env: RELAXED })
    const slugs = await Promise.all(
      Array.from(
        { length: 5 },
        async (_, index) =>
          (
            await one.ask('link', '/api/v1/links', { method: 'POST', body: { url: `https://www.brest.fr/${index}` } })
          ).json().slug,
      ),
    )
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? one : other).ask('link', `/${slugs[index % 5]}`)),
    )
    await other[Symbol.asyncDispose]()
    const pool = one.instance.platform.database.pool
    await until(
      'all are written',
      async () => (await pool.query('select sum(clicks) as clicks from link.link')).rows[0].clicks >= 200,
    )
    const { rows } = await pool.query(
      'select (select sum(clicks) from link.link) as total, (select sum(clicks) from link.link_day) as days',
    )
    expect(rows).toEqual([{ total: 200, days: 200 }])
  })
})

describe('the form without a script', () => {
  const send = (url: string) =>
    it.ask('link', '/', { method: 'POST', headers: BROWSER, body: new URLSearchParams({ url }) })

  test('leads to the new link’s page', async () => {
    const answer = await send('www.brest.fr')
    expect(answer.status).toBe(303)
    const page = await it.ask('link', String(answer.headers.location), { headers: BROWSER })
    expect(page.text).toContain('Votre lien est prêt')
  })

  test('comes back with what was wrong, and with what was written', async () => {
    const answer = await send('ftp://"><script>')
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('role="alert"')
    expect(answer.text).toContain('value="ftp://&quot;>&lt;script>"')
  })

  test('tells the limit when an address or a name is far too long, and keeps what was written', async () => {
    const url = `https://www.brest.fr/${'a'.repeat(30_000)}`
    const answer = await send(url)
    expect([answer.status, answer.text.includes('8000 caractères'), answer.text.includes(`value="${url}"`)]).toEqual([
      422,
      true,
      true,
    ])
    const named = await it.ask('link', '/', {
      method: 'POST',
      headers: BROWSER,
      body: new URLSearchParams({ url: 'www.brest.fr', slug: 'a'.repeat(30_000) }),
    })
    expect([named.status, named.text.includes('id="slug-error"'), named.text.includes('value="www.brest.fr"')]).toEqual(
      [422, true, true],
    )
  })

  test('refuses a form without its field, and one of a hundred fields', async () => {
    expect((await it.ask('link', '/', { method: 'POST', headers: BROWSER, body: new URLSearchParams() })).status).toBe(
      422,
    )
    expect(
      (
        await it.ask('link', '/', {
          method: 'POST',
          headers: BROWSER,
          body: new URLSearchParams(Array.from({ length: 100 }, () => ['url', 'x'])),
        })
      ).status,
    ).toBe(400)
  })
})

test('links that were created and visited stay counted when they are gone', async () => {
  const { figures, database, today } = it.instance.platform
  const tomorrow = today().add({ days: 1 })
  const counted = async (id: string) => (await figures.points(id, { step: 'day' }))?.at(-1)?.value ?? 0
  await figures.foldTally(tomorrow)
  const before = await counted('link.created')
  const visitsBefore = await counted('link.visits')
  const { slug } = (await shorten('https://www.brest.fr/perdu')).json()
  await it.ask('link', `/${slug}`)
  await until('the visit is written', async () => {
    const { rows } = await database.pool.query<{ clicks: number }>('select clicks from link.link where slug = $1', [
      slug,
    ])
    return rows[0]?.clicks === 1
  })
  await database.pool.query('delete from link.link where slug = $1', [slug])
  await figures.foldTally(tomorrow)
  expect(await counted('link.created')).toBe(before + 1)
  expect(await counted('link.visits')).toBe(visitsBefore + 1)
})

test('what was shortened is counted', async () => {
  const before = it.instance.running.get('link')?.figures?.find(({ id }) => id === 'link.total')
  const count = (await before?.sample()) ?? 0
  await shorten('https://www.brest.fr/compte')
  expect(await before?.sample()).toBe(count + 1)
})
