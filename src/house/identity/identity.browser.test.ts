import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openBrowser, openPage } from '../../../tests/browser.ts'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { PASSWORD, personIn, roomsOf } from '../../../tests/people.ts'
import { link } from '../../commons/link/service.ts'
import { describePages } from '../../../tests/pages.ts'
import { identityPages } from './identity.pages.ts'

describePages(identityPages)

let it: TestInstance
let browser: Browser

const at = (host: string, path: string) => `http://${host ? `${host}.` : ''}localhost:${it.port}${path}`

/** A browser on a device that has a finger to ask for: WebAuthn's virtual authenticator. */
async function openDevice(
  options: BrowserContextOptions = {},
): Promise<Awaited<ReturnType<typeof openPage>> & { page: Page }> {
  const opened = await openPage(browser, options)
  const session = await opened.page.context().newCDPSession(opened.page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return opened
}

/** The address in the last e-mail to somebody. */
async function letterTo(address: string): Promise<string> {
  const { rows } = await it.instance.platform.database.pool.query<{ text: string }>(
    'select text from outbox.email where recipient = $1 order by id desc limit 1',
    [address],
  )
  return /http:\/\/id\.localhost:\d+\S+/.exec(rows[0]?.text ?? '')?.[0] ?? ''
}

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ services: [link] })
    browser = await openBrowser()
    await personIn(it, 'host', { roles: ['employee', 'volunteer'] })
  })
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  test('who is invited by mail picks a passkey, lands on the portal signed in, opens link, and signs out everywhere', async () => {
    const { invitations } = roomsOf(it)
    await invitations.send(
      { email: 'soizic@example.org', name: 'Soizic Le Bihan', language: 'fr', roles: ['member'] },
      { id: null, name: 'Infini' },
    )
    const { page, complaints, close } = await openDevice()
    await page.goto(await letterTo('soizic@example.org'))
    await page.getByLabel('Identifiant').fill('soizic')
    await page.getByRole('button', { name: 'Créer ma clé d’accès' }).click()
    await page.waitForURL(at('', '/'))
    expect(await page.locator('.bar-account').textContent()).toContain('Soizic Le Bihan')
    // From the portal, links to services carry the sign-in.
    await page.getByRole('link', { name: /Raccourcir une adresse/ }).click()
    await page.waitForURL(at('link', '/'))
    expect(await page.locator('.bar-account').textContent()).toContain('Soizic Le Bihan')

    const other = await page.context().newPage()
    await other.goto(at('id', '/logout'))
    await other.getByRole('button', { name: 'Se déconnecter' }).click()
    await other.waitForURL(at('', '/'))
    await page.reload()
    expect(await page.locator('.bar-account').textContent()).toContain('Se connecter')

    // The key alone lets them in again, straight to where they were going.
    await page.locator('.bar-account').click()
    // A device without a person answers at once, in the field of the login: then there is no button any more.
    await page
      .locator('#passkey-login')
      .click({ timeout: 2000 })
      .catch(() => {})
    await page.waitForURL(at('link', '/'))
    expect(await page.locator('.bar-account').textContent()).toContain('Soizic Le Bihan')
    expect(complaints).toEqual([])
    await close()
  })

  test('a technician without a second factor is asked for one; their rights wake when it is there', async () => {
    await personIn(it, 'riwal', { roles: ['technician'], password: PASSWORD })
    const { page, complaints, close } = await openPage(browser, { viewport: { width: 360, height: 740 } })
    await page.goto(at('id', '/login'))
    await page.getByLabel('Identifiant ou adresse mail').fill('riwal')
    await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/compte\/securite/)
    await page.goto(at('id', '/administration'))
    await page.waitForURL(/\/compte\/securite/)
    expect(await page.locator('output.keep').textContent()).toContain('demande un second facteur')
    await page.locator('#totp-add').click()
    const secret = ((await page.locator('.code code').textContent()) ?? '').replaceAll(' ', '')
    await page.getByLabel('Code à six chiffres').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Vérifier' }).click()
    expect(await page.locator('.codes-list li').count()).toBe(10)
    const recovery = (await page.locator('.codes-list li').first().textContent()) ?? ''
    await page.goto(at('id', '/administration'))
    expect(await page.locator('h1').textContent()).toBe('Personnes')

    // Next time a code is asked for; one from the paper does as well, once.
    await page.goto(at('id', '/logout'))
    await page.locator('button[type=submit]').click()
    await page.goto(at('id', '/login'))
    await page.getByLabel('Identifiant ou adresse mail').fill('riwal')
    await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/login\/otp/)
    await page.locator('#code').fill(recovery)
    await page.locator('button[type=submit]').click()
    await page.waitForURL(at('', '/'))
    expect(complaints).toEqual([])
    await close()
  })

  test('an application signs people in: asked the first time, straight through the next, from the form of the sign-in on', async () => {
    await personIn(it, 'enora', { password: PASSWORD })
    const application = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<title>Forum</title>'),
    ).listen(0, '127.0.0.1')
    await once(application, 'listening')
    const address = application.address()
    const back = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/back`
    const made = await roomsOf(it).applications.add(
      { client_name: 'Forum', redirect_uris: [back], token_endpoint_auth_method: 'none' },
      { by: null },
    )
    const query = new URLSearchParams({
      client_id: made.client,
      response_type: 'code',
      scope: 'openid profile',
      redirect_uri: back,
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const { page, complaints, close } = await openPage(browser, { viewport: { width: 360, height: 740 } })
    for (const isFirst of [true, false]) {
      await page.goto(at('id', `/oidc/auth?${query.toString()}`))
      await page.locator('#username').fill('enora')
      await page.locator('#password').fill(PASSWORD)
      await page.locator('button[type=submit]').click()
      if (isFirst) await page.locator('button[value=allow]').click()
      await page.waitForURL(/127\.0\.0\.1:\d+\/back\?code=/)
      // The house forgets who is signed in; the application's own session of the provider is still there.
      if (isFirst) await page.context().clearCookies({ name: '__Host-bagad' })
    }
    expect(complaints).toEqual([])
    await close()
    application.close()
  })

  test('the password is shown at will, and a new one is weighed while it is written', async () => {
    await personIn(it, 'loig', { password: PASSWORD })
    const { page, complaints, close } = await openPage(browser)
    await page.goto(at('id', '/login?next=/compte/securite'))
    await page.waitForLoadState('networkidle')
    const field = page.locator('#password')
    expect(await field.getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Montrer' }).click()
    await expect.poll(() => field.getAttribute('type')).toBe('text')
    await page.locator('#username').fill('loig')
    await field.fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/compte\/securite/)
    await page.locator('#password-change').click()
    await page.locator('#password').pressSequentially('azertyuiop12')
    await page.getByText('Trop facile à deviner').or(page.getByText('Deviné tout de suite')).waitFor()
    await page.locator('#password').fill('')
    await page.locator('#password').pressSequentially('trois mouettes et un vélo bleu')
    await page.getByText('Très bon').waitFor()
    expect(complaints).toEqual([])
    await close()
  })
})
