import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openBrowser, openPage } from '../../../tests/browser.ts'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { describePages } from '../../../tests/pages.ts'
import { link } from '../../commons/link/service.ts'
import { portalPages } from './portal.pages.ts'

describePages(portalPages)

let it: TestInstance
let browser: Browser

const address = (host: string, path: string) => `http://${host ? `${host}.` : ''}localhost:${it.port}${path}`

describe.skipIf(!hasBrowser)('in a browser', () => {
  beforeAll(async () => {
    it = await openTestInstance({ services: [link], env: { BAGAD_DEMO: 'on' } })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
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
