import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BROWSER, emptyFolder, openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { PASSWORD, personIn, TestBrowser, tokenFor } from '../../tests/people.ts'
import { link } from '../../src/commons/link/service.ts'
import { board } from './service.ts'

let it: TestInstance
/** The browser of an author. */
let soazig: TestBrowser

const platform = () => it.instance.platform
const rows = async (query: string, values: unknown[] = []) => (await platform().database.pool.query(query, values)).rows
const bearer = async (login: string, scopes: string[], roles: Parameters<typeof tokenFor>[3] = []) => ({
  authorization: `Bearer ${await tokenFor(it, login, scopes, roles)}`,
})

/** Puts up a notice as a program does, and gives its path. */
async function add(title: string, { login = 'soazig', text = 'À donner.' } = {}): Promise<string> {
  const headers = await bearer(login, ['board:write'])
  const answer = await it.ask('board', '/api/v1/notices', { method: 'POST', body: { title, text }, headers })
  return new URL(answer.json().address).pathname
}

/** Answers a notice as a stranger's browser does, from some address. */
const answer = (path: string, fields: Record<string, string>, address: string) =>
  it.ask('board', `${path}/answers`, {
    method: 'POST',
    headers: { ...BROWSER, 'x-forwarded-for': address },
    body: new URLSearchParams({ text: 'Toujours là ?', email: 'yann@example.net', ...fields }),
  })

/** Decides as a moderator does. */
const decide = async (path: string, decision: 'hide' | 'remove' | 'keep', more: object = {}) =>
  it.ask('moderation', `/api/v1/moderation/items/board/${path.split('/').at(-1)}/decision`, {
    method: 'POST',
    headers: await bearer('moderator', ['moderation:write'], ['moderator']),
    body: { decision, category: 'spam', reason: 'Trompe les gens.', ...more },
  })

const status = async (path: string) => (await it.ask('board', path, { headers: BROWSER })).status

/** The form of a notice with a picture. */
async function noticeForm(title: string): Promise<FormData> {
  const photo = await sharp({ create: { width: 90, height: 60, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer()
  const form = new FormData()
  form.set('title', title)
  form.set('text', 'À donner.\nPneus neufs.')
  form.set('picture', new File([new Uint8Array(photo)], 'velo.jpg', { type: 'image/jpeg' }))
  return form
}

/** Puts up a notice with a picture; gives the paths of both. */
async function addWithPicture(title: string): Promise<{ path: string; picture: string }> {
  const { headers } = await soazig.send('board', '/new', await noticeForm(title))
  const path = String(headers.location)
  const { text } = await it.ask('board', path, { headers: BROWSER })
  return { path, picture: /\/images\/[0-9a-f]{32}\.webp/.exec(text)?.[0] ?? '' }
}

beforeAll(async () => {
  const file = join(emptyFolder(), 'bagad.toml')
  writeFileSync(file, '[services.board]\ndays = 7\n')
  it = await openTestInstance({
    services: [link, board],
    env: { BAGAD_CONFIG: file, BAGAD_TRUSTED_PROXIES: '127.0.0.1' },
  })
  await personIn(it, 'soazig', { password: PASSWORD })
  soazig = new TestBrowser(it)
  await soazig.signIn('soazig')
  await soazig.follow('board', '/_sso?next=/')
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => rows('truncate limits.rate'))

test('a stranger who wants to put up a notice is led to sign in', async () => {
  const { status, headers } = await it.ask('board', '/new', { headers: BROWSER })
  expect([status, headers.location]).toEqual([302, '/_sso?next=%2Fnew'])
})

test('a notice stays for the days of the setting', async () => {
  await add('Sept jours')
  const [kept] = await rows(`select ends_at - made_at as stays from board.notice where title = 'Sept jours'`)
  expect(kept.stays.days).toBe(7)
})

test('a form that is refused says what is wrong beside each field, and keeps what was written', async () => {
  const form = await noticeForm(' ')
  form.set('picture', new File(['no picture'], 'velo.jpg'))
  const refused = await soazig.send('board', '/new', form)
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('Il manque le titre.')
  expect(refused.text).toContain('Pneus neufs.')
  form.set('title', 'Vélo')
  expect((await soazig.send('board', '/new', form)).text).toContain('Cette image ne peut pas être lue.')
})

test('the picture of a notice is drawn anew and shown', async () => {
  const { picture } = await addWithPicture('Avec image')
  const shown = await it.ask('board', picture)
  expect(await sharp(shown.raw).metadata()).toMatchObject({ format: 'webp', width: 90 })
})

test('an answer comes to the author by e-mail, and no page tells an address', async () => {
  const path = await add('Armoire')
  const sent = await answer(path, { text: 'Elle m’intéresse.' }, '203.0.113.1')
  expect(sent.headers.location).toBe(`${path}?done=sent`)
  expect(await rows('select recipient, reply_to, text from outbox.email order by id desc limit 1')).toEqual([
    {
      recipient: 'soazig@example.org',
      reply_to: 'yann@example.net',
      text: expect.stringContaining('Elle m’intéresse.'),
    },
  ])
  expect((await it.ask('board', `${path}?done=sent`, { headers: BROWSER })).text).not.toContain('@example')
})

test('an answer without an address is refused, keeps its text, and sends nothing', async () => {
  const path = await add('Lampe')
  const [before] = await rows('select count(*) from outbox.email')
  const refused = await answer(path, { text: 'Elle éclaire ?', email: 'yann' }, '203.0.113.2')
  expect([refused.status, refused.text.includes('Elle éclaire ?')]).toEqual([422, true])
  expect(await rows('select count(*) from outbox.email')).toEqual([before])
})

test('one network sends few answers without work, and one notice brings its author few answers a day', async () => {
  const path = await add('Table')
  const statuses = []
  for (let tries = 0; tries < 3; tries++) statuses.push((await answer(path, {}, '203.0.113.3')).status)
  expect(statuses).toEqual([303, 303, 429])
  for (let tries = 0; tries < 28; tries++) await answer(path, {}, `198.51.100.${tries}`)
  expect((await answer(path, {}, '198.51.100.99')).status).toBe(429)
})

test('a program puts up a notice with a token that allows it, and finds how in the OpenAPI document', async () => {
  const body = { title: 'Par un programme', text: 'À prêter.' }
  const ask = (headers: Record<string, string>) => it.ask('board', '/api/v1/notices', { method: 'POST', body, headers })
  expect((await ask({})).status).toBe(401)
  expect((await ask(await bearer('soazig', ['board:read']))).status).toBe(403)
  const made = await ask(await bearer('soazig', ['board:write']))
  expect([made.status, made.headers.location]).toEqual([201, made.json().address])
  expect((await it.ask('board', '/api/v1/openapi.json')).json().paths).toHaveProperty('/api/v1/notices')
})

test('what came is a figure of the day, whatever is deleted later', async () => {
  const path = await add('Compté')
  await soazig.send('board', `${path}/deletion`, {}, { page: path })
  const counted = await rows(`select sum(amount)::int as notices from figures.tally where figure = 'board.notices'`)
  const [{ kept }] = await rows('select count(*)::int as kept from board.notice')
  expect(counted[0].notices).toBeGreaterThan(kept)
})

test('an author gets a short address where links are made, and strangers do not', async () => {
  const path = await add('Court')
  const shortened = await soazig.send('board', `${path}/short-address`, {}, { page: path })
  expect(shortened.text).toMatch(/Adresse courte\s: http:\/\/link\.localhost:\d+\/\w+/)
  expect((await it.ask('board', path, { headers: BROWSER })).text).not.toContain('short-address')
  expect((await it.ask('board', `${path}/short-address`, { method: 'POST', headers: BROWSER })).status).toBe(401)
})

test('without links there is no button for a short address', async () => {
  await using alone = await openTestInstance({ services: [board] })
  const token = await tokenFor(alone, 'soazig', ['board:write'])
  await personIn(alone, 'soazig', { password: PASSWORD })
  const browser = new TestBrowser(alone)
  await browser.signIn('soazig')
  const made = await alone.ask('board', '/api/v1/notices', {
    method: 'POST',
    body: { title: 'Seule', text: 'À donner.' },
    headers: { authorization: `Bearer ${token}` },
  })
  const { pathname } = new URL(made.json().address)
  const { text } = await browser.follow('board', `/_sso?next=${pathname}`)
  expect(text).toContain('Effacer cette annonce')
  expect(text).not.toContain('Faire une adresse courte')
})

test('only its author deletes a notice', async () => {
  const path = await add('À moi')
  const other = await bearer('yann', ['board:write'])
  expect((await it.ask('board', `${path}/deletion`, { method: 'POST', headers: other })).status).toBe(403)
  await soazig.send('board', `${path}/deletion`, {}, { page: path })
  expect(await status(path)).toBe(404)
})

test('moderators hide a notice with its picture, show it again, and remove it for good', async () => {
  const { path, picture } = await addWithPicture('À juger')
  await decide(path, 'hide')
  const hidden = await it.ask('board', path, { headers: BROWSER })
  expect([hidden.status, hidden.text.includes('/contester?url=')]).toEqual([451, true])
  expect((await it.ask('board', picture)).status).toBe(404)
  await decide(path, 'keep')
  expect([await status(path), (await it.ask('board', picture)).status]).toEqual([200, 200])
  await decide(path, 'remove', { block: true })
  expect(await status(path)).toBe(410)
  expect((await it.ask('board', '/', { headers: BROWSER })).text).not.toContain('À juger')
  expect((await soazig.send('board', '/new', await noticeForm('À juger'))).text).toContain('ne peut pas')
})

test('the audit trail knows who put up a notice, and from where', async () => {
  const path = await add('Tracée')
  const content = path.split('/').at(-1) ?? ''
  const by = { by: 'test', reason: 'the test asks' }
  expect(await platform().auditTrail.search({ service: 'board', content }, by)).toMatchObject([
    { act: 'made', account: await personIn(it, 'soazig'), address: '127.0.0.1' },
  ])
})

test('a notice whose time is over goes, and its picture a day later', async () => {
  const { path, picture } = await addWithPicture('Finie')
  const { signal } = new AbortController()
  const now = Temporal.Now.instant().add({ hours: 24 * 8 })
  await rows(`update board.notice set ends_at = now() - interval '1 hour' where title = 'Finie'`)
  expect(await status(path)).toBe(404)
  await platform().retention.purge({ signal })
  expect(await rows(`select from board.notice where title = 'Finie'`)).toEqual([])
  const key = `board/picture/${picture.split('/').at(-1)}`
  expect(await platform().blobs.stat(key)).toBeDefined()
  await platform().retention.purge({ signal, now })
  expect(await platform().blobs.stat(key)).toBeUndefined()
})

test('a person takes their notices and pictures away, and leaves nothing behind', async () => {
  const id = await personIn(it, 'soazig')
  await addWithPicture('Emportée')
  const person = it.instance.running.get('board')?.person
  const files = new Map<string, unknown>()
  await person?.export(id, {
    add: async (name, content) => void files.set(name, content instanceof Readable ? await buffer(content) : content),
  })
  expect(files.get('notices.json')).toContainEqual(expect.objectContaining({ title: 'Emportée' }))
  expect([...files.keys()]).toContainEqual(expect.stringMatching(/\.webp$/))
  await person?.erase(id, 'delete')
  expect(await rows('select from board.notice where author = $1', [id])).toEqual([])
})
