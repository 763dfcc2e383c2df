import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axe, hasBrowser, openBrowser, openPage, sticksOut, violationsOn } from '../../../../tests/browser.ts'
import { openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { PASSWORD, personIn } from '../../../../tests/people.ts'
import { report } from '../service.ts'
import { link } from '../../../commons/link/service.ts'

/** Pages of those who write; the report of 2024 is begun below, and a snapshot is there. */
const PAGES = [
  '/reports',
  '/reports/2024/edit',
  '/reports/2024/gaps',
  '/reports/2024/versions',
  '/instantane',
  '/importer',
  '/chiffres/pad.pads',
  '/chiffres/link.total',
  '/reports/2023',
  '/fiche-chatons/organisation',
]

let it: TestInstance
let browser: Browser
let signedIn: NonNullable<Exclude<BrowserContextOptions['storageState'], string>>

const address = (path: string) => `http://report.localhost:${it.port}${path}`

/** A page of somebody who has signed in and may do everything with reports. */
const openWriter = (options: BrowserContextOptions = {}) => openPage(browser, { storageState: signedIn, ...options })

describe.skipIf(!hasBrowser)('in a browser, those who write', () => {
  beforeAll(async () => {
    it = await openTestInstance({ services: [link, report], env: { BAGAD_DEMO: 'on', BAGAD_LIMITS: 'relaxed' } })
    await personIn(it, 'nolwenn', { roles: ['coordinator', 'board', 'technician'], password: PASSWORD })
    await it.instance.platform.figures.snapshots.freeze('essai', Temporal.PlainDate.from('2025-03-15'), {
      isPast: true,
    })
    browser = await openBrowser()
    const { page, close } = await openPage(browser)
    await page.goto(address('/reports/2023/edit'))
    await page.fill('[name=username]', 'nolwenn')
    await page.fill('[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForURL(address('/reports/2023/edit'))
    await page.goto(address('/reports'))
    await page.getByRole('button', { name: 'Commencer' }).click()
    await page.waitForURL(address('/reports/2024/edit'))
    signedIn = await page.context().storageState()
    await close()
  })
  afterAll(async () => {
    await browser.close()
    await it[Symbol.asyncDispose]()
  })

  test.each(PAGES)('%s: axe finds nothing, on a phone and on a desk, light and dark', async (path) => {
    const { page, complaints, close } = await openWriter({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
    await page.goto(address(path))
    await page.evaluate(axe)
    expect(await violationsOn(page)).toEqual([])
    expect(await sticksOut(page)).toBe(0)
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await violationsOn(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('insert a figure by « / » with the keyboard alone, see it beside, and keep it', async () => {
    const { page, complaints, close } = await openWriter()
    await page.goto(address('/reports/2024/edit'))
    await page.waitForLoadState('networkidle')
    await page.getByLabel('Texte').focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('Nous avons ')
    await page.keyboard.press('/')
    await page.getByLabel('Que voulez-vous insérer').waitFor()
    await page.keyboard.type('nombre de pads, 2024')
    await page.keyboard.press('Enter')
    await page.keyboard.type(' pads.\n\n')
    expect(await page.getByLabel('Texte').inputValue()).toMatch(/^Nous avons \{\{pad\.pads@2024\}\} pads\.\n/)
    await page.locator('#preview-page').getByText('Nous avons 1\u202f942 pads.').waitFor()
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByText('C’est enregistré.').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('type a « / » inside a word, and nothing opens', async () => {
    const { page, close } = await openWriter()
    await page.goto(address('/reports/2024/edit'))
    await page.waitForLoadState('networkidle')
    await page.getByLabel('Texte').focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('et')
    await page.keyboard.press('/')
    await page.keyboard.type('ou ')
    expect(await page.getByLabel('Texte').inputValue()).toMatch(/^et\/ou /)
    await close()
  })

  test('take a report to its publication without JavaScript', async () => {
    const { page, close } = await openWriter({ javaScriptEnabled: false })
    await page.goto(address('/reports/2024/edit'))
    await page.getByLabel('Texte').fill('# Bilan\n\nUn mot.\n\n{{table members}}\n')
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByRole('button', { name: 'Demander l’approbation' }).click()
    await page.getByRole('button', { name: 'Approuver' }).click()
    await page.getByRole('button', { name: 'Publier' }).click()
    expect(await page.locator('h1').textContent()).toBe('Rapport d’activité 2024')
    expect(await page.getByRole('link', { name: 'Télécharger en PDF' }).getAttribute('href')).toBe('/reports/2024.pdf')
    await close()
  })

  test('take the snapshot with one button, after what is odd was shown', async () => {
    const { page, close } = await openWriter()
    await page.goto(address('/instantane'))
    expect(await page.locator('#odd + ul').textContent()).toContain('C’est bien ça')
    await page.getByRole('button', { name: 'Figer les chiffres' }).click()
    await page.waitForURL(address('/chiffres'))
    expect((await it.ask('report', '/api/v1/snapshots')).json()).toHaveLength(2)
    await page.goto(address('/instantane'))
    await page.getByRole('button', { name: 'Figer les chiffres' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('existe déjà')
    await close()
  })

  test('bring a printed report without JavaScript: its other values beside ours, kept, or replaced for a reason', async () => {
    const { page, close } = await openWriter({ javaScriptEnabled: false })
    const history = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../data/report-2023.json'), 'utf8'))
    history.series.find(({ id }: { id: string }) => id === 'pad.pads').points[0].value = 1041
    const bring = async () => {
      await page.goto(address('/importer'))
      await page.getByLabel('Fichier').setInputFiles({
        name: 'rapport.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(history)),
      })
      await page.getByRole('button', { name: 'Regarder' }).click()
    }
    const value = async () => (await it.ask('report', '/api/v1/figures/pad.pads/points?to=2023')).json().at(-1).value
    await bring()
    expect(await page.getByRole('row', { name: 'Nombre de pads' }).textContent()).toBe(
      'Nombre de pads20231\u202f0401\u202f041',
    )
    expect(await page.getByText('40 séries, 14 tableaux, 0 valeur nouvelle').count()).toBe(1)
    expect(await page.getByText('points à vérifier').count()).toBe(1)
    await page.getByRole('button', { name: 'Importer' }).click()
    expect(await value()).toBe(1040)
    await bring()
    await page.getByRole('radio', { name: 'Celles du fichier' }).check()
    await page.getByRole('button', { name: 'Importer' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('motif')
    await page.getByRole('textbox', { name: 'Motif' }).fill('recompté')
    await page.getByRole('button', { name: 'Importer' }).click()
    await page.waitForURL(address('/reports/2023'))
    expect(await value()).toBe(1041)
    await page.goto(address('/importer'))
    await page
      .getByLabel('Fichier')
      .setInputFiles({ name: 'rapport.json', mimeType: 'application/json', buffer: Buffer.from('{"format":') })
    await page.getByRole('button', { name: 'Regarder' }).click()
    expect(await page.getByRole('alert').count()).toBe(1)
    await close()
  })

  test('note a change of method on the page of its figure without JavaScript, and take it back', async () => {
    const { page, close } = await openWriter({ javaScriptEnabled: false })
    await page.goto(address('/chiffres/mail.boxes'))
    const note = async (since: string) => {
      await page.getByText('Noter un changement de méthode').click()
      await page.getByLabel('Depuis').fill(since)
      await page.getByLabel('en français').fill('Les alias ne comptent plus.')
      await page.getByLabel('en anglais').fill('Aliases no longer count.')
      await page.getByRole('button', { name: 'Noter ce changement' }).click()
    }
    await note('bientôt')
    expect(await page.getByRole('alert').textContent()).toContain('bientôt')
    await page.goto(address('/chiffres/mail.boxes'))
    await note('2022')
    expect(await page.locator('.breaks').textContent()).toContain('2022. Les alias ne comptent plus.')
    await page.getByRole('button', { name: 'Retirer celui de 2022' }).click()
    expect(await page.locator('.breaks').count()).toBe(0)
    await close()
  })

  test('put a frozen value right for a reason, and note an erratum, without JavaScript', async () => {
    const { page, close } = await openWriter({ javaScriptEnabled: false })
    await page.goto(address('/chiffres/link.total'))
    await page.getByText('Corriger une valeur figée').click()
    const correct = async (value: string) => {
      await page.locator('#frozen-value').fill(value)
      await page.locator('#frozen-reason').fill('compté après la panne')
      await page.getByRole('button', { name: 'Corriger cette valeur figée' }).click()
    }
    await correct('beaucoup')
    expect(await page.getByRole('alert').count()).toBe(1)
    await correct('77')
    expect(
      await page.getByRole('region', { name: 'Dans les instantanés' }).getByRole('row').nth(1).textContent(),
    ).toMatch(/77$/)
    await page.goto(address('/reports/2023'))
    await page.getByLabel('Noter une erreur').fill('Un mot est de trop.')
    await page.getByRole('button', { name: 'Noter cet erratum' }).click()
    expect(await page.locator('.errata').textContent()).toContain('Un mot est de trop.')
    await close()
  })

  test('put a value right on the page of its figure, or are told what cannot be read', async () => {
    const { page, close } = await openWriter()
    await page.goto(address('/chiffres/pad.pads'))
    const note = async (date: string, value: string) => {
      await page.getByLabel('Date :').fill(date)
      await page.getByLabel('Valeur (').fill(value)
      await page.getByLabel('Motif').fill('recompté')
      await page.getByRole('button', { name: 'Noter cette valeur' }).click()
    }
    await note('2022', 'beaucoup')
    expect(await page.getByRole('alert').textContent()).toContain('se contredisent')
    await note('2022', '1\u202f001')
    expect(await page.getByRole('row', { name: '2022' }).textContent()).toContain('noté à la main')
    await close()
  })
})
