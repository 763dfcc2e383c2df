import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axe, hasBrowser, openBrowser, openPage, violationsOn } from '../../../tests/browser.ts'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { personIn, roomsOf } from '../../../tests/people.ts'
import { link } from '../../commons/link/service.ts'
import { describePages } from '../../../tests/pages.ts'
import { deskPages } from './desk.pages.ts'

describePages(deskPages)

let it: TestInstance
let browser: Browser
let session = ''

const at = (host: string, path: string) => `http://${host}.localhost:${it.port}${path}`
const rows = async (query: string) => (await it.instance.platform.database.pool.query(query)).rows
const standings = async () =>
  Object.fromEntries(
    (await rows('select slug, state from link.link order by slug')).map(({ slug, state }) => [slug, state]),
  )

async function reported(slugs: string[]): Promise<void> {
  for (const slug of slugs)
    await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: `https://${slug}.example/`, slug } })
  for (const slug of slugs)
    await it.ask('link', '/api/v1/reports', { method: 'POST', body: { url: at('link', `/${slug}`), category: 'spam' } })
}

/** Presses a key, and waits for the page that it leads to. */
async function press(page: Page, key: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press(key)])
  await page.locator('.options summary').last().waitFor()
}

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ services: [link], env: { BAGAD_LIMITS: 'relaxed' } })
    browser = await openBrowser()
    const rooms = roomsOf(it)
    const yann = await personIn(it, 'yann', { roles: ['moderator'] })
    session = (
      await rooms.sessions.begin(rooms.db, yann, ['pwd'], { agent: 'Firefox/140.0 (Linux)', address: '192.0.2.1' })
    ).cookie
  })
  beforeEach(() => rows('truncate desk.item, link.link cascade'))
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  async function openDesk(options = {}): Promise<Awaited<ReturnType<typeof openPage>>> {
    const opened = await openPage(browser, options)
    await opened.page.context().addCookies([
      {
        name: '__Host-bagad',
        value: session,
        url: 'https://id.localhost',
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
      },
    ])
    await opened.page.goto(at('moderation', '/_sso?next=/file'))
    return opened
  }

  test('a report that is refused keeps what was written and puts the keyboard where something is wrong', async () => {
    const { page, complaints, close } = await openPage(browser)
    await page.goto(at('moderation', '/signaler?url=https://ailleurs.example/'))
    await page.getByLabel('De la haine').check()
    await page.locator('#explanation').fill('Sous la\nphoto.')
    await page.getByRole('button', { name: 'Envoyer le signalement' }).click()
    const field = page.locator('[aria-invalid]')
    expect(await field.inputValue()).toBe('https://ailleurs.example/')
    expect(await field.evaluate((one) => one === document.activeElement)).toBe(true)
    expect(await page.locator('#url-error').getAttribute('role')).toBe('alert')
    expect(await page.locator('#explanation').inputValue()).toBe('Sous la\nphoto.')
    expect(await page.getByLabel('De la haine').isChecked()).toBe(true)
    await page.evaluate(axe)
    expect(await violationsOn(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('a stranger reports a link from its page, a moderator removes it with one key, and takes it back with another', async () => {
    await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/', slug: 'affiche' } })
    const stranger = await openPage(browser, { viewport: { width: 360, height: 740 } })
    await stranger.page.goto(at('link', '/affiche+'))
    await stranger.page.getByRole('link', { name: 'Signaler ce contenu' }).click()
    expect(await stranger.page.getByLabel('Adresse de la page').inputValue()).toBe(at('link', '/affiche'))
    await stranger.page.getByLabel('De la haine').check()
    await stranger.page.getByRole('button', { name: 'Envoyer le signalement' }).click()
    expect(await stranger.page.locator('.reference').textContent()).toMatch(/^[A-Z2-9]{8}$/)
    expect(stranger.complaints).toEqual([])
    await stranger.close()

    const { page, complaints, close } = await openDesk()
    // The way there is on the page of one's account.
    await page.goto(at('id', '/compte'))
    await page.getByRole('link', { name: 'Modérer' }).click()
    await page.waitForURL(at('moderation', '/file'))
    await press(page, 'n')
    expect(page.url()).toBe(at('moderation', '/file/link/affiche'))
    await press(page, 'r')
    expect(await standings()).toEqual({ affiche: 'removed' })
    expect(await page.locator('h1').textContent()).toBe('Rien à regarder')
    await press(page, 'z')
    expect(await standings()).toEqual({ affiche: 'active' })
    expect(complaints).toEqual([])
    await close()
  })

  test('each of many takes one key; keys that are written into a field do nothing else, and can be switched off', async () => {
    const slugs = Array.from({ length: 6 }, (_, index) => `l${index}`)
    await reported(slugs)
    const { page, complaints, close } = await openDesk()
    for (const key of ['j', 'j']) await page.keyboard.press(key)
    await press(page, 'Enter')
    expect(page.url()).toBe(at('moderation', '/file/link/l1'))
    await press(page, 'Escape')
    await press(page, 'n')
    for (const key of ['r', 'a', 'h']) await press(page, key)
    expect(await standings()).toEqual({
      l0: 'removed',
      l1: 'active',
      l2: 'held',
      l3: 'active',
      l4: 'active',
      l5: 'active',
    })
    // The next one, without a decision.
    await press(page, 'j')
    expect(page.url()).toBe(at('moderation', '/file/link/l4'))
    await page.getByLabel('Raison').fill('')
    await page.getByLabel('Raison').pressSequentially('rah zb')
    expect(page.url()).toBe(at('moderation', '/file/link/l4'))
    expect(await page.getByLabel(/Empêcher que la même chose/).isChecked()).toBe(false)
    await page.locator('h1').click()
    await page.keyboard.press('b')
    expect(await page.getByLabel(/Empêcher que la même chose/).isChecked()).toBe(true)
    await press(page, 'r')
    expect(await rows('select reason, is_blocked from desk.decision order by id desc limit 1')).toEqual([
      { reason: 'rah zb', is_blocked: true },
    ])
    await page.getByText('Raccourcis clavier').click()
    await page.getByRole('button', { name: 'S’en passer' }).click()
    await page.locator('h1').click()
    await page.keyboard.press('r')
    await page.reload()
    await page.keyboard.press('r')
    expect((await standings())['l3']).toBe('active')
    expect(complaints).toEqual([])
    await close()
  })

  test('all of it works without a script', async () => {
    await reported(['sans'])
    const { page, close } = await openDesk({ javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Commencer par le plus urgent' }).click()
    expect(await page.getByText('Raccourcis clavier').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Retirer' }).click()
    expect(await standings()).toEqual({ sans: 'removed' })
    await page.getByRole('button', { name: 'Annuler' }).click()
    expect(await standings()).toEqual({ sans: 'active' })
    await close()
  })
})
