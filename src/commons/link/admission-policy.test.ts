import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, BROWSER, emptyFolder, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { link } from './service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link], env: { BAGAD_TRUSTED_PROXIES: '127.0.0.1' } })
})
afterAll(() => it[Symbol.asyncDispose]())

const database = () => it.instance.platform.database.pool
let strangers = 0

/** A request of somebody who was never here. */
const stranger = () => `2001:db8:${(++strangers).toString(16)}::1`

async function prove(): Promise<string> {
  const challenge = (await it.ask('link', '/_bagad/challenge')).json()
  return Buffer.from(JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) })).toString(
    'base64',
  )
}

const shorten = async (body: object, from = stranger()) =>
  it.ask('link', '/api/v1/links', { method: 'POST', body, headers: { 'x-forwarded-for': from } })
const follow = (slug: string, headers = {}) => it.ask('link', `/${slug}`, { headers })
const runJob = (name: string) =>
  it.instance.platform.jobs.declared
    .get(name)
    ?.run({}, { signal: new AbortController().signal, log: it.instance.platform.log })

describe('a stranger’s link', () => {
  test('made with a second of work leads on; for a week people see first where', async () => {
    const { slug, state, isYoung } = (
      await shorten({ url: 'https://exemple-inconnu.fr/page', proof: await prove() })
    ).json()
    expect([state, isYoung]).toEqual(['active', true])
    expect((await follow(slug)).headers.location).toBe('https://exemple-inconnu.fr/page')
    const warned = await follow(slug, BROWSER)
    expect(warned.status).toBe(200)
    expect(warned.text).toContain('<strong>exemple-inconnu.fr</strong>')
    expect(warned.headers.location).toBeUndefined()
    await database().query(`update link.link set warns_until = now() - interval '1 second' where slug = $1`, [slug])
    await expect.poll(async () => (await follow(slug, BROWSER)).status).toBe(302)
  })

  test('made without it is held: under review for all, and open a day later at the latest', async () => {
    const made = await shorten({ url: 'https://exemple-inconnu.fr/' })
    expect(made.json()).toMatchObject({ state: 'held', isHeld: true })
    const { slug } = made.json()
    const held = await follow(slug, BROWSER)
    expect(held.status).toBe(451)
    expect(held.text).toContain('attend un regard')
    expect(held.text).not.toContain('exemple-inconnu.fr')
    await database().query(`update link.link set held_at = now() - interval '23 hours' where slug = $1`, [slug])
    await runJob('link.open-held')
    expect((await follow(slug)).status).toBe(451)
    await database().query(`update link.link set held_at = now() - interval '25 hours' where slug = $1`, [slug])
    await runJob('link.open-held')
    await expect.poll(async () => (await follow(slug)).status).toBe(302)
    expect((await follow(slug, BROWSER)).status).toBe(200)
  })

  test('made by what fills in the field that nobody sees is held, whatever it proves', async () => {
    expect(
      (
        await shorten({ url: 'https://exemple-inconnu.fr/', proof: await prove(), website: 'https://spam.example' })
      ).json().state,
    ).toBe('held')
  })

  test('a proof serves once', async () => {
    const proof = await prove()
    expect((await shorten({ url: 'https://exemple-inconnu.fr/1', proof })).json().state).toBe('active')
    expect((await shorten({ url: 'https://exemple-inconnu.fr/2', proof })).json().state).toBe('held')
  })

  test('is one of five an hour from one network; the sixth is told when', async () => {
    const from = '2001:db8:ffff:1::'
    for (let link = 0; link < 5; link++)
      expect((await shorten({ url: `https://exemple-inconnu.fr/${link}` }, `${from}${link + 1}`)).status).toBe(201)
    const sixth = await shorten({ url: 'https://exemple-inconnu.fr/6' }, `${from}6`)
    expect(sixth.status).toBe(429)
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(3000)
    expect(sixth.json().title).toContain('beaucoup de liens')
    expect((await shorten({ url: 'https://exemple-inconnu.fr/7' }, '2001:db8:ffff:2::1')).status).toBe(201)
  })

  test('of a crowd behind one address, worked for, is made beyond the rate and waits for a person without an end; welcome ones lead on', async () => {
    const from = '198.51.100.7'
    for (let link = 0; link < 5; link++)
      await shorten({ url: `https://exemple-inconnu.fr/classe/${link}`, proof: await prove() }, from)
    const sixth = (await shorten({ url: 'https://exemple-inconnu.fr/classe/6', proof: await prove() }, from)).json()
    expect(sixth).toMatchObject({ state: 'held', isHeldBack: true })
    expect(
      (await shorten({ url: 'https://www.openstreetmap.org/classe', proof: await prove() }, from)).json().state,
    ).toBe('active')
    expect((await shorten({ url: 'https://exemple-inconnu.fr/classe/7' }, from)).status).toBe(429)
    expect(
      (
        await shorten(
          { url: 'https://exemple-inconnu.fr/classe/8', proof: await prove(), website: 'https://spam.example' },
          from,
        )
      ).status,
    ).toBe(429)
    await database().query(
      `update link.link set created_at = now() - interval '3 days', updated_at = now() - interval '3 days' where slug = $1`,
      [sixth.slug],
    )
    await runJob('link.open-held')
    const page = await follow(sixth.slug, BROWSER)
    expect([page.status, page.text.includes('Ce lien est retenu')]).toEqual([451, true])
    const { text } = await it.ask('link', new URL(sixth.manage).pathname, { headers: BROWSER })
    expect(text).toContain('une personne doit d’abord regarder où il mène')
  })

  test('whose address is changed later shows again for a week where it leads', async () => {
    const { slug, manage } = (await shorten({ url: 'https://exemple-inconnu.fr/', proof: await prove() })).json()
    await database().query(`update link.link set warns_until = null where slug = $1`, [slug])
    const path = new URL(manage).pathname
    const changed = await it.ask('link', path, {
      method: 'POST',
      body: new URLSearchParams({ url: 'https://ailleurs-inconnu.fr/' }),
    })
    expect(changed.status).toBe(303)
    await expect.poll(async () => (await follow(slug, BROWSER)).text).toContain('ailleurs-inconnu.fr')
    expect((await follow(slug, BROWSER)).status).toBe(200)
  })
})

/** A configuration that says where the team can be written to. */
function teamFile(): string {
  const file = join(emptyFolder(), 'bagad.toml')
  writeFileSync(file, '[association]\nemail = "equipe@exemple.fr"\n')
  return file
}

describe('a surge of spam', () => {
  test('turns itself on when an hour brings far more than usual, holds what comes, and off again', async () => {
    await using calm = await openTestInstance({ services: [link], env: { BAGAD_CONFIG: teamFile() } })
    const pool = calm.instance.platform.database.pool
    const look = () =>
      calm.instance.platform.jobs.declared
        .get('link.detect-surge')
        ?.run({}, { signal: new AbortController().signal, log: calm.instance.platform.log })
    const isOn = async () => (await pool.query('select is_on from link.spam_surge')).rows[0].is_on
    await pool.query(
      `insert into link.link (slug, url, created_at) select 'm' || n, 'https://exemple.fr/', now() - n * interval '1 hour' from generate_series(1, 700) as n`,
    )
    await look()
    expect(await isOn()).toBe(false)
    await pool.query(
      `insert into link.link (slug, url) select 'w' || n, 'https://exemple.fr/' from generate_series(1, 40) as n`,
    )
    await look()
    expect(await isOn()).toBe(true)
    const letters = await pool.query('select recipient, subject, text from outbox.email')
    expect(letters.rows).toEqual([
      {
        recipient: 'equipe@exemple.fr',
        subject: expect.stringContaining('Vague de liens'),
        text: expect.stringContaining('40 liens'),
      },
    ])
    const challenge = (await calm.ask('link', '/_bagad/challenge')).json()
    const proof = Buffer.from(
      JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) }),
    ).toString('base64')
    const made = await ask(calm.port, 'link.localhost', '/api/v1/links', {
      method: 'POST',
      body: { url: 'https://exemple-inconnu.fr/', proof },
    })
    expect(made.json().state).toBe('held')
    await pool.query(`update link.link set created_at = now() - interval '2 hours' where slug like 'w%'`)
    await look()
    expect(await isOn()).toBe(false)
  })

  test('set by a person stays as it was set', async () => {
    await using calm = await openTestInstance({ services: [link] })
    const pool = calm.instance.platform.database.pool
    await pool.query('update link.spam_surge set is_on = true, is_forced = true')
    await calm.instance.platform.jobs.declared
      .get('link.detect-surge')
      ?.run({}, { signal: new AbortController().signal, log: calm.instance.platform.log })
    expect((await pool.query('select is_on from link.spam_surge')).rows[0].is_on).toBe(true)
  })
})

test('a link that strangers made and nobody visited for a year ends; imported and members’ links do not', async () => {
  const old = `now() - interval '400 days'`
  await database()
    .query(`insert into link.link (slug, url, created_at, source, imported_at, owner, last_click_on) values
    ('oublie', 'https://exemple.fr/', ${old}, 'lstu', null, null, null), ('importe', 'https://exemple.fr/', ${old}, 'lstu', ${old}, null, null),
    ('membre', 'https://exemple.fr/', ${old}, 'web', null, gen_random_uuid(), null), ('visite', 'https://exemple.fr/', ${old}, 'web', null, null, current_date - 10)`)
  await runJob('platform.purge')
  await expect.poll(async () => (await follow('oublie')).status).toBe(410)
  for (const slug of ['importe', 'membre', 'visite']) expect((await follow(slug)).status, slug).toBe(302)
  expect((await follow('oublie', BROWSER)).text).toContain('arrivé à sa fin')
})
