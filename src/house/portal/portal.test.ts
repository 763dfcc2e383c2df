import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { services } from '../../services.ts'
import { sameText } from '../../platform/figures/numbers.ts'

const report = JSON.parse(readFileSync(join(resolve(import.meta.dirname, '../../..'), 'data/report-2023.json'), 'utf8'))

let it: TestInstance
let empty: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services, env: { BAGAD_DEMO: 'on' } })
  empty = await openTestInstance({ services })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await empty[Symbol.asyncDispose]()
})

const page = async (path: string, language = 'fr') =>
  parseHTML((await it.ask('', path, { headers: { ...BROWSER, 'accept-language': language } })).text).document

describe('the figures of the report of 2023', () => {
  test('stand in its 14 tables cell by cell, as printed', async () => {
    const document = await page('/chiffres')
    expect(document.querySelectorAll('table[data-table]')).toHaveLength(14)
    for (const table of report.tables) {
      const shown = document.querySelector(`table[data-table="${table.id}"]`)
      expect(
        [...(shown?.querySelectorAll('thead th') ?? [])].slice(1).map(({ textContent }) => textContent),
        table.id,
      ).toEqual(table.columns.slice(1))
      for (const row of table.rows) {
        const cells = [...(shown?.querySelectorAll(`tr[data-series="${row.series}"] td`) ?? [])].map(
          ({ textContent }) => sameText(textContent === 'non connu' ? '' : textContent),
        )
        expect(cells, `${table.id} ${row.series}`).toEqual(row.cells.map(sameText))
      }
    }
  })

  test('are the same numbers in English', async () => {
    const document = await page('/figures', 'en')
    const cells = (series: string) =>
      [...document.querySelectorAll(`tr[data-series="${series}"] td`)].map(({ textContent }) => textContent)
    expect(cells('lists.subscriptions')).toEqual(['357,306', '344,548', '313,715', '\u221230,833'])
    expect(cells('web.sites.php56')).toEqual(['668 (63.56%)', '585 (55.82%)', '501 (46.18%)', '\u221284'])
    expect(cells('drop.deleted')).toEqual(['N/C', '288,366', 'N/C'])
    expect(cells('members.total')).toEqual(['not known', 'not known', 'not known', '353', '407'])
  })

  test('that the report contradicts itself are noted, with what computing gives', async () => {
    const document = await page('/chiffres')
    const notes = [...document.querySelectorAll('.noted[id]')].map(({ textContent }) => textContent).join('\n')
    expect(notes).toContain('Valeur tronquée')
    expect(notes).toContain('0,4455')
    expect(notes).toContain('353 + 69 \u2212 25 = 397')
  })

  test('of two dates or more are drawn: each drawing an image with its words', async () => {
    const document = await page('/chiffres')
    const drawings = [...document.querySelectorAll('svg.drawing')]
    expect(drawings.length).toBeGreaterThanOrEqual(13)
    for (const drawing of drawings) {
      expect(drawing.getAttribute('role')).toBe('img')
      expect(drawing.querySelector('desc')?.textContent).toMatch(/\d/)
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('are there for programs', async () => {
    const answer = await it.ask('', '/stats.json')
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const deleted = answer.json().find(({ id }: { id: string }) => id === 'drop.deleted')
    expect(deleted.points[0]).toEqual({
      date: '2023',
      value: null,
      state: 'not-communicated',
      printed: 'N/C',
      source: 'import',
    })
  })
})

describe('the front', () => {
  test('names every running service, what it is for and who may use it', async () => {
    const document = await page('/')
    const services = [...document.querySelectorAll('.services li')].map(({ textContent }) => textContent)
    expect(services).toEqual([
      expect.stringMatching(/Raccourcir une adresse.*code QR.*Pour tout le monde/),
      expect.stringMatching(/Lire nos rapports.*Pour tout le monde/),
    ])
    expect(document.querySelector('.services a')?.getAttribute('href')).toBe(`http://link.localhost:${it.port}/`)
  })

  test('says that it is a demonstration, and only then', async () => {
    expect((await page('/')).querySelector('.banner')?.textContent).toContain('démonstration')
    expect((await empty.ask('', '/', { headers: BROWSER })).text).not.toContain('démonstration')
  })

  test('links carry the chosen language to the other hosts, which the cookie cannot reach', async () => {
    expect((await page('/?lang=en', 'fr')).querySelector('.services a')?.getAttribute('href')).toMatch(/\/\?lang=en$/)
  })

  test('of an instance where nothing is filled in still says what it is', async () => {
    const answer = await empty.ask('', '/', { headers: BROWSER })
    expect(answer.text).toContain('Des outils libres')
    expect(answer.text).not.toMatch(/undefined|null|NaN/)
    expect((await empty.ask('', '/chiffres', { headers: BROWSER })).text).toContain('Liens raccourcis')
    expect((await empty.ask('', '/mentions-legales', { headers: BROWSER })).text).toContain('à compléter')
  })
})

describe('pages', () => {
  test.each([
    '/mentions-legales',
    '/legal',
    '/conditions',
    '/terms',
    '/confidentialite',
    '/privacy',
    '/statut',
    '/status',
    '/chiffres/',
    '/problems/link/too-long',
  ])('%s answers in both languages', async (path) => {
    const french = await it.ask('', path, { headers: BROWSER })
    const english = await it.ask('', path, { headers: { ...BROWSER, 'accept-language': 'en' } })
    expect([french.status, english.status]).toEqual([200, 200])
    expect(french.text).toContain('<html lang="fr">')
    expect(english.text).toContain('<html lang="en">')
  })

  test('reporting leads to the desk; where there is none, a page says whom to write to', async () => {
    const led = await it.ask('', '/signaler?url=http%3A%2F%2Flink.localhost%2Fx')
    expect([led.status, led.headers.location]).toEqual([
      302,
      `http://moderation.localhost:${it.port}/signaler?url=http%3A%2F%2Flink.localhost%2Fx`,
    ])
    await using bare = await openTestInstance({ only: services.filter(({ name }) => name !== 'desk') })
    const answer = await bare.ask('', '/report', { headers: BROWSER })
    expect([answer.status, answer.text.includes('Signaler')]).toEqual([200, true])
    expect(
      (await bare.ask('link', '/api/v1/reports', { method: 'POST', body: { url: 'x', category: 'spam' } })).status,
    ).toBe(404)
  })

  test('a problem is explained without what only one case could say', async () => {
    for (const code of ['too-long', 'unwelcome', 'removed'])
      expect((await it.ask('', `/problems/link/${code}`, { headers: BROWSER })).text, code).not.toContain('{{')
    expect((await it.ask('', '/problems/link/too-long', { headers: BROWSER })).text).toContain(
      'La limite est de … caractères',
    )
  })

  test('a problem that nobody has is not explained', async () => {
    for (const path of ['/problems/link/nothing', '/problems/nobody/too-long', '/problems/platform/constructor'])
      expect((await it.ask('', path, { headers: BROWSER })).status).toBe(404)
  })
})

test('a demonstration that was filled is filled once', async () => {
  const { rows } = await it.instance.platform.database.pool.query(
    'select service from platform.demonstration order by service',
  )
  expect(rows).toEqual([
    { service: 'desk' },
    { service: 'identity' },
    { service: 'link' },
    { service: 'portal' },
    { service: 'report' },
  ])
})
