import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axe, hasBrowser, openBrowser, openPage, sticksOut, violationsOn } from './browser.ts'
import { ask, openTestInstance, type TestInstance } from './instance.ts'

/** Every kind of page that there is; a new service adds its own. */
const PAGES: [host: string, path: string][] = [
  ['', '/'],
  ['', '/chiffres'],
  ['', '/mentions-legales'],
  ['', '/conditions'],
  ['', '/confidentialite'],
  ['', '/signaler'],
  ['', '/statut'],
  ['', '/courrier'],
  ['', '/courrier/1'],
  ['', '/problems/link/too-long'],
  ['', '/nowhere'],
  ['link', '/'],
  ['link', '/venir+'],
  ['link', '/login'],
  ['link', '/nowhere'],
  ['link', '/stats'],
  ['link', '/modifier/made'],
  ['link', '/young'],
  ['link', '/locked'],
  ['link', '/locked+'],
  ['link', '/held'],
  ['link', '/over'],
  ['report', '/'],
  ['report', '/reports'],
  ['report', '/reports/2023'],
  ['report', '/chiffres/members.total'],
  ['report', '/fiche-chatons'],
  ['report', '/fiche-chatons/link'],
]

/** Bytes of a first view, compressed, without fonts (DESIGN.md). */
const LIGHT = 60_000

interface View {
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
}
const PHONE = { viewport: { width: 360, height: 740 } }
const DESK = { viewport: { width: 1280, height: 900 } }

let it: TestInstance
let browser: Browser

/** Path of the page where the link `locked` is changed; `/modifier/made` above. */
let manage = ''

const address = (host: string, path: string) => `http://${host ? `${host}.` : ''}localhost:${it.port}${path === '/modifier/made' ? manage : path}`

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ env: { BAGAD_DEMO: 'on' } })
    const { mail, database } = it.instance.platform
    const action = { label: 'Changer le lien', url: 'https://example.org/a-very-long-address/'.padEnd(200, 'x') }
    await mail.send(database.schema('outbox'), {
      to: 'claire@example.org',
      language: 'fr',
      subject: 'Votre lien',
      paragraphs: ['Il ne mène plus nulle part.'],
      action,
    })
    const shorten = async (slug: string, password = '') => {
      const url = `https://www.openstreetmap.org/${'a-long-path/'.repeat(20)}`
      const answer = await it.ask('link', '/api/v1/links', { method: 'POST', body: { url, slug, password } })
      return new URL(answer.json().manage).pathname
    }
    manage = await shorten('locked', 'truite')
    for (const slug of ['young', 'held', 'over']) await shorten(slug)
    const as = (slug: string, columns: string) => database.pool.query(`update link.link set ${columns} where slug = $1`, [slug])
    await as('young', `warns_until = now() + interval '1 day'`)
    await as('held', `state = 'held', reason = 'odd', held_at = now()`)
    await as('over', `valid_until = now() - interval '1 day'`)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  describe.each(PAGES)('%s%s', (host, path) => {
    test.each<[string, string, View[]]>([
      [
        'in French',
        'fr-FR',
        [
          { ...PHONE, colorScheme: 'light' },
          { ...DESK, colorScheme: 'dark' },
        ],
      ],
      [
        'in English',
        'en-GB',
        [
          { ...PHONE, colorScheme: 'dark' },
          { ...DESK, colorScheme: 'light' },
        ],
      ],
    ])('%s, on a phone and on a desk, light and dark: axe finds nothing, nothing complains, nothing sticks out', async (_, locale, views) => {
      const { page, complaints, close } = await openPage(browser, { locale, ...views[0], bypassCSP: true })
      await page.goto(address(host, path))
      await page.evaluate(axe)
      for (const { viewport, colorScheme } of views) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        const name = `${viewport.width} px, ${colorScheme}`
        expect(await violationsOn(page), name).toEqual([])
        expect(await sticksOut(page), name).toBe(0)
      }
      expect(complaints).toEqual([])
      await close()
    })

    test('is light at first view, and keeps its policy: no complaint with the policy in force, also at 320 px', async () => {
      const { page, complaints, close } = await openPage(browser, { viewport: { width: 320, height: 640 } })
      const sizes: Promise<[string, number]>[] = []
      page.on('response', (response) => {
        if (!response.url().includes('.woff2'))
          sizes.push(
            response
              .request()
              .sizes()
              .then(({ responseBodySize }) => [response.url(), responseBodySize]),
          )
      })
      await page.goto(address(host, path), { waitUntil: 'networkidle' })
      const told = await Promise.all(sizes)
      expect(told.length).toBeGreaterThan(1)
      expect(
        told.reduce((sum, [, size]) => sum + size, 0),
        JSON.stringify(told),
      ).toBeLessThan(LIGHT)
      expect(complaints).toEqual([])
      expect(await sticksOut(page)).toBe(0)
      await close()
    })
  })

  test('the language is switched, and remembered on that host', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: 'English' }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.goto(address('', '/chiffres'))
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: /Shorten an address/ }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await close()
  })

  test('a link is made with the keyboard alone, and copied', async () => {
    const { page, complaints, close } = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.goto(address('link', '/'))
    await page.waitForLoadState('networkidle')
    await page.keyboard.type('www.brest.fr/venir')
    await page.keyboard.press('Enter')
    const short = await page.locator('output').textContent()
    expect(short).toMatch(/^link\.localhost:\d+\/[a-z2-9]{6}$/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Copié').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`http://${short}`)
    const answer = await ask(it.port, 'link.localhost', `/${short?.split('/')[1]}`)
    expect(answer.headers.location).toBe('https://www.brest.fr/venir')
    expect(complaints).toEqual([])
    await close()
  })

  test('what cannot be shortened is told beside the field, which keeps it; a second try works', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('link', '/'))
    await page.waitForLoadState('networkidle')
    await page.getByLabel('Collez une adresse').fill('truc')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('Ce n’est pas une adresse.')
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('truc')
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr')
    await page.keyboard.press('Enter')
    await page.locator('output').waitFor()
    await page.getByRole('link', { name: 'Raccourcir une autre adresse' }).click()
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('')
    await close()
  })

  test('when the server is away, that is told, and nothing is lost', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('link', '/'))
    await page.waitForLoadState('networkidle')
    await page.context().setOffline(true)
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Collez une adresse').inputValue()).toBe('https://www.brest.fr')
    await close()
  })

  test('a link is made without JavaScript', async () => {
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await page.goto(address('', '/'))
    await page.getByRole('link', { name: /Raccourcir une adresse/ }).click()
    await page.getByLabel('Collez une adresse').fill('https://www.brest.fr/sans')
    await page.getByRole('button', { name: 'Raccourcir' }).click()
    expect(await page.locator('h1').textContent()).toBe('Votre lien est prêt')
    expect(await page.locator('output').textContent()).toMatch(/^link\.localhost/)
    expect(await page.getByRole('button', { name: 'Copier' }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Raccourcir une autre adresse' }).click()
    expect(await page.locator('h1').textContent()).toBe('Raccourcir une adresse')
    await close()
  })

  test('the front can be read with the keyboard: the first stop skips to the content', async () => {
    const { page, close } = await openPage(browser)
    await page.goto(address('', '/'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Aller au contenu')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await close()
  })
})
