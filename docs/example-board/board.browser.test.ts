import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openBrowser, openPage } from '../../tests/browser.ts'
import { openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { describePages } from '../../tests/pages.ts'
import { boardPages, noticePath } from './board.pages.ts'
import { board } from './service.ts'

describePages(boardPages)

describe.skipIf(!hasBrowser)('in a browser', () => {
  let it: TestInstance
  let browser: Browser
  beforeAll(async () => {
    it = await openTestInstance({ services: [board], env: { BAGAD_DEMO: 'on' } })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  test('an answer brings the proof of work that was done while it was written', async () => {
    const { page, complaints, close } = await openPage(browser)
    await page.goto(`http://board.localhost:${it.port}${await noticePath(it)}`)
    await page.waitForLoadState('networkidle')
    await page.getByLabel('Votre message').fill('Toujours là ?')
    await page.locator('input[name=email]').fill('yann@example.net')
    await expect.poll(() => page.locator('input[name=proof]').inputValue()).not.toBe('')
    await page.getByRole('button', { name: 'Envoyer' }).click()
    await page.locator('output.done').waitFor()
    const { rowCount } = await it.instance.platform.database.pool.query('select from limits.spent_proof')
    expect([rowCount, complaints]).toEqual([1, []])
    await close()
  })
})
