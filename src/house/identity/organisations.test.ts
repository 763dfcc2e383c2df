import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestInstance, type Answer, type TestInstance } from '../../../tests/instance.ts'
import { PASSWORD, personIn, roomsOf, TestBrowser } from '../../../tests/people.ts'

let it: TestInstance
/** Who looks after the organisation of a test, and its page. */
let manager: TestBrowser
let organisation: string
let page: string
let count = 0

beforeAll(async () => {
  it = await openTestInstance()
  await personIn(it, 'maël', { password: PASSWORD })
  manager = new TestBrowser(it)
  await manager.signIn('maël')
})
afterAll(() => it[Symbol.asyncDispose]())

beforeEach(async () => {
  const { db, organisations } = roomsOf(it)
  const id = await personIn(it, 'maël')
  organisation = await db.transaction().execute(async (transaction) => {
    const made = await organisations.make(transaction, { slug: `crew-${++count}`, name: `Équipage ${count}`, by: null })
    await organisations.admit(transaction, made, id, 'manager', null)
    return made
  })
  page = `/compte/organisations/${organisation}`
})

const invite = (email: string, role = 'contributor'): Promise<Answer> =>
  manager.send('id', `${page}/personnes`, { email, role }, { page })

/** Does what the worker does with the e-mails that were asked for. */
async function writeLetters(): Promise<void> {
  const { rows } = await query<{ id: string }>(`
    delete from graphile_worker._private_jobs where task_id = (select id from graphile_worker._private_tasks where identifier = 'identity.invite-to-organisation')
    returning payload ->> 'id' as id`)
  for (const { id } of rows) await roomsOf(it).organisationInvitations.write(id)
}

const query = <Row extends object>(text: string, values: unknown[] = []) =>
  it.instance.platform.database.pool.query<Row>(text, values)
const lettersTo = async (address: string) =>
  (
    await query<{ subject: string; text: string }>(
      'select subject, text from outbox.email where recipient = $1 order by id',
      [address],
    )
  ).rows
const anHourLater = () =>
  query(
    `update identity.organisation_invitation set asked_at = now() - interval '61 minutes' where organisation = $1`,
    [organisation],
  )
const people = async () =>
  (await roomsOf(it).organisations.get(organisation)).people.map(({ login, role }) => `${login} ${role}`)

/** A form of a page, by the end of where it goes. */
const formIn = (text: string, end: RegExp) =>
  new RegExp(`action="([^"]*${end.source})"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''

test('who invites is told the same, and sees the same, whether or not an address has an account', async () => {
  await personIn(it, 'soizic', { password: PASSWORD })
  const answers = [await invite('soizic@example.org'), await invite('someone@example.net')]
  await writeLetters()
  // Neither is a third case: an address that is invited to the house and has not come.
  await anHourLater()
  answers.push(await invite('someone@example.net'))
  await writeLetters()
  for (const { status, headers } of answers) expect([status, headers.location]).toEqual([303, `${page}?done=sent`])
  const { text } = await manager.ask('id', page)
  const rows = [...text.matchAll(/<li><p><strong>([^<]*@[^<]*)<\/strong>.*?<\/li>/gs)].map(([row, address = '']) =>
    row
      .replaceAll(address, '@')
      .replaceAll(/[0-9a-f-]{36}/g, '#')
      .replaceAll(/value="[\w-]+"/g, ''),
  )
  expect(rows).toHaveLength(2)
  expect(rows[0]).toBe(rows[1])
  expect(await people()).toEqual(['maël manager'])
  // Nor does the journal of who invites, which names whom a deed was about.
  const told = await query(
    `select action from identity.security_log where actor = $1 and subject is distinct from actor and subject is not null`,
    [await personIn(it, 'maël')],
  )
  expect(told.rows).toEqual([])
  expect((await lettersTo('soizic@example.org')).map(({ subject }) => subject)).toEqual([
    `Équipage ${count} vous invite`,
  ])
  expect((await lettersTo('someone@example.net')).map(({ text: letter }) => /\/invitation\//.test(letter))).toEqual([
    true,
    true,
  ])
})

test('who has an account is listed when they have said yes, and their e-mail alone lets nobody else in', async () => {
  await personIn(it, 'yann', { password: PASSWORD })
  await personIn(it, 'nolwenn', { password: PASSWORD })
  await invite('Yann@Example.org', 'reader')
  await writeLetters()
  expect((await lettersTo('yann@example.org'))[0]?.text).toContain('/compte/organisations')
  const yann = new TestBrowser(it)
  await yann.signIn('yann')
  const own = await yann.ask('id', '/compte/organisations')
  expect(own.text).toContain(`Rejoindre Équipage ${count}`)
  const accept = formIn(own.text, /acceptation/)
  const nolwenn = new TestBrowser(it)
  await nolwenn.signIn('nolwenn')
  expect((await nolwenn.ask('id', '/compte/organisations')).text).not.toContain(`Équipage ${count}`)
  expect((await nolwenn.send('id', accept, {}, { page: '/compte' })).status).toBe(410)
  expect((await yann.send('id', accept, {}, { page: '/compte/organisations' })).headers.location).toBe(
    '/compte/organisations',
  )
  expect(await people()).toEqual(['maël manager', 'yann reader'])
  expect((await manager.ask('id', page)).text).not.toContain('Yann@Example.org')
  expect((await yann.send('id', accept, {}, { page: '/compte' })).status).toBe(410)
  // Invited once more as something else, who belongs to it stays what they are.
  await invite('yann@example.org', 'manager')
  await yann.send(
    'id',
    formIn((await yann.ask('id', '/compte/organisations')).text, /acceptation/),
    {},
    { page: '/compte' },
  )
  expect(await people()).toEqual(['maël manager', 'yann reader'])
})

test('who has none comes to the house by the e-mail, and is in the organisation', async () => {
  await invite('gwen@example.net')
  await writeLetters()
  const secret = /\/invitation\/([\w-]+)/.exec((await lettersTo('gwen@example.net'))[0]?.text ?? '')?.[1] ?? ''
  expect(await people()).toEqual(['maël manager'])
  const gwen = new TestBrowser(it)
  await gwen.send('id', `/invitation/${secret}`, { login: 'gwen', name: 'Gwen', password: PASSWORD })
  expect((await people()).toSorted()).toEqual(['gwen contributor', 'maël manager'])
  expect((await manager.ask('id', page)).text).not.toContain('gwen@example.net')
})

test('a no is a no: they are written to no more, and the organisation sees an invitation that waits', async () => {
  await personIn(it, 'erwan', { password: PASSWORD })
  await invite('erwan@example.org')
  await writeLetters()
  const erwan = new TestBrowser(it)
  await erwan.signIn('erwan')
  await erwan.send(
    'id',
    formIn((await erwan.ask('id', '/compte/organisations')).text, /refus/),
    {},
    { page: '/compte/organisations' },
  )
  expect((await erwan.ask('id', '/compte/organisations')).text).not.toContain(`Équipage ${count}`)
  await anHourLater()
  const { text } = await manager.ask('id', page)
  expect(text).toContain('erwan@example.org')
  expect((await manager.send('id', formIn(text, /invitations\/[0-9a-f-]+/), {}, { page })).headers.location).toBe(
    `${page}?done=sent`,
  )
  await writeLetters()
  expect(await lettersTo('erwan@example.org')).toHaveLength(1)
})

test('one e-mail an hour, however it is asked for; what was withdrawn or is over lets nobody in', async () => {
  await personIn(it, 'katell', { password: PASSWORD })
  const katell = new TestBrowser(it)
  await katell.signIn('katell')
  await invite('katell@example.org')
  const accept = formIn((await katell.ask('id', '/compte/organisations')).text, /acceptation/)
  const { text } = await manager.ask('id', page)
  const again = formIn(text, /invitations\/[0-9a-f-]+/)
  for (const early of [await invite('KATELL@example.org'), await manager.send('id', again, {}, { page })]) {
    expect(early.status).toBe(429)
    expect(early.text).toContain('il y a moins d’une heure')
  }
  expect((await manager.send('id', `${again}/retrait`, {}, { page })).headers.location).toBe(`${page}?done=removed`)
  expect((await katell.send('id', accept, {}, { page: '/compte' })).status).toBe(410)
  expect((await invite('katell@example.org')).status).toBe(429)
  await writeLetters()
  expect(await lettersTo('katell@example.org')).toEqual([])
  await anHourLater()
  expect((await invite('katell@example.org')).status).toBe(303)
  await query(`update identity.organisation_invitation set expires_at = now() where organisation = $1`, [organisation])
  expect((await manager.ask('id', page)).text).not.toContain('katell@example.org')
  expect((await katell.send('id', accept, {}, { page: '/compte' })).status).toBe(410)
  await query(
    `insert into identity.organisation_invitation (id, organisation, address, role, language, expires_at)
      select gen_random_uuid(), $1, n || '@example.net', 'reader', 'fr', now() from generate_series(1, 50) n`,
    [organisation],
  )
  expect((await invite('the-fifty-second@example.net')).text).toContain('50 lettres par jour')
})

test('who does not look after an organisation invites nobody, and sees no address', async () => {
  await invite('soizic@example.org')
  const { text } = await manager.ask('id', page)
  const again = formIn(text, /invitations\/[0-9a-f-]+/)
  await personIn(it, 'ronan', { password: PASSWORD })
  const ronan = new TestBrowser(it)
  await ronan.signIn('ronan')
  const tries = async () => [
    (await ronan.send('id', `${page}/personnes`, { email: 'x@example.org', role: 'reader' }, { page: '/compte' }))
      .status,
    (await ronan.send('id', again, {}, { page: '/compte' })).status,
    (await ronan.send('id', `${again}/retrait`, {}, { page: '/compte' })).status,
  ]
  expect(await tries()).toEqual([404, 404, 404])
  const { db, organisations } = roomsOf(it)
  const account = await personIn(it, 'ronan')
  await db
    .transaction()
    .execute((transaction) => organisations.admit(transaction, organisation, account, 'contributor', null))
  expect(await tries()).toEqual([403, 403, 403])
  expect((await ronan.ask('id', page)).text).not.toContain('soizic@example.org')
})
