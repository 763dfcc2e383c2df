import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, migratedDatabase, openTestInstance, testConfig, type TestInstance } from '../../../tests/instance.ts'
import { MailSink } from '../../../tests/mail-sink.ts'
import { root, until } from '../../../tests/process.ts'
import { Worker } from '../jobs/worker.ts'
import { documentPalette } from '../drawings/palette.ts'
import { drawLine } from '../drawings/line.ts'
import { EmailError, type Email } from './email.ts'
import { Relay, RelayError } from './relay.ts'

const log = pino({ level: 'silent' })

const LETTER: Email = {
  to: 'claire@example.org',
  language: 'fr',
  subject: 'Votre lien « fête » ne mène plus nulle part : que faire ?',
  paragraphs: ["L'adresse qu'il suit a disparu depuis une semaine.", 'Vous pouvez la changer, ou retirer le lien.'],
  action: { label: 'Changer le lien', url: 'https://link.example.org/mes-liens?cle=a&b=c' },
}

let sink: MailSink
let it: TestInstance
let connection: Awaited<ReturnType<typeof migratedDatabase>>
const workers: AsyncDisposable[] = []

const platform = () => it.instance.platform
const db = () => platform().database.schema('outbox')
const send = (email: Partial<Email> = {}) => platform().mail.send(db(), { ...LETTER, ...email })
const find = (id: number) => platform().mail.outbox.find(id)
const relayEnv = () => ({ BAGAD_SMTP_RELAY: `127.0.0.1:${sink.port}` })

function work(): void {
  workers.push(new Worker({ connection, jobs: platform().jobs.declared, log }))
}

/** Waits until an e-mail is in a state. */
async function becomes(id: number, state: string): Promise<void> {
  await until(`letter ${id} is ${state}`, async () => (await find(id))?.state === state)
}

beforeAll(async () => {
  sink = await MailSink.open()
  connection = await migratedDatabase()
  it = await openTestInstance({ connection, env: relayEnv() })
})
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker[Symbol.asyncDispose]()
  await platform().database.pool.query('delete from outbox.email; delete from graphile_worker._private_jobs')
  sink.reset()
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
})

describe('an e-mail', () => {
  test('is sent once, to its reader alone, in text and in HTML, by a machine that says so', async () => {
    const id = await send({ replyTo: 'aide@example.org' })
    expect(await find(id)).toMatchObject({ state: 'queued', attempts: 0, recipient: 'claire@example.org' })
    work()
    work()
    await becomes(id, 'sent')
    expect(await find(id)).toMatchObject({ attempts: 1, lastError: undefined, settledAt: expect.any(Temporal.Instant) })
    expect(sink.taken).toHaveLength(1)
    const read = await sink.read()
    expect(read.from?.text).toBe('"Bagad" <noreply@localhost>')
    expect(read.headers.get('to')).toMatchObject({ text: 'claire@example.org' })
    expect(read.replyTo?.text).toBe('aide@example.org')
    expect(read.messageId).toMatch(/^<[0-9a-f-]{36}@localhost>$/)
    expect(read.headers.get('auto-submitted')).toBe('auto-generated')
    expect(read.headers.get('content-language')).toBe('fr')
    expect([...read.headers.keys()].filter((name) => name.startsWith('list'))).toEqual([])
    expect(Math.abs(Number(read.date) - Date.now())).toBeLessThan(30_000)
    expect(read.attachments).toEqual([])
  })

  test('is set as a French printer would, with what there is to do', async () => {
    await send()
    work()
    await until('it is there', () => sink.taken.length > 0)
    const { subject, text, html } = await sink.read()
    expect(subject).toBe('Votre lien «\u202ffête\u202f» ne mène plus nulle part\u00a0: que faire\u202f?')
    expect(text).toContain('L’adresse qu’il suit a disparu depuis une semaine.\n\nVous pouvez la changer')
    expect(text).toContain('Changer le lien\u00a0:\nhttps://link.example.org/mes-liens?cle=a&b=c')
    expect(text).toContain('Bagad vous envoie ce message automatiquement.')
    expect(html).toContain('<html lang="fr">')
    expect(html).toContain('href="https://link.example.org/mes-liens?cle=a&amp;b=c"')
    expect(html).not.toMatch(/<script|<img|<link/)
  })

  test('has drawings as pictures that any mail program shows, and what they say in words', async () => {
    const days = [1, 2, 3].map((day) => ({
      day: Temporal.PlainDate.from({ year: 2026, month: 3, day }),
      value: 1000 * day,
    }))
    const description = '1 mars : 1000\n3 mars : 3000'
    const say = { value: String, day: String }
    const svg = drawLine({ id: 'd', title: 'Images', description }, days, [], say, {
      palette: documentPalette({ colour: '', accent: '' }),
    })
    const id = await send({ paragraphs: ['Avant.', { title: 'Images <b>', description, svg }, 'Après.'] })
    const pictures = await platform().mail.outbox.pictures(id)
    work()
    await becomes(id, 'sent')
    const { text, html, attachments } = await sink.read()
    expect(text).toContain('Avant.\n\nImages <b>\n1 mars\u00a0: 1000\n3 mars\u00a0: 3000\n\nAprès.')
    // The reader of e-mails puts the picture where its name stands.
    expect(html).toMatch(
      /Images &lt;b><\/strong><img src="data:image\/png;base64,[^"]+" alt="1 mars\u00a0: 1000\n3 mars\u00a0: 3000" width="504"/,
    )
    expect(attachments).toMatchObject([
      { cid: 'drawing-1', contentType: 'image/png', contentDisposition: 'inline', related: true },
    ])
    expect(attachments[0]?.content).toEqual(pictures[0])
    // It is a picture of twice the width that the e-mail gives it, and not a white one.
    expect(pictures[0]?.readUInt32BE(16)).toBe(1280)
    expect(pictures[0]?.length).toBeGreaterThan(3000)
  })

  test('speaks the language of its reader', async () => {
    await send({ language: 'en', subject: 'Your link : dead ?', paragraphs: ['It leads nowhere.'] })
    work()
    await until('it is there', () => sink.taken.length > 0)
    const { subject, text } = await sink.read()
    expect(subject).toBe('Your link : dead ?')
    expect(text).toContain('Changer le lien:\nhttps')
    expect(text).toContain('Bagad sends you this message automatically.')
  })

  test('shows what it is given as text, never as HTML', async () => {
    await send({ subject: '<b>sale</b>', paragraphs: ['<script>alert(1)</script> & "co"'] })
    work()
    await until('it is there', () => sink.taken.length > 0)
    const { html } = await sink.read()
    expect(html).toContain('&lt;script>alert(1)&lt;/script> &amp; &quot;co&quot;')
    expect(html).not.toContain('<b>sale')
  })

  test('that cannot be one is refused, and nothing is written', async () => {
    await expect(send({ to: 'a@example.org\r\nBcc: b@example.org' })).rejects.toThrow(EmailError)
    await expect(send({ subject: ' \r\n' })).rejects.toThrow(EmailError)
    expect(await platform().mail.outbox.list(['queued', 'sent', 'failed', 'caught'])).toEqual([])
  })

  test('belongs to the change that it is about: undone with it, it never leaves', async () => {
    await expect(
      db()
        .transaction()
        .execute(async (transaction) => {
          await platform().mail.send(transaction, LETTER)
          throw new Error('the change is undone')
        }),
    ).rejects.toThrow('the change is undone')
    const id = await db()
      .transaction()
      .execute((transaction) => platform().mail.send(transaction, { ...LETTER, to: 'other@example.org' }))
    work()
    await becomes(id, 'sent')
    expect(sink.taken).toHaveLength(1)
    expect((await sink.read()).headers.get('to')).toMatchObject({ text: 'other@example.org' })
  })
})

describe('when the relay', () => {
  test('says later, it is asked again', async () => {
    sink.toRecipient = () => 451
    const id = await send()
    work()
    await until('it was asked', async () => (await find(id))?.attempts === 1)
    expect(await find(id)).toMatchObject({ state: 'queued', lastError: expect.stringContaining('451') })
    sink.toRecipient = () => undefined
    await becomes(id, 'sent')
    expect(await find(id)).toMatchObject({ attempts: 2, lastError: undefined })
    expect(sink.taken).toHaveLength(1)
  })

  test.each<[string, () => void]>([
    ['the recipient', () => (sink.toRecipient = () => 550)],
    ['the letter', () => (sink.toLetter = () => 554)],
  ])('refuses %s for good, it is not asked again', async (_, refuse) => {
    refuse()
    const id = await send()
    work()
    await becomes(id, 'failed')
    expect(await find(id)).toMatchObject({ attempts: 1, lastError: expect.stringMatching(/55[04]/) })
    expect((await platform().jobs.state()).waiting).toBe(0)
    expect(await platform().jobs.troubled()).toEqual([])
  })

  test('refuses us, that is not the e-mail’s fault: it waits until somebody has put that right', async () => {
    sink.toGreeting = () => 554
    const id = await send()
    work()
    await until('it was asked', async () => (await find(id))?.attempts === 1)
    expect(await find(id)).toMatchObject({ state: 'queued', lastError: expect.stringContaining('554') })
  })

  test('is away, e-mails wait; when it is back, they leave', async () => {
    await sink.close()
    const ids = [await send(), await send({ to: 'other@example.org' })]
    work()
    await until('both were tried', async () => (await Promise.all(ids.map(find))).every((email) => email?.attempts))
    expect(await find(ids[0] ?? 0)).toMatchObject({
      state: 'queued',
      lastError: expect.stringContaining('ECONNREFUSED'),
    })
    await sink.listen()
    for (const id of ids) await becomes(id, 'sent')
    expect(sink.taken).toHaveLength(2)
  })

  test('lets us wait in vain, it is left alone for a while, so that other work goes on', async () => {
    let connections = 0
    const silent = createServer((socket) => {
      connections++
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const relay = new Relay(
      testConfig({ BAGAD_SMTP_RELAY: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }).config,
    )
    const email = {
      messageId: '<a@b>',
      date: Temporal.Now.instant(),
      from: { name: '', address: 'a@b' },
      to: 'c@d',
      replyTo: undefined,
      language: 'fr',
      subject: 's',
      text: 't',
      html: 'h',
      pictures: [],
    }
    await expect(relay.take(email)).rejects.toThrow(RelayError)
    await expect(relay.take(email)).rejects.toThrow('a moment ago')
    expect(connections).toBe(1)
    silent.close()
  })

  test('has not taken an e-mail for days, it is given up; asked for, it is tried anew', async () => {
    await sink.close()
    const id = await send()
    await platform().database.pool.query(`update outbox.email set queued_at = now() - interval '6 days'`)
    work()
    await becomes(id, 'failed')
    await sink.listen()
    expect(await platform().mail.outbox.retry(id)).toBe(1)
    await becomes(id, 'sent')
    expect(await platform().mail.outbox.retry()).toBe(0)
  })
})

test('a worker that is killed while it sends leaves the e-mail to another, which sends it under the same name', async () => {
  let isHeld = true
  sink.toLetter = () => (isHeld ? new Promise(() => {}) : undefined)
  const id = await send()
  const told = JSON.stringify({ connection, env: relayEnv() })
  const child = spawn(process.execPath, [join(root, 'tests', 'mail-worker.ts'), told], { stdio: 'inherit' })
  await until('it is sending', () => sink.seen.length === 1)
  isHeld = false
  child.kill('SIGKILL')
  await until('it is dead', () => child.signalCode === 'SIGKILL')
  work()
  await becomes(id, 'sent')
  expect(sink.taken).toHaveLength(1)
  const names = sink.seen.map((email) => /^Message-ID: (.*)$/im.exec(email)?.[1])
  expect(names).toHaveLength(2)
  expect(new Set(names).size).toBe(1)
})

test('an e-mail that is being sent is not sent by another worker, nor held up by whoever wants it tried again', async () => {
  let letGo = () => {}
  sink.toLetter = () => new Promise((resolve) => (letGo = () => resolve(undefined)))
  const id = await send()
  work()
  work()
  await until('it is being sent', () => sink.seen.length === 1)
  await platform().jobs.enqueue(db(), 'platform.send-email', { id })
  expect(await platform().mail.outbox.retry(id)).toBe(0)
  await until('the other job is over', async () => (await platform().jobs.state()).waiting === 0)
  letGo()
  await becomes(id, 'sent')
  expect(sink.seen).toHaveLength(1)
})

test('an e-mail whose row is still held by who died is not taken for done: it is sent once it is let go', async () => {
  const { pool } = platform().database
  const id = await send()
  const dead = await pool.connect()
  await dead.query('begin')
  await dead.query('select from outbox.email where id = $1 for update', [id])
  work()
  await until('its job has found it held', async () => (await platform().jobs.troubled()).length === 1)
  expect(sink.seen).toHaveLength(0)
  await dead.query('rollback')
  dead.release()
  await becomes(id, 'sent')
  expect(sink.seen).toHaveLength(1)
})

describe('after some time', () => {
  test('the words of a settled e-mail are forgotten, and then the e-mail; what waits is kept', async () => {
    const ids = [await send(), await send(), await send()]
    const settle = (id: number | undefined, days: number) =>
      platform().database.pool.query(
        `update outbox.email set state = 'sent', settled_at = now() - $2 * interval '1 day' where id = $1`,
        [id, days],
      )
    await settle(ids[0], 400)
    await settle(ids[1], 31)
    await platform().retention.purge({ signal: new AbortController().signal })
    expect(await find(ids[0] ?? 0)).toBeUndefined()
    expect(await find(ids[1] ?? 0)).toMatchObject({ state: 'sent', text: undefined, recipient: 'claire@example.org' })
    expect(await find(ids[2] ?? 0)).toMatchObject({ state: 'queued', text: expect.stringContaining('Vous pouvez') })
    expect(await platform().mail.outbox.retry(ids[1])).toBe(0)
  })

  test('the status page tells of e-mails that have waited for more than an hour', async () => {
    await send()
    expect((await it.ask('', '/statut', { headers: BROWSER })).status).toBe(200)
    await platform().database.pool.query(`update outbox.email set queued_at = now() - interval '61 minutes'`)
    const page = await it.ask('', '/statut', { headers: BROWSER })
    expect([page.status, page.text.includes('Envoi des courriels')]).toEqual([503, true])
  })
})

describe('in a demonstration', () => {
  test('nothing leaves: e-mails are caught, and can be read on the portal with their links', async () => {
    await using demo = await openTestInstance({ env: { BAGAD_DEMO: 'on', ...relayEnv() } })
    const { mail, database, jobs } = demo.instance.platform
    expect((await demo.ask('', '/courrier', { headers: BROWSER })).text).toContain('Aucun courriel pour l’instant')
    const { waiting } = await jobs.state()
    const id = await mail.send(database.schema('outbox'), { ...LETTER, paragraphs: ['<script>alert(1)</script>'] })
    expect(await mail.outbox.find(id)).toMatchObject({ state: 'caught' })
    expect((await jobs.state()).waiting).toBe(waiting)
    for (const path of ['/courrier', '/outbox']) {
      const list = await demo.ask('', path, { headers: BROWSER })
      expect([list.status, list.headers['cache-control']]).toEqual([200, 'no-store'])
      expect(list.text).toContain('ne mène plus nulle part')
      const one = await demo.ask('', `${path}/${id}`, { headers: BROWSER })
      expect(one.text).toContain('<a href="https://link.example.org/mes-liens?cle=a&amp;b=c">')
      expect(one.text).toContain('&lt;script>')
      expect((await demo.ask('', `${path}/${id + 1}`, { headers: BROWSER })).status).toBe(404)
    }
    expect((await demo.ask('', '/', { headers: BROWSER })).text).toContain('/courrier"')
    expect(sink.seen).toEqual([])
  })

  test('elsewhere nobody can read e-mails', async () => {
    const id = await send()
    for (const path of ['/courrier', '/outbox', `/courrier/${id}`, `/outbox/${id}`])
      expect((await it.ask('', path, { headers: BROWSER })).status).toBe(404)
  })
})

test('who writes is the association, under the address that it gave', async () => {
  await using named = await openTestInstance({
    env: { BAGAD_DEMO: 'off', BAGAD_MAIL_SENDER: 'courrier@asso.example', ...relayEnv() },
    connection,
  })
  const { jobs, mail, database } = named.instance.platform
  workers.push(new Worker({ connection, jobs: jobs.declared, log }))
  await mail.send(database.schema('outbox'), LETTER)
  await until('it is there', () => sink.taken.length > 0)
  expect((await sink.read()).from?.text).toBe('"Bagad" <courrier@asso.example>')
})
