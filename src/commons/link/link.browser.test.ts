import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hasBrowser, openBrowser, openPage } from '../../../tests/browser.ts'
import { ask, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { DESK, describePages, PHONE } from '../../../tests/pages.ts'
import { link } from './service.ts'
import { linkPages } from './link.pages.ts'

describePages(linkPages)

let it: TestInstance
let browser: Browser

const address = (host: string, path: string) => `http://${host ? `${host}.` : ''}localhost:${it.port}${path}`

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ services: [link], env: { BAGAD_DEMO: 'on' } })
    browser = await openBrowser()
  })
  // One browser makes more links here than a stranger may in an hour.
  beforeEach(() => it.instance.platform.database.pool.query('truncate limits.rate'))
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  test.each([
    ['fr-FR', PHONE],
    ['fr-FR', DESK],
    ['en-GB', PHONE],
    ['en-GB', DESK],
  ])(
    'with the keyboard alone (%s, %o) a link is made, copied, changed, found again and deleted',
    async (locale, view) => {
      const { page, complaints, close } = await openPage(browser, {
        locale,
        ...view,
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const isFrench = locale === 'fr-FR'
      const say = (french: string, english: string) => (isFrench ? french : english)
      /** Presses Tab until what bears a name has the keyboard. */
      const reach = async (name: string) => {
        const named = () => page.evaluate(() => { const at = document.activeElement; return (at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent)?.trim() ?? '' }) // prettier-ignore
        for (let presses = 0; (await named()) !== name; presses++) {
          expect(presses, `${name} is reached from where the keyboard was`).toBeLessThan(60)
          await page.keyboard.press('Tab')
        }
      }
      const press = async (name: string) => (await reach(name), page.keyboard.press('Enter'))
      const slug = `clavier-${locale.slice(0, 2)}-${view.viewport.width}`

      await page.goto(address('link', '/'))
      await page.waitForLoadState('networkidle')
      await page.keyboard.type('www.brest.fr/venir')
      await press(say('Choisir le nom, la durée, un mot de passe', 'Choose a name, an expiry date, a password'))
      await reach(say('Nom du lien', 'Name of the link'))
      await page.keyboard.type('stats')
      await page
        .locator('#slug-hint')
        .getByText(say('sert au service lui-même', 'is used by the service itself'))
        .waitFor()
      await page.keyboard.press('Control+A')
      await page.keyboard.type(slug)
      await page.locator('#slug-hint').getByText(say('Ce nom est libre.', 'This name is free.')).waitFor()
      await page.keyboard.press('Enter')
      const short = await page.locator('output').textContent()
      expect(short).toBe(`link.localhost:${it.port}/${slug}`)
      await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe(short)
      await press(say('Copier', 'Copy'))
      await page.getByText(say('Copié', 'Copied')).waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`http://${short}`)
      expect((await ask(it.port, 'link.localhost', `/${slug}`)).headers.location).toBe('https://www.brest.fr/venir')

      await press(say('Modifier ce lien', 'Change this link'))
      await page.waitForURL(/\/modifier\//)
      await reach(say('Titre, pour vous y retrouver', 'Title, to find the link again'))
      await page.keyboard.type('Venir à vélo')
      await press(say('Enregistrer', 'Save'))
      await page.getByText(say('C’est enregistré.', 'Saved.')).waitFor()

      await page.goto(address('link', '/'))
      await press(say('Mes liens', 'My links'))
      await page.getByText('Venir à vélo').waitFor()
      await press(say('Modifier', 'Change'))
      await page.waitForURL(/\/modifier\//)
      await press(say('Effacer le lien', 'Delete the link'))
      await press(say(`J’ai compris, effacer /${slug}`, `I understand, delete /${slug}`))
      await page.getByRole('heading', { name: say('Le lien est effacé', 'The link is deleted') }).waitFor()
      expect((await ask(it.port, 'link.localhost', `/${slug}`)).status).toBe(410)
      expect(complaints).toEqual([])
      await close()
    },
  )

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
})
