import { createHash } from 'node:crypto'
import { strFromU8, unzipSync } from 'fflate'
import { TOTP } from 'otpauth'
import { pino } from 'pino'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimsOf } from './openid/claims.ts'
import { personOf } from './openid/person.ts'
import { firstAdministrator, greetFirst } from './first-administrator.ts'
import { migratedDatabase, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { MailSink } from '../../../tests/mail-sink.ts'
import { until } from '../../../tests/process.ts'
import { Worker } from '../../platform/jobs/worker.ts'
import { PASSWORD, personIn, roomsOf, TestBrowser, tokenFor, tokenIn } from '../../../tests/people.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
afterAll(() => it[Symbol.asyncDispose]())

/** A browser in which somebody is signed in, who is made for it. */
async function signedIn(login: string, roles: Parameters<typeof personIn>[2] = {}): Promise<TestBrowser> {
  await personIn(it, login, { password: PASSWORD, ...roles })
  const browser = new TestBrowser(it)
  await browser.signIn(login)
  return browser
}

const emails = async (address: string) =>
  (
    await it.instance.platform.database.pool.query<{ subject: string; text: string }>(
      'select subject, text from outbox.email where recipient = $1 order by id',
      [address],
    )
  ).rows

const secretIn = (text: string | undefined, path: string) =>
  new RegExp(`/${path}/([\\w-]+)`).exec(text ?? '')?.[1] ?? ''

describe('the interface of an account', () => {
  test('says who is signed in, and nothing to strangers', async () => {
    const browser = await signedIn('anne', { roles: ['member'] })
    expect((await browser.call('id', 'GET', '/api/v1/me')).json()).toMatchObject({
      login: 'anne',
      email: 'anne@example.org',
      emailVerified: true,
      roles: ['member'],
      organisations: [],
      mfa: { totp: false, passkeys: 0, recoveryCodesLeft: 0 },
      sudoUntil: null,
    })
    expect((await it.ask('id', '/api/v1/me')).status).toBe(401)
  })

  test('a write needs the token of this browser', async () => {
    const browser = await signedIn('bleuenn')
    const bare = await browser.ask('id', '/api/v1/me/sessions', {
      method: 'DELETE',
      headers: { accept: 'application/json' },
    })
    expect([bare.status, bare.json().type]).toEqual([
      403,
      expect.stringContaining('/problems/platform/csrf-token-missing'),
    ])
    expect((await browser.call('id', 'DELETE', '/api/v1/me/sessions')).status).toBe(204)
  })

  test('sessions are listed and closed, one or all others', async () => {
    const [one, two] = [await signedIn('corentin'), new TestBrowser(it)]
    await two.signIn('corentin')
    await two.follow('link', '/_sso?next=/')
    const lines = (await one.call('id', 'GET', '/api/v1/me/sessions')).json()
    expect(lines.map(({ current }: { current: boolean }) => current).toSorted()).toEqual([false, true])
    const other = lines.find(({ current }: { current: boolean }) => !current)
    expect((await one.call('id', 'DELETE', `/api/v1/me/sessions/${other.id}`)).status).toBe(204)
    expect((await two.ask('link', '/')).text).not.toContain('/compte')
    expect((await one.call('id', 'DELETE', `/api/v1/me/sessions/${other.id}`)).status).toBe(404)
  })

  test('somebody else’s things are not there', async () => {
    const browser = await signedIn('denez')
    const { db, appPasswords } = roomsOf(it)
    const { id } = await appPasswords.make(db, await personIn(it, 'anne'), 'téléphone', ['dav'])
    for (const path of [`app-passwords/${id}`, `sessions/${id}`])
      expect((await browser.call('id', 'DELETE', `/api/v1/me/${path}`)).status).toBe(404)
  })
})

describe('what is grave', () => {
  test('is refused until the person has proved again who they are', async () => {
    const browser = await signedIn('erwan')
    await it.instance.platform.database.pool.query(
      `update identity.session set created_at = now() - interval '1 hour' where account = $1`,
      [await personIn(it, 'erwan')],
    )
    await it.instance.platform.database.pool.query(
      `update identity.session set sudo_until = null, methods = methods where account = $1`,
      [await personIn(it, 'erwan')],
    )
    await expect.poll(async () => (await browser.call('id', 'POST', '/api/v1/me/totp')).status).toBe(403)
    expect((await browser.call('id', 'POST', '/api/v1/me/totp')).json()).toMatchObject({
      status: 403,
      error: 'reauth_required',
    })
    expect((await browser.call('id', 'POST', '/api/v1/sudo', { password: 'wrong' })).status).toBe(401)
    const { sudoUntil } = (await browser.call('id', 'POST', '/api/v1/sudo', { password: PASSWORD })).json()
    expect(Temporal.Instant.from(sudoUntil).epochMilliseconds).toBeGreaterThan(Date.now() + 9 * 60_000)
    expect((await browser.call('id', 'POST', '/api/v1/me/totp')).status).toBe(200)
  })

  test('codes are set up, are good once each, and are asked for from then on', async () => {
    const browser = await signedIn('fanch')
    const { secret, uri, qrSvg } = (await browser.call('id', 'POST', '/api/v1/me/totp')).json()
    expect([uri.startsWith('otpauth://totp/'), qrSvg.includes('<svg')]).toEqual([true, true])
    const totp = new TOTP({ secret })
    expect((await browser.call('id', 'POST', '/api/v1/me/totp/confirm', { code: '000000' })).status).toBe(401)
    const code = totp.generate()
    const { recoveryCodes } = (await browser.call('id', 'POST', '/api/v1/me/totp/confirm', { code })).json()
    expect(new Set(recoveryCodes).size).toBe(10)
    // A clock may be wrong by one step, and no more.
    const { codes } = roomsOf(it)
    const id = await personIn(it, 'fanch')
    for (const steps of [-2, 3])
      expect(await codes.take(id, totp.generate({ timestamp: Date.now() + steps * 30_000 }))).toBeUndefined()
    const next = new TestBrowser(it)
    expect((await next.signIn('fanch')).headers.location).toBe('/login/otp')
    expect((await next.send('id', '/login/otp', { code })).status).toBe(401)
    expect((await next.send('id', '/login/otp', { code: recoveryCodes[0] })).status).toBe(303)
    const again = new TestBrowser(it)
    await again.signIn('fanch')
    expect((await again.send('id', '/login/otp', { code: recoveryCodes[0] })).status).toBe(401)
    expect(
      (await again.send('id', '/login/otp', { code: totp.generate({ timestamp: Date.now() + 30_000 }) })).status,
    ).toBe(303)
  })

  test('the last passkey of an account without a password stays; the last administrator too', async () => {
    const { db, passkeys, roles } = roomsOf(it)
    const id = await personIn(it, 'gaelle')
    await it.instance.platform.database.pool.query(
      `insert into identity.passkey (id, credential, account, public_key, counter, transports, is_backed_up, label) values ($1, 'x', $1, '', 0, '{}', false, 'clé')`,
      [id],
    )
    await expect(passkeys.remove(db, id, id, false)).rejects.toMatchObject({
      type: 'identity/last-passkey',
      status: 409,
    })
    const admin = await personIn(it, 'first', { roles: ['admin'] })
    await expect(
      db.transaction().execute((transaction) => roles.take(transaction, admin, 'admin', null)),
    ).rejects.toMatchObject({ status: 409 })
  })
})

describe('passwords', () => {
  test.each([
    ['court', 'password-short'],
    ['azertyuiop12', 'password-weak'],
    ['x'.repeat(257), 'password-long'],
  ])('%.12s is refused: %s', async (password, code) => {
    const { passwords } = roomsOf(it)
    await expect(passwords.check(password, { words: [], hasSecondFactor: false })).rejects.toMatchObject({
      type: `identity/${code}`,
    })
  })

  test.each([
    ['bcrypt', '$2y$10$uMcSgQGGoGJgOUnnlHZHI.xF5GhcHnzoK2ygC6jHQiUzAqw.T/Yhy'],
    [
      'SSHA',
      `{SSHA}${Buffer.concat([createHash('sha1').update('rasmuslerdorf').update('salz').digest(), Buffer.from('salz')]).toString('base64')}`,
    ],
    [
      'Dovecot’s SSHA512',
      `{SSHA512}${Buffer.concat([createHash('sha512').update('rasmuslerdorf').update('salz').digest(), Buffer.from('salz')]).toString('base64')}`,
    ],
  ])('what %s hashed elsewhere opens the account, and is hashed anew', async (name, hash) => {
    const { importAccounts } = await import('./import-accounts.ts')
    const login = `old-${name.length}`
    const known =
      name === 'bcrypt' ? (await import('bcryptjs')).hashSync('rasmuslerdorf', 4).replace('$2b$', '$2y$') : hash
    const table = `login,email,hash\n${login},${login}@example.org,${known}\n`
    expect(await importAccounts(roomsOf(it), table, true)).toMatchObject({ made: 1 })
    expect(await importAccounts(roomsOf(it), table, false)).toMatchObject({ made: 1, known: 0, withoutPassword: [] })
    expect(await importAccounts(roomsOf(it), table, false)).toMatchObject({ made: 0, known: 1 })
    expect((await new TestBrowser(it).signIn(login, 'wrong')).status).toBe(401)
    expect((await new TestBrowser(it).signIn(login, 'rasmuslerdorf')).status).toBe(303)
    const { rows } = await it.instance.platform.database.pool.query(
      'select hash from identity.password where account = $1',
      [await personIn(it, login)],
    )
    expect(rows[0].hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await new TestBrowser(it).signIn(login, 'rasmuslerdorf')).status).toBe(303)
  })

  test('a hash that nobody can read makes the account, and is told', async () => {
    const { importAccounts } = await import('./import-accounts.ts')
    const table = 'login,email,hash\nmd5,md5@example.org,{PLAIN-MD5}abc\nodd,not an address,\n'
    expect(await importAccounts(roomsOf(it), table, false)).toMatchObject({
      made: 1,
      withoutPassword: ['md5'],
      refused: [{ line: 3 }],
    })
  })
})

describe('many failures', () => {
  test('make the next try wait, for the account that is there and for the one that is not; the owner’s browser is let in', async () => {
    const owner = await signedIn('herve')
    for (const login of ['nobody-at-all', 'herve']) {
      const stranger = new TestBrowser(it)
      const answers = []
      for (let tries = 0; tries < 8; tries++) answers.push(await stranger.signIn(login, `wrong ${tries}`))
      expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
      const held = answers.at(-1)
      expect([held?.status, Number(held?.headers['retry-after']) > 0]).toEqual([429, true])
    }
    expect((await new TestBrowser(it).signIn('herve')).status).toBe(429)
    await owner.send('id', '/logout', {})
    expect((await owner.signIn('herve')).status).toBe(303)
  })

  test('a hundred at once gain nothing', async () => {
    await personIn(it, 'ifig', { password: PASSWORD })
    const browser = new TestBrowser(it)
    const { text } = await browser.ask('id', '/login')
    const token = /name="_csrf" value="([\w-]+)"/.exec(text)?.[1] ?? ''
    const tries = Array.from({ length: 30 }, (_, index) =>
      browser.ask('id', '/login', {
        method: 'POST',
        body: new URLSearchParams({ _csrf: token, username: 'ifig', password: `guess ${index}` }),
      }),
    )
    const looked = (await Promise.all(tries)).filter(({ status }) => status === 401)
    expect(looked.length).toBeLessThanOrEqual(7)
  })
})

describe('app passwords', () => {
  test('speak for one use, are shown once, and end at once', async () => {
    const browser = await signedIn('jakez')
    const made = await browser.call('id', 'POST', '/api/v1/me/app-passwords', { label: 'téléphone', scopes: ['dav'] })
    expect(made.status).toBe(201)
    const { id, secret } = made.json()
    expect(secret).toMatch(/^[0-9a-z]{6}(-[0-9a-z]{5}){5}$/)
    const { identity } = it.instance.platform
    expect(await identity.callerWithPassword('jakez', secret, 'dav', '192.0.2.1')).toMatchObject({
      login: 'jakez',
      scopes: ['dav:write'],
    })
    expect(await identity.callerWithPassword('jakez@example.org', secret, 'dav', '192.0.2.1')).toMatchObject({
      login: 'jakez',
    })
    for (const [login, scope] of [
      ['jakez', 'imap'],
      ['anne', 'dav'],
    ] as const)
      expect(await identity.callerWithPassword(login, secret, scope, '192.0.2.1')).toBeUndefined()
    expect(await identity.callerWithPassword('jakez', PASSWORD, 'dav', '192.0.2.1')).toBeUndefined()
    expect((await browser.call('id', 'GET', '/api/v1/me/app-passwords')).text).not.toContain(secret)
    expect((await browser.call('id', 'DELETE', `/api/v1/me/app-passwords/${id}`)).status).toBe(204)
    await expect.poll(() => identity.callerWithPassword('jakez', secret, 'dav', '192.0.2.1')).toBeUndefined()
  })

  test('a use that does not exist is refused', async () => {
    const browser = await signedIn('katell')
    expect(
      (await browser.call('id', 'POST', '/api/v1/me/app-passwords', { label: 'x', scopes: ['everything'] })).status,
    ).toBe(422)
  })
})

describe('keys of programs', () => {
  test('speak for their account until they end, are over, or it is suspended; the database holds none', async () => {
    const { db, tokens, accountClosure, accounts } = roomsOf(it)
    const token = await tokenFor(it, 'loic', ['link:write'], ['moderator', 'technician'])
    const { identity, database } = it.instance.platform
    // Without a second factor the grave role sleeps.
    expect(await identity.callerWithToken(token)).toMatchObject({
      login: 'loic',
      scopes: ['link:write'],
      roles: ['moderator'],
    })
    const { rows } = await database.pool.query('select token_hash from identity.token')
    expect(JSON.stringify(rows)).not.toContain(token.slice(6))
    const over = await tokens.add(db, await personIn(it, 'loic'), {
      scopes: ['api'],
      expiresAt: Temporal.Now.instant().subtract({ seconds: 1 }),
    })
    for (const none of [over, 'bagad_', `bagad_${'A'.repeat(43)}`, 'eyJhbGciOi', ''])
      expect(await identity.callerWithToken(none)).toBeUndefined()
    const account = await accounts.find('loic')
    if (account) await accountClosure.suspend(account, true, 'essai', null)
    expect(await identity.callerWithToken(token)).toBeUndefined()
    expect((await new TestBrowser(it).signIn('loic')).status).toBe(401)
  })
})

describe('the first administrator', () => {
  test('finds one way in, whatever number of processes say it, and at each start until it was taken', async () => {
    await using fresh = await openTestInstance({ services: [link] })
    const context = roomsOf(fresh)
    const said = await Promise.all(Array.from({ length: 4 }, () => greetFirst(context)))
    expect(new Set(said.flat()).size).toBe(1)
    expect(await greetFirst(context)).toEqual(said[0])
    const path = `/invitation/${secretIn(said[0]?.[0], 'invitation')}`
    const browser = new TestBrowser(fresh)
    expect(
      (await browser.send('id', path, { login: 'maire', email: 'not an address', password: PASSWORD })).status,
    ).toBe(422)
    expect(
      (await browser.send('id', path, { login: 'maire', email: 'maire@example.org', password: PASSWORD })).headers
        .location,
    ).toMatch(/^\/compte\/securite/)
    expect(await greetFirst(context)).toEqual([])
    expect((await context.accounts.find('maire@example.org'))?.login).toBe('maire')
  })

  test('is made from the configuration, once, by whichever process comes first', async () => {
    const env = { BAGAD_ADMIN_LOGIN: 'chef', BAGAD_ADMIN_EMAIL: 'chef@example.org', BAGAD_ADMIN_PASSWORD: PASSWORD }
    await using fresh = await openTestInstance({ services: [link], env })
    await Promise.all([firstAdministrator(roomsOf(fresh)), firstAdministrator(roomsOf(fresh))])
    expect((await roomsOf(fresh).accounts.search({ role: 'admin' })).map(({ login }) => login)).toEqual(['chef'])
    expect((await new TestBrowser(fresh).signIn('chef')).headers.location).toMatch(/^\/compte\/securite/)
    await expect(
      openTestInstance({ services: [link], env: { ...env, BAGAD_ADMIN_PASSWORD: 'court' } }),
    ).rejects.toThrow('too short')
  })
})

describe('invitations', () => {
  test('are good once, for fourteen days; a login that is taken is told beside its field', async () => {
    const { invitations } = roomsOf(it)
    const { secret } = await invitations.send({ email: 'mona@example.org', language: 'fr' }, { id: null, name: '' })
    const [letter] = await emails('mona@example.org')
    expect(secretIn(letter?.text, 'invitation')).toBe(secret)
    const path = `/invitation/${secret}`
    const browser = new TestBrowser(it)
    const taken = await browser.send('id', path, { login: 'anne', password: PASSWORD })
    expect([taken.status, taken.text.includes('est déjà pris')]).toEqual([409, true])
    expect((await browser.send('id', path, { login: 'mona', password: 'court' })).status).toBe(422)
    expect((await browser.send('id', path, { login: 'mona', name: 'Mona', password: PASSWORD })).status).toBe(303)
    expect((await browser.ask('id', path)).status).toBe(410)
    const late = await invitations.send({ email: 'late@example.org', language: 'fr' }, { id: null, name: '' })
    await it.instance.platform.database.pool.query(
      `update identity.invitation set expires_at = now() where account = $1`,
      [late.account],
    )
    const over = await browser.ask('id', `/invitation/${late.secret}`)
    expect([over.status, over.text.includes('Demandez qu’on vous en envoie une autre')]).toEqual([410, true])
  })

  test('are taken by forty people at once, each in a transaction, over the ten connections of a process', async () => {
    const { invitations } = roomsOf(it)
    const secrets: string[] = []
    for (let number = 0; number < 40; number++) {
      const guest = { email: `crowd-${number}@example.org`, language: 'fr' } as const
      secrets.push((await invitations.send(guest, { id: null, name: '' })).secret)
    }
    const statuses = await Promise.all(
      secrets.map(async (secret, number) => {
        const wanted = { login: `crowd-${number}`, name: 'Crowd', password: PASSWORD }
        return (await new TestBrowser(it).send('id', `/invitation/${secret}`, wanted)).status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([303]))
    expect((await it.ask('', '/health/ready')).status).toBe(200)
  })

  test('do not depend on the post: the account is made, who invites sees who waits, and the e-mail leaves once the relay is back', async () => {
    await using sink = await MailSink.open()
    await sink.close()
    const connection = await migratedDatabase()
    await using cut = await openTestInstance({
      services: [link],
      connection,
      env: { BAGAD_SMTP_RELAY: `127.0.0.1:${sink.port}` },
    })
    const { mail, jobs } = cut.instance.platform
    const admin = await personIn(cut, 'tech', { roles: ['technician'] })
    const { db, sessions, accounts } = roomsOf(cut)
    const { cookie } = await sessions.begin(db, admin, ['pwd', 'otp'], { agent: '', address: '192.0.2.1' })
    const browser = new TestBrowser(cut)
    browser.keep('id', '__Host-bagad', cookie)
    await using _ = new Worker({ connection, jobs: jobs.declared, log: pino({ level: 'silent' }) })
    const sent = await browser.send('id', '/administration/invitations', {
      email: 'nevena@example.org',
      name: 'Nevena',
    })
    expect(sent.headers.location).toBe('/administration/invitations?done=sent')
    const letter = async () =>
      (await mail.outbox.list(['queued', 'sent', 'failed'])).find(({ recipient }) => recipient === 'nevena@example.org')
    await until('it was tried', async () => (await letter())?.attempts === 1)
    expect(await letter()).toMatchObject({ state: 'queued', lastError: expect.stringContaining('ECONNREFUSED') })
    expect((await browser.ask('id', '/administration/invitations')).text).toContain('nevena@example.org')
    const waiting = (await accounts.search({ state: 'invited' })).map(({ email }) => email)
    expect(waiting).toEqual(['nevena@example.org'])
    await sink.listen()
    await until('it is sent', async () => (await letter())?.state === 'sent')
    const secret = secretIn((await sink.read()).text, 'invitation')
    expect((await new TestBrowser(cut).ask('id', `/invitation/${secret}`)).status).toBe(200)
  })
})

describe('somebody without access', () => {
  test('gets an e-mail when there is an account, and the same page when there is none; the link is good once', async () => {
    await personIn(it, 'nolwenn', { password: PASSWORD })
    const browser = new TestBrowser(it)
    const [known, unknown] = [
      await browser.send('id', '/mot-de-passe-oublie', { username: 'nolwenn' }),
      await browser.send('id', '/mot-de-passe-oublie', { username: 'no-such' }),
    ]
    expect([known.status, known.text.replaceAll(/nonce="[^"]*"|content="[^"]*"/g, '')]).toEqual([
      200,
      unknown.text.replaceAll(/nonce="[^"]*"|content="[^"]*"/g, ''),
    ])
    const secret = secretIn((await emails('nolwenn@example.org'))[0]?.text, 'recovery')
    const fresh = 'trois mouettes et un vélo bleu'
    expect((await browser.send('id', `/recovery/${secret}`, { password: fresh })).status).toBe(303)
    const used = await browser.ask('id', `/recovery/${secret}`)
    expect([used.status, used.text.includes('Demandez-en un autre')]).toEqual([410, true])
    expect((await new TestBrowser(it).signIn('nolwenn', fresh)).status).toBe(303)
  })

  test('a lost second factor takes two voices and a day; one’s own counts for nothing, and the owner may say no', async () => {
    const { recovery, accounts, db } = roomsOf(it)
    const id = await personIn(it, 'oanez', { password: PASSWORD })
    const account = await accounts.get(id)
    if (!account) throw new Error('no account')
    const voice = async (login: string) => ({
      id: await personIn(it, login, { roles: ['volunteer'] }),
      login,
      name: login,
      scopes: ['api'],
      roles: ['volunteer' as const],
    })
    const [one, two] = [await voice('voice-one'), await voice('voice-two')]
    await expect(recovery.vouchFirst(account, { ...one, id })).rejects.toMatchObject({ type: 'identity/own-recovery' })
    await expect(recovery.vouchFirst(account, { ...one, roles: ['member'] })).rejects.toMatchObject({ status: 403 })
    await recovery.vouchFirst(account, one)
    const [waiting] = await recovery.waiting()
    await expect(recovery.vouchSecond(waiting?.id ?? '', one)).rejects.toMatchObject({
      type: 'identity/already-vouched',
    })
    await recovery.vouchSecond(waiting?.id ?? '', two)
    const secret = secretIn((await emails('oanez@example.org')).at(-1)?.text, 'recovery')
    const browser = new TestBrowser(it)
    expect((await browser.ask('id', `/recovery/${secret}`)).status).toBe(409)
    await db
      .updateTable('recovery')
      .set({ vouched_at: Temporal.Now.instant().subtract({ hours: 25 }).toString() })
      .where('id', '=', waiting?.id ?? '')
      .execute()
    expect((await browser.ask('id', `/recovery/${secret}`)).status).toBe(200)
    await browser.send('id', `/recovery/${secret}/cancellation`, {}, { page: `/recovery/${secret}` })
    expect((await browser.ask('id', `/recovery/${secret}`)).status).toBe(410)
  })
})

describe('where one is led', () => {
  test.each(['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'a hand-over to %s is no redirect',
    async (next) => {
      const query = (host: string) => new URLSearchParams({ host, next, state: 'a'.repeat(22) }).toString()
      const browser = await signedIn('padrig')
      expect((await browser.ask('id', `/sso?${query('link.localhost')}`)).status).toBe(400)
      expect((await browser.ask('link', `/_sso?${new URLSearchParams({ next }).toString()}`)).status).toBe(400)
    },
  )

  test('a host that is not ours gets no code, and a code is good once, on its host, in its browser', async () => {
    const browser = await signedIn('riwanon')
    const elsewhere = await browser.ask(
      'id',
      `/sso?${new URLSearchParams({ host: 'evil.example', next: '/', state: 'a'.repeat(22) }).toString()}`,
    )
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([400, undefined])
    const start = await browser.ask('link', '/_sso?next=/stats')
    const over = new URL(start.headers.location ?? '')
    const code = new URL((await browser.ask('id', over.pathname + over.search)).headers.location ?? '')
    const [onPortal, inAnother] = [
      await browser.ask('', code.pathname + code.search),
      await new TestBrowser(it).ask('link', code.pathname + code.search),
    ]
    expect([onPortal.status, inAnother.status]).toEqual([410, 410])
    expect((await browser.ask('link', code.pathname + code.search)).headers.location).toBe('/stats')
    // Pressed twice, it leads on: the browser is in.
    expect((await browser.ask('link', code.pathname + code.search)).headers.location).toBe('/stats')
    await browser.send('id', '/logout', {})
    expect((await browser.ask('link', code.pathname + code.search)).status).toBe(410)
  })
})

describe('a picture of oneself', () => {
  const upload = async (browser: TestBrowser, bytes: Buffer) => {
    const token = tokenIn((await browser.ask('id', '/compte')).text) ?? ''
    const head =
      '--xyz\r\nContent-Disposition: form-data; name="picture"; filename="moi.svg"\r\nContent-Type: image/svg+xml\r\n\r\n'
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--xyz--\r\n')])
    return browser.ask('id', `/compte/image?_csrf=${token}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
    })
  }
  const shownIn = (html: string) => /<img class="portrait" src="[^"]*(\/images\/[0-9a-f]{32}\.webp)"/.exec(html)?.[1]

  test('is drawn anew, has an address for applications, and is nowhere once it is removed or replaced', async () => {
    const browser = await signedIn('titouan')
    const id = await personIn(it, 'titouan')
    const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: 'teal' } })
      .jpeg()
      .withExif({ IFD0: { Make: 'secret' } })
      .toBuffer()
    expect((await upload(browser, photo)).headers.location).toBe('/compte?done=kept')
    const first = shownIn((await browser.ask('id', '/compte')).text) ?? ''
    const shown = await it.ask('id', first)
    expect(shown.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    })
    expect(await sharp(shown.raw).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 })
    expect(shown.raw.includes('secret')).toBe(false)
    const { db, accountClosure } = roomsOf(it)
    const person = await personOf(db, it.instance.platform.today(), id)
    if (!person) throw new Error('nobody')
    expect(claimsOf(roomsOf(it), person)['picture']).toMatch(new RegExp(`^http://id\\.localhost:\\d+${first}$`))
    await accountClosure.export(id)
    expect((await browser.ask('id', '/compte/donnees/archive')).raw.includes('identity/picture.webp')).toBe(true)

    expect((await upload(browser, photo)).status).toBe(303)
    const second = shownIn((await browser.ask('id', '/compte')).text) ?? ''
    expect([second === first, (await it.ask('id', first)).status, (await it.ask('id', second)).status]).toEqual([
      false,
      404,
      200,
    ])
    expect((await browser.send('id', '/compte/image/retrait', {}, { page: '/compte' })).headers.location).toBe(
      '/compte?done=removed',
    )
    expect([(await it.ask('id', second)).status, shownIn((await browser.ask('id', '/compte')).text)]).toEqual([
      404,
      undefined,
    ])
    await upload(browser, photo)
    const third = shownIn((await browser.ask('id', '/compte')).text) ?? ''
    await accountClosure.erase(id)
    expect((await it.ask('id', third)).status).toBe(404)
    const freed = await it.instance.platform.database.pool.query(
      `select from retention.freed_blob where key like 'identity/picture/%'`,
    )
    expect(freed.rowCount).toBe(3)
  })

  test('is refused beside its field when it is none, and needs somebody who is signed in', async () => {
    const browser = await signedIn('uriell')
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    const answer = await upload(browser, drawing)
    expect([answer.status, answer.text.includes('Cette image ne peut pas être lue')]).toEqual([422, true])
    const huge = await upload(browser, Buffer.alloc(8_000_001))
    expect([huge.status, huge.text.includes('Ce fichier est trop lourd')]).toEqual([413, true])
    expect((await upload(new TestBrowser(it), drawing)).headers.location).toMatch(/^\/login/)
    expect((await it.ask('id', `/images/${'0'.repeat(32)}.webp`)).status).toBe(404)
  })
})

describe('one’s data', () => {
  test('are given by every service as one archive, and erased from every service', async () => {
    const browser = await signedIn('solenn')
    const token = await tokenFor(it, 'solenn', ['link:write'])
    const { identity, database } = it.instance.platform
    const id = await personIn(it, 'solenn')
    const made = await browser.call('link', 'POST', '/api/v1/links', { url: 'https://www.brest.fr/solenn' })
    await browser.follow('link', '/_sso?next=/')
    const owned = await browser.call('link', 'POST', '/api/v1/links', { url: 'https://www.brest.fr/solenn-deux' })
    expect([made.status, owned.status]).toEqual([201, 201])
    expect((await browser.ask('link', '/stats')).text).toContain(`/modifier/~${owned.json().slug}`)
    expect((await browser.ask('link', `/modifier/~${owned.json().slug}`)).status).toBe(200)
    expect((await (await signedIn('tugdual')).ask('link', `/modifier/~${owned.json().slug}`)).status).toBe(404)
    const { accountClosure, db, organisations, organisationInvitations } = roomsOf(it)
    const crew = await db
      .transaction()
      .execute((transaction) => organisations.make(transaction, { slug: 'gens-de-mer', name: 'Gens de mer', by: null }))
    await organisationInvitations.invite(
      crew,
      { email: 'solenn@example.org', role: 'contributor', language: 'fr' },
      await personIn(it, 'tugdual'),
    )
    await accountClosure.export(id)
    const archive = await browser.ask('id', '/compte/donnees/archive')
    expect(archive.headers['content-type']).toBe('application/zip')
    const files = unzipSync(archive.raw)
    const told = (name: string) => JSON.parse(strFromU8(files[name] ?? new Uint8Array()))
    expect(told('link/links.json')).toMatchObject([{ slug: owned.json().slug }])
    expect(told('identity/account.json')).toMatchObject({
      login: 'solenn',
      invitations: [{ name: 'Gens de mer', role: 'contributor' }],
    })
    await accountClosure.erase(id)
    expect(await identity.callerWithToken(token)).toBeUndefined()
    expect((await new TestBrowser(it).signIn('solenn')).status).toBe(401)
    const { rows } = await database.pool.query<{ at: string }>(
      `select format('%I.%I', table_schema, table_name) as at from information_schema.columns where data_type in ('uuid', 'text') and column_name in ('account', 'owner', 'holder') group by 1`,
    )
    for (const { at } of rows)
      expect(
        (await database.pool.query(`select from ${at} as one where to_jsonb(one)::text like '%' || $1 || '%'`, [id]))
          .rowCount,
        at,
      ).toBe(0)
    expect(await it.instance.platform.blobs.stat(`identity/export/${id}.zip`)).toBeUndefined()
    const left = await database.pool.query('select login, name, state from identity.account where id = $1', [id])
    expect(left.rows).toEqual([{ login: `erased-${id}`, name: '', state: 'erased' }])
  })
})

test('what was done stays written: nobody changes or takes out a line, and one that was shows', async () => {
  const { securityLog, db } = roomsOf(it)
  const { pool } = it.instance.platform.database
  await securityLog.write(db, { action: 'sign-out', actor: null })
  await expect(pool.query('delete from identity.security_log')).rejects.toThrow('stays written')
  await expect(pool.query(`update identity.security_log set action = 'sign-in.done'`)).rejects.toThrow('stays written')
  expect(await securityLog.firstInvalid()).toBeUndefined()
  await pool.query(
    `alter table identity.security_log disable trigger security_log_is_kept; delete from identity.security_log where id = (select max(id) - 1 from identity.security_log)`,
  )
  await pool.query('alter table identity.security_log enable trigger security_log_is_kept')
  expect(await securityLog.firstInvalid()).toBeGreaterThan(0)
})

test('sign-ins are counted by days; of those before the first line of the log nobody knows', async () => {
  const { platform } = it.instance
  const { securityLog, db } = roomsOf(it)
  await securityLog.write(db, { action: 'sign-in.done', actor: null })
  const { rows } = await platform.database.pool.query(
    `select count(*)::int as count from identity.security_log where action = 'sign-in.done'`,
  )
  const today = platform.today()
  await platform.figures.countDays(today.add({ days: 1 }))
  expect(await platform.figures.points('identity.signins', { step: 'day' })).toMatchObject([
    { date: today.toString(), value: rows[0].count, state: 'known' },
  ])
})
