import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BROWSER, migratedDatabase, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { PASSWORD, personIn, TestBrowser, tokenFor } from '../../../tests/people.ts'
import { until } from '../../../tests/process.ts'
import type { ContentState } from '../../platform/moderation/moderated.ts'
import type { Service } from '../../platform/service.ts'
import { link } from '../../commons/link/service.ts'

/** A recipient of age whose identity nobody here holds. */
const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'

let it: TestInstance
/** A second web process on the same database, with the rates of every day. */
let other: TestInstance
let desk: TestBrowser
let key: string

const platform = () => it.instance.platform
const rows = async (query: string, values: unknown[] = []) => (await platform().database.pool.query(query, values)).rows
const from = (address: string) => ({ 'x-forwarded-for': address })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const short = (slug: string) => `http://link.localhost:${it.port}/${slug}`

/** Makes a link, as a stranger of some address unless a key says who. */
async function shorten(
  slug: string,
  {
    url = `https://example.net/${slug}`,
    headers = from('203.0.113.1'),
  }: { url?: string; headers?: Record<string, string> } = {},
) {
  return it.ask('link', '/api/v1/links', { method: 'POST', body: { url, slug }, headers })
}
/** Makes a link as somebody with an account does, by a program. */
async function shortenAs(
  login: string,
  slug: string,
  { url = `https://example.net/${slug}`, address = '203.0.113.1' } = {},
) {
  const headers = { ...from(address), 'x-api-key': await tokenFor(it, login, ['link:write'], ['member']) }
  return it.ask('link', '/rest/v3/short-urls', { method: 'POST', body: { longUrl: url, customSlug: slug }, headers })
}
const status = async (slug: string, where = it) => (await where.ask('link', `/${slug}`)).status
/** Waits until links answer so; news of a change may take moments to be heard. */
const stand = (expected: Record<string, number>, where = it) =>
  until(
    `links answer ${JSON.stringify(expected)}`,
    async () => {
      const found = await Promise.all(Object.keys(expected).map((slug) => status(slug, where)))
      return Object.values(expected).every((wanted, index) => found[index] === wanted)
    },
    5000,
  )
const report = (
  body: object,
  { where = it, headers = {} }: { where?: TestInstance; headers?: Record<string, string> } = {},
) => where.ask('link', '/api/v1/reports', { method: 'POST', body: { category: 'spam', ...body }, headers })
const program = (method: string, path: string, body?: object, token = key, host = 'moderation') =>
  it.ask(host, path, { method, headers: bearer(token), ...(body && { body }) })
const decide = (slug: string, requested: object = {}, token = key) =>
  program(
    'POST',
    `/api/v1/moderation/items/link/${slug}/decision`,
    { decision: 'remove', category: 'spam', reason: 'Trompe les gens.', ...requested },
    token,
  )
const queue = async (token = key) => (await program('GET', '/api/v1/moderation/queue', undefined, token)).json()
const emails = async () =>
  (
    await platform().database.pool.query<{ recipient: string; subject: string; text: string }>(
      'select recipient, subject, text from outbox.email order by id',
    )
  ).rows
/** Tells whoever is to hear of a decision, as the job does a minute later. */
const tell = async (decision: number) =>
  platform()
    .jobs.declared.get('desk.tell')
    ?.run({ decision }, { signal: new AbortController().signal, log: platform().log })

beforeAll(async () => {
  const connection = await migratedDatabase()
  it = await openTestInstance({
    services: [link],
    connection,
    env: { BAGAD_LIMITS: 'relaxed', BAGAD_MODERATION_RECIPIENTS: RECIPIENT, BAGAD_TRUSTED_PROXIES: '127.0.0.1' },
  })
  other = await openTestInstance({ services: [link], connection, env: { BAGAD_TRUSTED_PROXIES: '127.0.0.1' } })
  key = await tokenFor(it, 'yann', ['moderation:write'], ['moderator'])
  await personIn(it, 'yann', { password: PASSWORD })
  desk = new TestBrowser(it)
  await desk.signIn('yann')
  await desk.follow('moderation', '/file')
})
afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await rows(
    'truncate desk.item, desk.opening, desk.act, moderation.blocked, moderation.banned, outbox.email, limits.rate cascade',
  )
})

describe('a report', () => {
  test('is taken from the form without an account, and answered with a number and an e-mail', async () => {
    await shorten('lettre')
    const stranger = new TestBrowser(it)
    const form = await stranger.ask('moderation', `/signaler?url=${encodeURIComponent(short('lettre'))}`)
    expect(form.text).toContain(short('lettre'))
    const taken = await stranger.send('moderation', '/signaler', {
      url: short('lettre'),
      category: 'hate',
      explanation: 'Menace.',
      email: 'soazig@example.org',
    })
    const reference = /class="reference">([A-Z2-9]{8})</.exec(taken.text)?.[1]
    expect([taken.status, reference]).toEqual([202, expect.any(String)])
    expect(await emails()).toMatchObject([
      { recipient: 'soazig@example.org', subject: expect.stringContaining(String(reference)) },
    ])
    expect(await queue()).toMatchObject({
      total: 1,
      items: [{ service: 'link', id: 'lettre', category: 'hate', reports: 1, url: short('lettre'), state: 'shown' }],
    })
  })

  test('is taken by programs on every host, about several contents at once, named by any of their addresses', async () => {
    for (const slug of ['un', 'deux', 'trois']) await shorten(slug)
    const answer = await it.ask('id', '/api/v1/reports', {
      method: 'POST',
      body: {
        urls: [`${short('un')}+`, `link.localhost:${it.port}/deux.svg`, short('trois'), short('trois')],
        category: 'spam',
        explanation: '',
      },
    })
    expect([answer.status, answer.json()]).toEqual([202, { reference: expect.stringMatching(/^[A-Z2-9]{8}$/) }])
    expect((await queue()).items.map(({ id }: { id: string }) => id).toSorted()).toEqual(['deux', 'trois', 'un'])
  })

  test.each([
    ['of another house', 'https://example.org/x', 422, 'desk/foreign-content'],
    ['of nothing', '', 422, 'desk/no-address'],
    ['that is no address', 'https://', 422, 'desk/no-address'],
    ['of a link that never was', 'PORT/jamais-vu', 404, 'desk/no-content'],
    ['of a page that is no content', 'PORT/', 404, 'desk/no-content'],
    ['with a damaged address', 'PORT/%zz', 404, 'desk/no-content'],
  ])('%s is refused, and says why', async (_, url, expected, type) => {
    const answer = await report({ url: url.replace('PORT', `http://link.localhost:${it.port}`) })
    expect([answer.status, answer.json().type]).toEqual([expected, expect.stringContaining(type)])
  })

  test('says that there is nothing more to do about what is removed already, and loses nothing of a form that is refused', async () => {
    await shorten('deja')
    await decide('deja')
    expect((await report({ url: short('deja') })).status).toBe(410)
    const stranger = new TestBrowser(it)
    const again = await stranger.send('moderation', '/signaler', {
      url: short('deja'),
      category: 'spam',
      explanation: 'Mes mots.',
      email: 'odd',
    })
    expect([again.status, again.text.includes('Mes mots.'), again.text.includes('value="odd"')]).toEqual([
      422,
      true,
      true,
    ])
    const unsaid = await stranger.send('moderation', '/signaler', { url: short('deja'), explanation: 'Mes mots.' })
    expect([unsaid.status, unsaid.text.includes('category-error')]).toEqual([422, true])
  })

  test('counts once for a network, more from several; the gravest is looked at first', async () => {
    for (const slug of ['pub', 'haine', 'foule']) await shorten(slug)
    for (let turn = 0; turn < 5; turn++) await report({ url: short('pub') }, { headers: from('198.51.100.7') })
    for (let turn = 0; turn < 3; turn++) await report({ url: short('foule') }, { headers: from(`198.51.100.${turn}`) })
    await report({ url: short('haine'), category: 'hate' })
    expect((await queue()).items.map(({ id, reports }: { id: string; reports: number }) => [id, reports])).toEqual([
      ['haine', 1],
      ['foule', 3],
      ['pub', 1],
    ])
    expect(await rows('select count(*) from desk.report')).toEqual([{ count: 9 }])
  })

  test('a thousand from one address: ten are taken, the others wait', async () => {
    await shorten('mille')
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () =>
        report({ url: short('mille') }, { where: other, headers: from('198.51.100.9') }),
      ),
    )
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(10)
    const late = answers.filter((answer) => answer.status === 429)
    expect([late.length, Number(late[0]?.headers['retry-after']) > 0]).toEqual([990, true])
    expect((await report({ url: short('mille') }, { where: other, headers: from('198.51.100.10') })).status).toBe(202)
  })

  test('that is an attack is words and nothing else, for the moderator and in e-mails', async () => {
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\r\nBcc: all@example.org'
    await shorten('attaque')
    await report({ url: short('attaque'), explanation: attack, email: 'soazig@example.org' })
    const page = (await desk.ask('moderation', '/file/link/attaque')).text
    expect(page).toContain('&lt;script>alert(1)')
    expect(page).not.toMatch(/<script>alert|<img src=x/)
    for (const email of ['a@b.example\r\nBcc: all@example.org', 'a b', 'x'.repeat(400)]) {
      expect((await report({ url: short('attaque'), email })).status, email).toBeGreaterThanOrEqual(400)
    }
    expect((await report({ url: short('attaque'), category: 'fun' })).status).toBe(400)
    expect((await report({ url: short('attaque'), explanation: 'x'.repeat(30_000) })).status).toBe(400)
    expect((await report({ urls: Array.from({ length: 30 }, () => short('attaque')) })).status).toBe(400)
  })

  test('of a program that fills in every field is thanked, and forgotten', async () => {
    await shorten('robot')
    const robot = new TestBrowser(it)
    expect(
      (
        await robot.send('moderation', '/signaler', {
          url: short('robot'),
          category: 'spam',
          website: 'https://spam.example',
        })
      ).status,
    ).toBe(202)
    expect((await queue()).total).toBe(0)
  })
})

describe('a decision', () => {
  test('to remove is felt in every process within a second, says its class, and is told with its reason', async () => {
    await shortenAs('nolwenn', 'retire')
    await report({ url: short('retire'), email: 'soazig@example.org' })
    for (const where of [it, other]) expect(await status('retire', where)).toBe(302)
    const { json } = await decide('retire', { reason: 'Hameçonnage.', note: 'déjà vu en mars' })
    for (const where of [it, other]) await stand({ retire: 410 }, where)
    const page = await it.ask('link', '/retire', { headers: BROWSER })
    expect(page.text).toContain('publicité indésirable, ou à un piège')
    expect(page.text).toContain(`/contester?url=${encodeURIComponent(short('retire'))}`)
    await tell(json().id)
    await tell(json().id)
    const told = (await emails()).slice(1)
    expect(told.map(({ recipient }) => recipient).toSorted()).toEqual(['nolwenn@example.org', 'soazig@example.org'])
    for (const { text } of told) expect([text.includes('Hameçonnage.'), text.includes('mars')]).toEqual([true, false])
    expect(told.find(({ recipient }) => recipient === 'nolwenn@example.org')?.text).toContain('/contester?url=')
    expect((await queue()).total).toBe(0)
  })

  test('to hide takes it out of sight for a while (451), and it waits behind the others for another look', async () => {
    for (const slug of ['cache', 'reste']) await shorten(slug)
    await report({ url: short('cache'), category: 'minor' })
    await report({ url: short('reste'), category: 'other' })
    await decide('cache', { decision: 'hide' })
    await stand({ cache: 451 })
    expect((await queue()).items.map(({ id }: { id: string }) => id)).toEqual(['reste', 'cache'])
    await decide('cache', { decision: 'keep' })
    await stand({ cache: 302 })
    expect((await queue()).total).toBe(1)
  })

  test('can be taken back: each content stands as it stood, is looked at again, and nobody is told', async () => {
    for (const slug of ['meme-1', 'meme-2', 'meme-3']) await shorten(slug, { url: `https://meme.example/${slug}` })
    await report({ url: short('meme-1'), email: 'soazig@example.org' })
    await decide('meme-2', { decision: 'hide' })
    await decide('meme-1', { alike: true })
    await stand({ 'meme-1': 410, 'meme-2': 410, 'meme-3': 410 })
    const [{ id }] = await rows('select max(id) as id from desk.decision')
    expect((await desk.send('moderation', `/decisions/${id}/annulation`, {}, { page: '/file' })).headers.location).toBe(
      '/file/link/meme-1',
    )
    await stand({ 'meme-1': 302, 'meme-2': 451, 'meme-3': 302 })
    await tell(id)
    expect(await emails()).toHaveLength(1)
    expect((await queue()).items).toMatchObject([{ id: 'meme-1', reports: 1 }, { id: 'meme-2' }])
    expect((await desk.send('moderation', `/decisions/${id}/annulation`, {}, { page: '/file' })).status).toBe(409)
  })

  test('does not override unseen what somebody else has decided meanwhile', async () => {
    await shorten('deux-mains')
    await report({ url: short('deux-mains') })
    const { id } = (await decide('deux-mains', { decision: 'keep', after: 0 })).json()
    expect((await decide('deux-mains', { after: 0 })).status).toBe(409)
    const page = await desk.send('moderation', '/file/link/deux-mains', {
      decision: 'remove',
      category: 'spam',
      after: '0',
      reason: 'Mes mots.',
    })
    expect([page.status, page.text.includes('Mes mots.'), page.text.includes('entre-temps')]).toEqual([409, true, true])
    expect(await status('deux-mains')).toBe(302)
    expect((await decide('deux-mains', { after: id })).status).toBe(200)
  })

  test('may need two people: the first sets it aside, another one removes', async () => {
    await using strict = await openTestInstance({
      services: [link],
      connection: it.instance.platform.database.connection,
      env: { BAGAD_MODERATION_TWO_PEOPLE: 'minor,hate' },
    })
    await shorten('a-deux')
    const remove = (token: string, category = 'hate') =>
      strict.ask('moderation', '/api/v1/moderation/items/link/a-deux/decision', {
        method: 'POST',
        headers: bearer(token),
        body: { decision: 'remove', category, reason: 'Haineux.' },
      })
    expect((await remove(key)).json()).toMatchObject({ decision: 'hide', asksSecond: true })
    await stand({ 'a-deux': 451 })
    expect((await queue()).total).toBe(1)
    expect((await desk.ask('moderation', '/file/link/a-deux')).text).toContain('yann demande de le retirer')
    expect((await remove(key)).json().type).toContain('second-decides')
    expect((await remove(await tokenFor(it, 'maiwenn', ['moderation:write'], ['moderator']))).json()).toMatchObject({
      decision: 'remove',
      asksSecond: false,
    })
    await stand({ 'a-deux': 410 })
    await decide('a-deux', { decision: 'keep' })
    expect((await remove(key, 'spam')).json()).toMatchObject({ decision: 'remove' })
  })

  test('of two at the same moment, one is made and the other is told so', async () => {
    await shorten('ensemble')
    const answers = await Promise.all([
      decide('ensemble', { after: 0 }),
      decide('ensemble', { decision: 'keep', after: 0 }),
    ])
    expect(answers.map((answer) => answer.status).toSorted((one, other) => one - other)).toEqual([200, 409])
  })

  test('can be about all of the same author: an account, or for strangers the network that it came from', async () => {
    for (const slug of ['awen-1', 'awen-2']) await shortenAs('awen', slug)
    for (const slug of ['loin-1', 'loin-2']) await shorten(slug, { headers: from('203.0.113.77') })
    await shorten('ailleurs', { headers: from('203.0.113.78') })
    expect((await program('GET', '/api/v1/moderation/items/link/loin-1')).json().sameAuthor).toEqual({
      ids: ['loin-2'],
      guessed: true,
    })
    expect((await program('GET', '/api/v1/moderation/items/link/awen-1')).json()).toMatchObject({
      authorName: 'awen',
      sameAuthor: { ids: ['awen-2'], guessed: false },
    })
    await decide('awen-1', { same_author: true })
    const { id } = (await decide('loin-1', { same_author: true })).json()
    await stand({ 'awen-1': 410, 'awen-2': 410, 'loin-1': 410, 'loin-2': 410, ailleurs: 302 })
    await tell(id)
    expect(await emails()).toEqual([])
  })

  test('can keep the same thing from coming again, in whatever words it is refused: the thing, the domain, the source', async () => {
    await shorten('hamecon', { url: 'https://phish.example/login', headers: from('203.0.113.90') })
    expect((await decide('hamecon', { block: true })).status).toBe(200)
    const again = await shorten('encore', { url: 'https://phish.example/login' })
    expect([again.status, again.json().type]).toEqual([422, expect.stringContaining('platform/content-denied')])
    expect((await shorten('autre-page', { url: 'https://phish.example/other' })).status).toBe(201)
    await decide('autre-page', { block: true, alike: true })
    let tries = 0
    await until(
      'the domain is denied',
      async () => (await shorten(`essai-${tries++}`, { url: 'https://sub.phish.example/third' })).status === 422,
    )
    await shorten('source', { url: 'https://ok.example/1', headers: from('203.0.113.91') })
    await decide('source', { ban_source: true })
    const banned = await shorten('plus-rien', { url: 'https://ok.example/2', headers: from('203.0.113.91') })
    expect([banned.status, banned.json().title]).toEqual([422, again.json().title])
    expect(
      (await shortenAs('nolwenn', 'membre', { url: 'https://ok.example/3', address: '203.0.113.91' })).status,
    ).toBe(200)
    const doors = (await desk.ask('moderation', '/blocages')).text
    const [, network = ''] = /name="network" value="([0-9a-f]+)"/.exec(doors) ?? []
    await desk.send('moderation', '/blocages/levee', { network }, { page: '/blocages' })
    expect(await rows('select what, which, doer from desk.act')).toEqual([
      { what: 'unban', which: network.slice(0, 12), doer: 'yann' },
    ])
    expect((await shorten('revenu', { url: 'https://ok.example/2', headers: from('203.0.113.91') })).status).toBe(201)
  })

  test.each([
    ['without a reason', 'vide', { reason: '  ' }, 422, 'no-reason'],
    ['about what never was', 'jamais', {}, 404, 'no-content'],
    ['to ban the network of somebody with an account', 'compte', { ban_source: true }, 409, 'source-is-account'],
  ])('%s is refused', async (_, slug, requested, expected, type) => {
    if (slug !== 'jamais') await shortenAs('nolwenn', slug)
    const answer = await decide(slug, requested)
    expect([answer.status, answer.json().type]).toEqual([expected, expect.stringContaining(type)])
  })

  test('about what its author has deleted meanwhile is refused, and the case can be closed', async () => {
    await shortenAs('nolwenn', 'parti')
    await report({ url: short('parti') })
    const headers = { 'x-api-key': await tokenFor(it, 'nolwenn', ['link:write']) }
    expect((await it.ask('link', '/rest/v3/short-urls/parti', { method: 'DELETE', headers })).status).toBe(204)
    expect((await decide('parti')).status).toBe(409)
    expect((await decide('parti', { decision: 'keep' })).status).toBe(200)
    expect((await queue()).total).toBe(0)
  })
})

describe('an appeal', () => {
  test('of an author is looked at again; who decides otherwise puts it back and says so', async () => {
    await shortenAs('nolwenn', 'conteste')
    const stranger = new TestBrowser(it)
    const appeal = { url: short('conteste'), explanation: 'C’est notre affiche.', email: 'nolwenn@example.org' }
    expect((await stranger.send('moderation', '/contester', appeal)).status).toBe(409)
    await decide('conteste')
    expect((await stranger.send('moderation', '/contester', { ...appeal, explanation: '' })).status).toBe(422)
    expect((await stranger.send('moderation', '/contester', appeal)).status).toBe(202)
    expect((await queue()).items).toMatchObject([{ id: 'conteste', appealed: true, state: 'removed' }])
    await rows('truncate outbox.email cascade')
    const { id } = (await decide('conteste', { decision: 'keep', reason: 'Vous avez raison.' })).json()
    await stand({ conteste: 302 })
    await tell(id)
    expect((await emails()).map(({ text }) => text.includes('Vous avez raison.'))).toEqual([true, true])
  })
})

describe('evidence', () => {
  test('is kept encrypted, opened with a reason that the board hears of, and kept out of the public’s reach', async () => {
    await personIn(it, 'board', { roles: ['board'] })
    await shorten('preuve')
    await report({ url: short('preuve'), category: 'illegal', explanation: 'Arnaque.' })
    expect((await decide('preuve', { hold: true, category: 'illegal' })).json()).toMatchObject({ isHeld: true })
    const path = '/api/v1/moderation/items/link/preuve/evidence'
    expect((await program('GET', path)).status).toBe(422)
    const opened = await program('GET', `${path}?reason=${encodeURIComponent('réquisition 2026-12')}`)
    expect([opened.status, opened.raw.subarray(0, 21).toString()]).toEqual([200, 'age-encryption.org/v1'])
    expect(await emails()).toMatchObject([
      { recipient: 'board@example.org', text: expect.stringContaining('réquisition 2026-12') },
    ])
    expect(await rows('select asker, reason, was_given from desk.opening')).toEqual([
      { asker: 'yann', reason: 'réquisition 2026-12', was_given: true },
    ])
    const [evidence] = await rows('select blob_key, until - current_date as days from desk.evidence')
    expect([evidence.days >= 365, await platform().blobs.stat(evidence.blob_key)]).toMatchObject([
      true,
      { size: expect.any(Number) },
    ])
    expect((await program('GET', path.replace('preuve', 'autre') + '?reason=x')).status).toBe(404)
  })

  test('of what concerns a minor is given when two people ask', async () => {
    await shorten('mineur')
    await decide('mineur', { hold: true, category: 'minor' })
    const ask = (token: string) =>
      program('GET', '/api/v1/moderation/items/link/mineur/evidence?reason=requisition', undefined, token)
    expect([(await ask(key)).status, (await ask(key)).status]).toEqual([409, 409])
    expect((await ask(await tokenFor(it, 'maiwenn', ['moderation:write'], ['moderator']))).status).toBe(200)
    expect((await desk.ask('moderation', '/file/link/mineur')).text).toContain('PHAROS')
  })

  test('cannot be kept where nobody is named who could read it', async () => {
    await shorten('sans-clef')
    const answer = await other.ask('moderation', '/api/v1/moderation/items/link/sans-clef/decision', {
      method: 'POST',
      headers: bearer(key),
      body: { decision: 'remove', reason: 'x', hold: true },
    })
    expect([answer.status, answer.json().type]).toEqual([409, expect.stringContaining('no-recipient')])
    expect(await status('sans-clef')).toBe(302)
  })
})

describe('the desk', () => {
  test('is for moderators: others are led to sign in, refused, or asked for a second factor', async () => {
    const stranger = new TestBrowser(it)
    expect((await stranger.ask('moderation', '/file')).headers.location).toContain('/_sso')
    for (const path of ['/file', '/blocages', '/file/link/x', '/apercu/link/x/1', '/api/v1/moderation/queue'])
      expect((await it.ask('moderation', path)).status, path).toBe(401)
    await personIn(it, 'simple', { password: PASSWORD, roles: ['member'] })
    const member = new TestBrowser(it)
    await member.signIn('simple')
    expect((await member.follow('moderation', '/file')).status).toBe(403)
    expect((await decide('x', {}, await tokenFor(it, 'simple', ['api']))).status).toBe(403)
    expect((await decide('x', {}, await tokenFor(it, 'yann', ['moderation:read']))).status).toBe(403)
    expect((await decide('x', {}, await tokenFor(it, 'yann', ['link:write']))).status).toBe(403)
    // An administrator holds every right, and it sleeps until a second factor was shown.
    await personIn(other, 'chef', { password: PASSWORD, roles: ['admin'] })
    const chief = new TestBrowser(other)
    await chief.signIn('chef')
    expect((await chief.follow('moderation', '/file')).status).toBe(403)
  })

  test('on a service’s own host, its interface is about that service alone', async () => {
    await shorten('chez-soi')
    await report({ url: short('chez-soi') })
    expect((await program('GET', '/api/v1/moderation/queue', undefined, key, 'link')).json().items).toHaveLength(1)
    expect((await program('GET', '/api/v1/moderation/items/chez-soi', undefined, key, 'link')).json()).toMatchObject({
      id: 'chez-soi',
      open: true,
    })
    expect(
      (
        await program(
          'POST',
          '/api/v1/moderation/items/chez-soi/decision',
          { decision: 'remove', reason: 'x' },
          key,
          'link',
        )
      ).status,
    ).toBe(200)
    await stand({ 'chez-soi': 410 })
  })

  test('shows what services hold by themselves, and turns their switches', async () => {
    await shorten('doute')
    await rows(`update link.link set state = 'held', reason = 'odd', risk = 40, held_at = now() where slug = 'doute'`)
    const page = (await desk.ask('moderation', '/file')).text
    expect(page).toContain('https://example.net/doute')
    expect((await desk.ask('moderation', '/file/suivant')).headers.location).toBe('/file/link/doute')
    await decide('doute', { decision: 'keep' })
    await stand({ doute: 302 })
    await desk.send('moderation', '/file/reglages/link/spam-surge', { value: 'on' }, { page: '/file' })
    expect(await rows('select is_on, is_forced from link.spam_surge')).toEqual([{ is_on: true, is_forced: true }])
    expect((await desk.ask('moderation', '/journal')).text).toContain('link/spam-surge=on')
    await desk.send('moderation', '/file/reglages/link/spam-surge', { value: 'auto' }, { page: '/file' })
    expect(
      (await desk.send('moderation', '/file/reglages/link/spam-surge', { value: 'maybe' }, { page: '/file' })).status,
    ).toBe(404)
  })

  test('calls those who moderate by mail: for what is grave at once, for the rest after some hours, and once', async () => {
    const call = async () =>
      platform().jobs.declared.get('desk.call')?.run({}, { signal: new AbortController().signal, log: platform().log })
    const called = async () =>
      (await emails()).filter(({ recipient }) => recipient === 'yann@example.org').map(({ subject }) => subject)
    for (const slug of ['appel-1', 'appel-2']) await shorten(slug)
    await report({ url: short('appel-1') })
    await call()
    expect(await called()).toEqual([])
    await rows(`update desk.item set opened_at = now() - interval '5 hours'`)
    await call()
    await call()
    expect(await called()).toEqual(['Un contenu attend la modération'])
    await report({ url: short('appel-2'), category: 'hate', explanation: 'Des mots durs.' })
    await call()
    expect(await called()).toHaveLength(2)
    expect((await emails()).at(-1)?.text).not.toContain('Des mots durs')
  })

  test('counts for the annual report: reports, decisions, what was removed, how long it took; for all and for each service', async () => {
    for (const slug of ['compte-1', 'compte-2']) await shorten(slug)
    await rows('delete from figures.tally')
    await report({ url: short('compte-1') })
    await report({ url: short('compte-1') })
    await rows(`update desk.report set made_at = now() - interval '3 hours'`)
    await decide('compte-1')
    await decide('compte-2', { decision: 'keep' })
    const figures = new Map(
      platform()
        .running.get('desk')
        ?.figures?.map((figure) => [figure.id, figure]),
    )
    await platform().figures.foldTally(platform().today().add({ days: 1 }))
    const counted = async (id: string) => (await platform().figures.points(id, { step: 'day' }))?.at(-1)?.value
    for (const suffix of ['', '.link']) {
      expect([
        await counted(`moderation.reports${suffix}`),
        await counted(`moderation.decisions${suffix}`),
        await counted(`moderation.removed${suffix}`),
      ]).toEqual([1, 2, 1])
      expect(await figures.get(`moderation.delay.median${suffix}`)?.sample()).toBe(3)
    }
  })

  test('tells people what it holds of them, and forgets who decided when they go', async () => {
    const mine = await tokenFor(it, 'parti', ['moderation:write'], ['moderator'])
    await shorten('trace')
    await decide('trace', {}, mine)
    const account = await personIn(it, 'parti')
    const files: string[] = []
    await platform()
      .running.get('desk')
      ?.person?.export(account, { add: async (name) => void files.push(name) })
    expect(files).toEqual(['decisions.json'])
    await platform().running.get('desk')?.person?.erase(account, 'delete')
    expect(await rows('select decided_by, decider from desk.decision')).toEqual([{ decided_by: null, decider: '…' }])
  })
})

test('a removal that news did not reach everywhere is felt as soon as the connection is back', async () => {
  await shorten('perdue')
  expect(await status('perdue', other)).toBe(302)
  await rows(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
  )
  await decide('perdue')
  for (const where of [it, other]) await stand({ perdue: 410 }, where)
})

test('what was said is forgotten a year after the decision, evidence when its time is over', async () => {
  await shorten('vieux')
  await report({ url: short('vieux'), explanation: 'Des mots.', email: 'soazig@example.org' })
  await decide('vieux', { hold: true })
  await rows(`update desk.report set settled_at = now() - interval '366 days'`)
  await rows(`update desk.evidence set until = current_date - 1`)
  await platform().retention.purge({ signal: new AbortController().signal })
  expect(await rows('select explanation, email, network from desk.report')).toEqual([
    { explanation: '', email: null, network: null },
  ])
  expect(await rows('select from desk.evidence')).toEqual([])
})

describe('a service of texts with pictures', () => {
  /** One notice on a wall, in memory: what the desk asks of any service. */
  let state: ContentState = 'shown'
  const wall: Service = {
    name: 'wall',
    area: 'commons',
    about: {
      name: { fr: 'Mur', en: 'Wall' },
      act: { fr: 'Accrocher', en: 'Hang up' },
      promise: { fr: 'Une image.', en: 'A picture.' },
      audience: 'everyone',
      mark: { strokes: 'M4 4h16v16H4z', hue: 90 },
    },
    open: async ({ addresses }) => ({
      routes: () => {},
      content: {
        find: async (path) => (path === '/one' ? 'one' : undefined),
        look: async (names) =>
          new Map(
            names
              .filter((name) => name === 'one')
              .map((content) => [
                content,
                {
                  content,
                  address: addresses.of('wall', '/one'),
                  title: null,
                  state,
                  madeAt: Temporal.Instant.from('2026-11-01T12:00:00Z'),
                  author: null,
                  mailbox: { address: 'lena@example.org', language: 'en' },
                  preview: { text: `<b>À vendre</b> ${'mot '.repeat(600)}`, pictures: ['wall/one', 'wall/two'] },
                  facts: [],
                  hash: Buffer.alloc(32, 7),
                },
              ]),
          ),
        hide: async () => ((state = 'hidden'), ['one']),
        remove: async () => ((state = 'removed'), ['one']),
        restore: async () => ((state = 'shown'), ['one']),
        sameAuthor: async () => [],
      },
      [Symbol.asyncDispose]: async () => {},
    }),
  }

  test('is judged at the same desk, and strangers who left an address are told why: its text is words, its pictures are drawn anew and blurred, never large when a minor is concerned, and served so that nothing in them runs', async () => {
    await using gallery = await openTestInstance({
      services: [link, wall],
      env: { BAGAD_LIMITS: 'relaxed', BAGAD_MODERATION_RECIPIENTS: RECIPIENT },
    })
    const red = { create: { width: 2000, height: 1000, channels: 3, background: 'red' } } as const
    await gallery.instance.platform.blobs.put('wall/one', await sharp(red).png().toBuffer())
    await gallery.instance.platform.blobs.put('wall/two', Buffer.from('<svg onload="alert(1)"/>'))
    await personIn(gallery, 'yann', { password: PASSWORD, roles: ['moderator'] })
    const browser = new TestBrowser(gallery)
    await browser.signIn('yann')
    await browser.follow('moderation', '/file')
    const url = `wall.localhost:${gallery.port}/one`
    await gallery.ask('wall', '/api/v1/reports', {
      method: 'POST',
      body: { url, category: 'copyright', sealedKey: 'age-encryption.org/v1 sealed' },
    })
    const page = (await browser.ask('moderation', '/file/wall/one')).text
    expect([page.match(/class="blurred"/g)?.length, page.includes('age-encryption.org/v1 sealed')]).toEqual([2, true])
    expect(page).toContain('&lt;b>À vendre&lt;/b>')
    expect(page).toContain('La suite du texte (416 caractères)')
    const picture = await browser.ask('moderation', '/apercu/wall/one/1')
    expect([picture.headers['content-security-policy'], picture.headers['cache-control']]).toEqual([
      "default-src 'none'; sandbox",
      'no-store',
    ])
    const drawn = await sharp(picture.raw).metadata()
    expect([drawn.format, drawn.width, drawn.height]).toEqual(['webp', 1280, 640])
    for (const none of ['2', '3'])
      expect((await browser.ask('moderation', `/apercu/wall/one/${none}`)).status).toBe(404)
    await gallery.ask('wall', '/api/v1/reports', { method: 'POST', body: { url, category: 'minor' } })
    const grave = (await browser.ask('moderation', '/file/wall/one')).text
    expect([/class="blurred tiny"/.test(grave), grave.includes('07'.repeat(32))]).toEqual([true, true])
    await browser.send('moderation', '/file/wall/one', {
      decision: 'remove',
      category: 'minor',
      hold: 'on',
      block: 'on',
      reason: 'Montre un enfant.',
    })
    expect(state).toBe('removed')
    const { blockList, database } = gallery.instance.platform
    await expect(blockList.admit({ service: 'wall', hash: Buffer.alloc(32, 7) })).rejects.toThrow('content-denied')
    await blockList.admit({ service: 'link', hash: Buffer.alloc(32, 7) })
    const { rows: kept } = await database.pool.query('select bytes from desk.evidence')
    expect(kept).toEqual([{ bytes: expect.any(Number) }])
    const { jobs, log } = gallery.instance.platform
    const { rows: decisions } = await database.pool.query<{ id: number }>('select id from desk.decision')
    await jobs.declared
      .get('desk.tell')
      ?.run({ decision: decisions[0]?.id }, { signal: new AbortController().signal, log })
    const { rows: told } = await database.pool.query<{ subject: string; text: string }>(
      `select subject, text from outbox.email where recipient = 'lena@example.org'`,
    )
    expect(told).toHaveLength(1)
    expect(told[0]?.text).toContain('Montre un enfant.')
    expect(told[0]?.text).toContain(`http://moderation.localhost:${gallery.port}/contester?url=`)
    expect(told[0]?.subject).toMatch(/removed/)
  })
})
