import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { link } from '../../src/commons/link/service.ts'
import { BROWSER, emptyFolder, openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { PASSWORD, personIn, TestBrowser, tokenFor } from '../../tests/people.ts'
import { board } from './service.ts'

let it: TestInstance

beforeAll(async () => {
  const file = join(emptyFolder(), 'bagad.toml')
  writeFileSync(file, '[services.board]\ndays = 7\n')
  it = await openTestInstance({
    services: [board, link],
    env: { BAGAD_CONFIG: file, BAGAD_TRUSTED_PROXIES: '127.0.0.1' },
  })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(() => query('truncate limits.rate'))

const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await it.instance.platform.database.pool.query<Row>(text, values)).rows

/** Posts a notice as a stranger, in a form with files. */
async function post(fields: Record<string, string>, picture?: Buffer) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (picture) form.append('picture', new Blob([new Uint8Array(picture)]), 'apples.png')
  return it.ask('board', '/', { method: 'POST', headers: BROWSER, body: form })
}

/** The last e-mail to an address, with the path of its link. */
async function emailTo(address: string) {
  const [email] = await query<{ text: string; reply_to: string | null }>(
    'select text, reply_to from outbox.email where recipient = $1 order by id desc limit 1',
    [address],
  )
  return { ...email, path: /https?:\/\/board[^/]*(\/\S+)/.exec(email?.text ?? '')?.[1] ?? '' }
}

/** Posts and confirms a notice; gives its path. */
async function shown(title: string, email: string, picture?: Buffer): Promise<string> {
  expect((await post({ title, text: 'Un cageot.', email }, picture)).status).toBe(200)
  const { path } = await emailTo(email)
  const confirmed = await it.ask('board', `${path}/confirmer`, { method: 'POST', body: new URLSearchParams() })
  return String(confirmed.headers.location)
}

test('a notice with wrong fields is refused, each beside its field, and what was written stays', async () => {
  const refused = await post({ title: ' ', text: 'Des pommes', email: 'personne' })
  expect(refused.status).toBe(422)
  for (const words of ['Le titre manque.', 'Ce courriel ne peut pas être lu.', 'Des pommes'])
    expect(refused.text).toContain(words)
})

test('a stranger’s notice is shown once its author has followed the link, with a picture that was drawn anew', async () => {
  const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
    .withMetadata({ exif: { IFD0: { Copyright: 'secret' } } })
    .jpeg()
    .toBuffer()
  const path = await shown('Donne pommes', 'anne@example.org', picture)
  const page = await it.ask('board', path, { headers: BROWSER })
  expect([page.status, page.text.includes('anne@example.org')]).toEqual([200, false])
  const image = await it.ask('board', /src="(\/images\/[^"]+)"/.exec(page.text)?.[1] ?? '')
  expect([image.status, image.headers['content-type'], image.raw.includes('secret')]).toEqual([
    200,
    'image/webp',
    false,
  ])
})

test('an answer is relayed: the author answers to the visitor, whose address stands on no page', async () => {
  const path = await shown('Cherche vélo', 'yann@example.org')
  const body = new URLSearchParams({ text: 'J’en ai un.\r\nVenez.', email: 'soazig@example.org' })
  expect((await it.ask('board', `${path}/reponse`, { method: 'POST', headers: BROWSER, body })).status).toBe(200)
  const email = await emailTo('yann@example.org')
  expect([email.reply_to, email.text?.includes('J’en ai un.\nVenez.')]).toEqual(['soazig@example.org', true])
})

test('a program posts for its account, with a token that allows it', async () => {
  const ask = (token?: string) =>
    it.ask('board', '/api/v1/notices', {
      method: 'POST',
      body: { title: 'Prête échelle', text: 'Trois mètres.' },
      headers: { ...(token && { authorization: `Bearer ${token}` }) },
    })
  expect([(await ask()).status, (await ask()).headers['www-authenticate']]).toEqual([401, 'Bearer realm="Bagad"'])
  expect((await ask('bagad_wrong')).status).toBe(401)
  expect((await ask(await tokenFor(it, 'gwen', ['link:write']))).status).toBe(403)
  const made = await ask(await tokenFor(it, 'gwen', ['board:write']))
  expect(made.status).toBe(201)
  expect((await it.ask('board', '/api/v1/openapi.json')).json().paths).toHaveProperty('/api/v1/notices')
  expect((await it.ask('board', new URL(made.json().url).pathname, { headers: BROWSER })).text).toContain('échelle')
})

test('a page of the board gets a short address from the service that offers it', async () => {
  const path = await shown('Donne chaises', 'loic@example.org')
  const answer = await new TestBrowser(it).send('board', `${path}/adresse`, {})
  const short = /<code>[^<]*(\/[^/<]+)<\/code>/.exec(answer.text)?.[1] ?? ''
  const led = await it.ask('link', short, { headers: BROWSER })
  expect([led.status, String(led.headers.location).endsWith(path)]).toEqual([302, true])
})

test('the offer shortens pages of this instance alone: strangers’ addresses come in by the form that judges them', async () => {
  const shorten = it.instance.platform.offers.get('link.shorten')
  const from = { address: '192.0.2.1', port: null }
  for (const url of ['https://www.openstreetmap.org/', 'nowhere'])
    await expect(shorten?.({ url, from })).rejects.toThrow('only pages of this instance')
})

test('moderators hide, remove and restore a notice; its picture is out of sight meanwhile', async () => {
  const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'blue' } })
    .png()
    .toBuffer()
  const path = await shown('Donne chats', 'nolwenn@example.org', picture)
  const image = /src="(\/images\/[^"]+)"/.exec((await it.ask('board', path, { headers: BROWSER })).text)?.[1] ?? ''
  const moderation = it.instance.platform.offers.get('moderation')
  const by = { id: await personIn(it, 'mod', { roles: ['moderator'] }), name: 'Mod' }
  const id = path.split('/').at(-1) ?? ''
  for (const [decision, status, imageStatus] of [
    ['hide', 451, 404],
    ['remove', 410, 404],
    ['keep', 200, 200],
  ] as const) {
    await moderation?.decide('board', id, { decision, reason: 'Essai.' }, by)
    expect((await it.ask('board', path, { headers: BROWSER })).status, decision).toBe(status)
    expect((await it.ask('board', image)).status, decision).toBe(imageStatus)
  }
})

test('a notice is purged after its last day, its picture given up, and the count of notices stays', async () => {
  const { figures, retention, today } = it.instance.platform
  await query(`update board.notice set ends_at = now() - interval '1 hour'`)
  await retention.purge({ signal: AbortSignal.timeout(60_000), now: Temporal.Now.instant() })
  expect(await query('select from board.notice')).toEqual([])
  expect(await query(`select from retention.freed_blob where key like 'board/%'`)).toHaveLength(2)
  await figures.foldTally(today().add({ days: 1 }))
  const posted = await figures.one('board.posted')
  expect(posted?.points.at(-1)?.value).toBe(5)
})

test('its setting says for how many days a notice stays', async () => {
  await post({ title: 'Sept jours', text: 'Un cageot.', email: 'anne@example.org' })
  const [kept] = await query<{ days: number }>(
    `select extract(day from ends_at - made_at)::int as days from board.notice where title = 'Sept jours'`,
  )
  expect(kept?.days).toBe(7)
})

test('a setting with a wrong value names itself, and robots are asked to leave the board alone', async () => {
  const file = join(emptyFolder(), 'bagad.toml')
  writeFileSync(file, '[services.board]\ndays = 4000\n')
  const opening = openTestInstance({ services: [board], env: { BAGAD_CONFIG: file } })
  await expect(opening).rejects.toThrow('services.board.days')
  expect((await it.ask('board', '/robots.txt')).text).toContain('Disallow: /')
})

test('one network sends few answers without work, and one notice brings its author a bounded number a day', async () => {
  const path = await shown('Donne table', 'erwan@example.org')
  const answer = async (address: string) => {
    const body = new URLSearchParams({ text: 'Toujours là ?', email: 'soazig@example.org' })
    const headers = { ...BROWSER, 'x-forwarded-for': address }
    return (await it.ask('board', `${path}/reponse`, { method: 'POST', headers, body })).status
  }
  const statuses = []
  for (let tries = 0; tries < 3; tries++) statuses.push(await answer('203.0.113.3'))
  expect(statuses).toEqual([200, 200, 429])
  for (let tries = 0; tries < 28; tries++) expect(await answer(`198.51.100.${tries}`)).toBe(200)
  expect(await answer('198.51.100.99')).toBe(429)
})

test('where no service makes short addresses, there is no button for one', async () => {
  await using alone = await openTestInstance({ services: [board], env: { BAGAD_DEMO: 'on' } })
  const page = await alone.ask('board', '/', { headers: BROWSER })
  const path = /href="(\/n\/[\w-]+)"/.exec(page.text)?.[1] ?? ''
  const shownAlone = await alone.ask('board', path, { headers: BROWSER })
  expect([shownAlone.status, shownAlone.text.includes('/adresse"')]).toEqual([200, false])
  expect((await alone.ask('board', `${path}/adresse`, { method: 'POST' })).status).toBe(404)
})

test('a notice that is taken down leads to where one objects, is not its author’s to delete, and does not come again', async () => {
  const path = await shown('Arnaque', 'faux@example.org')
  const moderation = it.instance.platform.offers.get('moderation')
  const by = { id: await personIn(it, 'mod', { roles: ['moderator'] }), name: 'Mod' }
  const requested = { decision: 'remove', category: 'spam', reason: 'Essai.', block: true } as const
  const { path: manage } = await emailTo('faux@example.org')
  await moderation?.decide('board', path.split('/').at(-1) ?? '', requested, by)
  expect((await it.ask('board', path, { headers: BROWSER })).text).toContain('/contester?url=')
  expect((await it.ask('board', `${manage}/effacer`, { method: 'POST', headers: BROWSER })).status).toBe(410)
  const again = await post({ title: 'Arnaque', text: 'Un cageot.', email: 'autre@example.org' })
  expect(again.status).toBe(422)
})

test('the audit trail knows who posted a notice, and from where', async () => {
  const token = await tokenFor(it, 'gwen', ['board:write'])
  const made = await it.ask('board', '/api/v1/notices', {
    method: 'POST',
    body: { title: 'Tracée', text: 'Un cageot.' },
    headers: { authorization: `Bearer ${token}` },
  })
  const by = { by: 'test', reason: 'the test asks' }
  const found = await it.instance.platform.auditTrail.search({ service: 'board', content: made.json().id }, by)
  expect(found).toMatchObject([{ act: 'made', account: await personIn(it, 'gwen'), address: '127.0.0.1' }])
})

test('a member posts without saying an address, and takes notices and pictures away; nothing stays when they go', async () => {
  const account = await personIn(it, 'rozenn', { password: PASSWORD })
  const browser = new TestBrowser(it)
  await browser.signIn('rozenn')
  await browser.follow('board', '/_sso?next=/')
  const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'green' } })
    .png()
    .toBuffer()
  const form = new FormData()
  form.set('title', 'Prête tente')
  form.set('text', 'Deux places.')
  form.set('picture', new Blob([new Uint8Array(picture)]), 'tent.png')
  expect((await browser.send('board', '/', form)).headers.location).toMatch(/^\/n\//)
  const person = it.instance.running.get('board')?.person
  const files = new Map<string, unknown>()
  await person?.export(account, {
    add: async (name, content) => void files.set(name, content instanceof Readable ? await buffer(content) : content),
  })
  expect(files.get('notices.json')).toMatchObject([{ title: 'Prête tente' }])
  expect([...files.keys()]).toContainEqual(expect.stringMatching(/\.webp$/))
  await person?.erase(account, 'delete')
  expect(await query('select from board.notice where account = $1', [account])).toEqual([])
})
