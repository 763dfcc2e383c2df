import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { PASSWORD, personIn, roomsOf, TestBrowser, tokenIn } from '../../../tests/people.ts'
import { link } from '../../commons/link/service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
  await personIn(it, 'anne', { password: PASSWORD, roles: ['member'] })
})
afterAll(() => it[Symbol.asyncDispose]())

describe('signing in with a password', () => {
  test('opens the account, and every service without another sign-in; signing out closes them all at once', async () => {
    const browser = new TestBrowser(it)
    expect((await browser.ask('', '/')).text).toContain('href="/_sso?next=%2F"')
    const answer = await browser.signIn('anne')
    expect([answer.status, answer.headers.location]).toEqual([303, '/portail'])
    const portal = await browser.follow('id', '/portail')
    expect([portal.host, portal.path, portal.text.includes('anne')]).toEqual(['', '/', true])
    const link = await browser.follow('link', '/_sso?next=/stats')
    expect([link.host, link.path, link.text.includes('/compte')]).toEqual(['link', '/stats', true])
    expect(browser.cookie('link', '__Host-bagad')).not.toBe(browser.cookie('id', '__Host-bagad'))
    const out = await browser.send('id', '/logout', {})
    expect([out.status, out.headers['clear-site-data']]).toEqual([303, '"cache"'])
    expect((await browser.ask('link', '/')).text).not.toContain('/compte')
    expect((await browser.ask('', '/')).text).toContain('Se connecter')
  })

  test('what is wrong is told the same, whatever it is', async () => {
    const texts = new Set<string>()
    const { accountClosure, accounts } = roomsOf(it)
    await personIn(it, 'suspended', { password: PASSWORD })
    const suspended = await accounts.find('suspended')
    if (suspended) await accountClosure.suspend(suspended, true, 'essai', null)
    for (const [login, password] of [
      ['anne', 'wrong'],
      ['suspended', PASSWORD],
      ['nobody', PASSWORD],
      ['', ''],
    ] as const) {
      const browser = new TestBrowser(it)
      const answer = await browser.send('id', '/login', { username: login, password })
      expect(answer.status).toBe(401)
      texts.add(/role="alert">(.*?)<\/p>/.exec(answer.text)?.[1] ?? '')
    }
    expect(texts.size).toBe(1)
  })

  test('with the mail address, and after a rename with the former login', async () => {
    const id = await personIn(it, 'gwen', { password: PASSWORD })
    const { db, accounts } = roomsOf(it)
    const account = await accounts.get(id)
    if (account)
      await db.transaction().execute((transaction) => accounts.rename(transaction, account, { login: 'gwenn' }))
    for (const login of ['gwenn', 'GWEN', 'gwen@example.org'])
      expect((await new TestBrowser(it).signIn(login)).status).toBe(303)
  })

  test('of more people at once than the machine can take, the last are sent away at once; everything else answers', async () => {
    const [browser, owner] = [new TestBrowser(it), new TestBrowser(it)]
    await owner.signIn('anne')
    const token = tokenIn((await browser.ask('id', '/login')).text) ?? ''
    const tries = Array.from({ length: 80 }, (_, index) =>
      browser.ask('id', '/login', {
        method: 'POST',
        body: new URLSearchParams({ _csrf: token, username: `crowd-${index}`, password: 'wrong' }),
      }),
    )
    const other = await it.ask('link', '/')
    const answers = await Promise.all(tries)
    const away = answers.filter(({ status }) => status === 503)
    expect(away.length).toBeGreaterThan(1)
    // From so many failures on, their network waits.
    expect(answers.filter(({ status }) => [401, 429].includes(status)).length).toBe(80 - away.length)
    expect(
      away.every(
        ({ headers, text: page }) => headers['retry-after'] === '5' && page.includes('Beaucoup de monde à la fois'),
      ),
    ).toBe(true)
    expect(away[0]?.headers['content-security-policy']).not.toBe(away[1]?.headers['content-security-policy'])
    expect(other.status).toBe(200)
    await owner.send('id', '/logout', {})
    expect((await owner.signIn('anne')).status).toBe(303)
  })

  test('a form of another site, or without its token, signs nobody in', async () => {
    const form = new URLSearchParams({ username: 'anne', password: PASSWORD })
    const bare = await it.ask('id', '/login', { method: 'POST', body: form, headers: BROWSER })
    expect([bare.status, bare.headers['set-cookie']]).toEqual([403, undefined])
    const foreign = await it.ask('id', '/login', {
      method: 'POST',
      body: form,
      headers: { ...BROWSER, origin: 'https://evil.example' },
    })
    expect(foreign.status).toBe(403)
  })
})
