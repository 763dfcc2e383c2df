import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { link } from '../../src/commons/link/service.ts'
import { BROWSER, openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { personIn, TestBrowser, tokenFor } from '../../tests/people.ts'
import { board } from './service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [board, link] })
})
afterAll(() => it[Symbol.asyncDispose]())

const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await it.instance.platform.database.pool.query<Row>(text, values)).rows

/** Posts a notice as a stranger, in a form with files. */
async function post(fields: Record<string, string>, picture?: Buffer) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (picture) form.append('picture', new Blob([new Uint8Array(picture)]), 'apples.png')
  const body = new Response(form)
  const headers = { ...BROWSER, 'content-type': body.headers.get('content-type') ?? '' }
  return it.ask('board', '/', { method: 'POST', headers, body: Buffer.from(await body.arrayBuffer()) })
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
  expect((await it.ask('board', new URL(made.json().url).pathname, { headers: BROWSER })).text).toContain('échelle')
})

test('a page of the board gets a short address from the service that offers it', async () => {
  const path = await shown('Donne chaises', 'loic@example.org')
  const answer = await new TestBrowser(it).send('board', `${path}/adresse`, {})
  const short = /<code>[^<]*(\/[^/<]+)<\/code>/.exec(answer.text)?.[1] ?? ''
  const led = await it.ask('link', short, { headers: BROWSER })
  expect([led.status, String(led.headers.location).endsWith(path)]).toEqual([302, true])
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

test('its settings are checked like the platform’s, and robots are asked to leave it alone', async () => {
  const opening = openTestInstance({ services: [board], env: { BAGAD_CONFIG: '/nowhere.toml' } })
  await expect(opening).rejects.toThrow('expected a file that exists')
  expect((await it.ask('board', '/robots.txt')).text).toContain('Disallow: /')
})
