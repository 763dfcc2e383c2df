import { array, assert, constantFrom, dictionary, integer, option, property, string } from 'fast-check'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { tokenFor } from '../../../../tests/people.ts'
import { checkFile } from './check.ts'
import { ORGANISATION_KEYS, SERVICE_KEYS } from './keys.ts'
import { readDate, readList, readProperties, writeList, writeProperties } from './property-text.ts'
import { report } from '../service.ts'
import { link } from '../../../commons/link/service.ts'

describe('a file of properties', () => {
  test('says after reading what it was written with, whatever the values are', () => {
    const keys = string({ unit: constantFrom('a', 'b', '.', 'é'), minLength: 1, maxLength: 8 }).filter(
      (key) => !key.startsWith('.'),
    )
    assert(
      property(dictionary(keys, string({ unit: 'grapheme' })), (values) => {
        const bare = Object.entries(values).map(([key, value]): [string, string] => [
          key,
          value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\ufeff]+/gu, ' ').trim(),
        ])
        const said = new Map(bare.filter(([, value]) => value !== ''))
        expect(readProperties(writeProperties('Titre', Object.entries(values))).values).toEqual(said)
      }),
    )
  })

  test('has comments, empty lines and lines that say nothing', () => {
    const file = readProperties(
      '\ufeff# titre\r\n\r\n  organization.name =  Infini = ici \r\nrien\n=vide\norganization.name=Autre',
    )
    expect([...file.values]).toEqual([['organization.name', 'Autre']])
    expect(file).toMatchObject({ unreadable: [4, 5], repeated: ['organization.name'] })
  })

  test('has lists of a year: what is not known is empty, what is not there is not known, commas and semicolons part', () => {
    expect(readList(',73,33,10', 'months')).toEqual([null, 73, 33, 10])
    expect(readList('1;2,5;', 'months')).toEqual([1, 2.5, null])
    expect(readList('x', 'months')).toBeUndefined()
    expect(readList(','.repeat(12), 'months')).toBeUndefined()
    expect(readList(','.repeat(365), 'days')).toHaveLength(366)
    assert(
      property(array(option(integer({ min: 0, max: 1e9 })), { maxLength: 53 }), (values) => {
        const read = readList(writeList(values), 'weeks') ?? []
        expect(values.map((_, index) => read[index] ?? null)).toEqual(values)
      }),
    )
  })

  test.each([
    ['2020-07-06', '2020-07-06'],
    ['06/07/2020', '2020-07-06'],
    ['31/02/2020', undefined],
    ['hier', undefined],
  ])('reads the date %s', (text, date) => expect(readDate(text)?.toString()).toBe(date))

  test('is checked: missing, unknown, of another type, said twice', () => {
    const text =
      'file.class=Organization\nfile.protocol=x\nfile.datetime=2026-03-01T00:00:00\norganization.website=infini.fr\norganization.colour=blue\norganization.country.code=FR\norganization.country.code=fr'
    expect(checkFile(text)).toEqual([
      { what: 'missing', where: 'organization.name', value: '' },
      { what: 'missing', where: 'organization.memberof.chatons.startdate', value: '' },
      { what: 'repeated', where: 'organization.country.code', value: 'fr' },
      { what: 'wrong', where: 'organization.website', value: 'infini.fr' },
      { what: 'unknown', where: 'organization.colour', value: 'blue' },
      { what: 'wrong', where: 'organization.country.code', value: 'fr' },
    ])
  })
})

describe('what the collective reads', () => {
  let it: TestInstance
  let token: string
  const file = (name: string, headers = {}) => it.ask('', `/.well-known/chatonsinfos/${name}.properties`, { headers })
  const valuesOf = async (name: string) => readProperties((await file(name)).text).values

  beforeAll(async () => {
    it = await openTestInstance({ services: [link, report], env: { BAGAD_LIMITS: 'relaxed' } })
    token = await tokenFor(it, 'anne', ['report:write'], ['coordinator'])
    await it.instance.platform.figures.sample(Temporal.PlainDate.from('2025-12-31'))
    await it.instance.platform.figures.sample(it.instance.platform.today())
  })
  afterAll(() => it[Symbol.asyncDispose]())

  test('is valid from the first start, for every page to read, with an entity tag and without a cookie', async () => {
    for (const name of ['localhost', 'link', 'link-metrics', 'report', 'report-metrics']) {
      const answer = await file(name)
      expect(answer.status, name).toBe(200)
      expect(checkFile(answer.text), name).toEqual([])
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'access-control-allow-origin': '*',
        etag: expect.any(String),
      })
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect((await file(name, { 'if-none-match': answer.headers.etag })).status).toBe(304)
    }
    for (const name of ['portal', 'nobody', 'link-nothing', '__proto__'])
      expect((await file(name)).status, name).toBe(404)
  })

  test('names the association, its services and where their files are', async () => {
    const values = await valuesOf('localhost')
    expect(values.get('organization.contact.email')).toBe('contact@localhost')
    expect(values.get('subs.link')).toBe(`http://localhost:${it.port}/.well-known/chatonsinfos/link.properties`)
    const link = await valuesOf('link')
    expect(link.get('service.registration')).toBe('None')
    expect(link.get('subs.metrics')).toBe(
      `http://localhost:${it.port}/.well-known/chatonsinfos/link-metrics.properties`,
    )
  })

  test('counts by months, weeks and days of each year: the last day is where it belongs', async () => {
    const values = await valuesOf('link-metrics')
    expect(readList(values.get('metrics.links.count.2025.months') ?? '', 'months')).toEqual([
      ...Array.from({ length: 11 }, () => null),
      0,
    ])
    expect(readList(values.get('metrics.links.count.2025.days') ?? '', 'days')?.length).toBe(365)
    // The last day of 2025 is of the first week of 2026: it stands at the end of its own year.
    expect(readList(values.get('metrics.links.count.2025.weeks') ?? '', 'weeks')?.length).toBe(53)
  })

  test('is filled in by those who may, and refused whole where a value has another form', async () => {
    const form = { 'organization.contact.url': 'https://www.infini.fr/contact', 'organization.name': 'Infini' }
    const send = (body: Record<string, string>, headers = {}) =>
      it.ask('report', '/fiche-chatons/organisation', {
        method: 'POST',
        headers: { ...BROWSER, ...headers },
        body: new URLSearchParams(body),
      })
    const known = { authorization: `Bearer ${token}` }
    expect((await send(form)).status).toBe(401)
    expect((await send({ ...form, 'organization.website': 'nulle part' }, known)).status).toBe(422)
    expect((await valuesOf('localhost')).get('organization.name')).toBe('Bagad')
    expect((await send(form, known)).status).toBe(303)
    expect((await valuesOf('localhost')).get('organization.name')).toBe('Infini')
    expect((await valuesOf('localhost')).get('organization.contact.url')).toBe('https://www.infini.fr/contact')
    await send({ 'organization.name': '' }, known)
    expect((await valuesOf('localhost')).get('organization.name')).toBe('Bagad')
  })

  test('has what came to each service’s host: days, and the sums of weeks and months but for visitors', async () => {
    const { figures, today } = it.instance.platform
    const year = today().year - 1
    const count = (what: string, value: number) => ({
      service: 'report',
      figure: { id: `report.http.${what}`, unit: 'count', label: { fr: 'x', en: 'x' }, definition: { fr: '', en: '' } },
      value,
    })
    for (const day of [1, 2])
      await figures.keepDay(Temporal.PlainDate.from({ year, month: 3, day }), [
        count('hits', 10 * day),
        count('visitors', day),
        count('status.404', 1),
      ])
    const values = await valuesOf('report-metrics')
    expect(checkFile((await file('report-metrics')).text)).toEqual([])
    expect(readList(values.get(`metrics.http.hits.${year}.months`) ?? '', 'months')).toEqual([null, null, 30])
    const first = Temporal.PlainDate.from({ year, month: 3, day: 1 }).dayOfYear - 1
    expect(readList(values.get(`metrics.http.hits.${year}.days`) ?? '', 'days')?.slice(first - 1)).toEqual([
      null,
      10,
      20,
    ])
    expect(readList(values.get(`metrics.http.status.404.${year}.months`) ?? '', 'months')).toEqual([null, null, 2])
    expect(readList(values.get(`metrics.http.visitors.${year}.days`) ?? '', 'days')?.slice(-2)).toEqual([1, 2])
    expect(values.get(`metrics.http.visitors.${year}.months`)).toBeUndefined()
    expect((await valuesOf('link-metrics')).has('metrics.http.hits.name')).toBe(false)
  })

  test('is shown as the crawler sees it, with what is supposed marked for those who can fill it in', async () => {
    const page = async (path: string, headers = {}) =>
      parseHTML((await it.ask('report', path, { headers: { ...BROWSER, ...headers } })).text).document
    expect((await page('/fiche-chatons')).querySelectorAll('.state-good')).toHaveLength(5)
    expect((await page('/fiche-chatons/link')).querySelector('pre')?.textContent).toContain('service.name=Liens')
    const forms = await page('/fiche-chatons/link', { authorization: `Bearer ${token}` })
    expect(forms.querySelectorAll('form.lines label').length).toBeGreaterThan(25)
    expect(forms.querySelector('fieldset')?.textContent).toContain('à remplir')
    expect([...forms.querySelectorAll('form.lines legend')].map(({ textContent }) => textContent)).toEqual([
      'Le service',
      'Le logiciel',
      'La machine',
    ])
  })

  test.each(['fr', 'en'])('asks for every line and every choice in words (%s)', async (language) => {
    for (const about of ['organisation', 'link']) {
      const headers = { ...BROWSER, 'accept-language': language, authorization: `Bearer ${token}` }
      const { document } = parseHTML((await it.ask('report', `/fiche-chatons/${about}`, { headers })).text)
      const keys = [...document.querySelectorAll('form.lines :is(input, select)')].map((field) =>
        field.getAttribute('name'),
      )
      const asked = (about === 'link' ? SERVICE_KEYS : ORGANISATION_KEYS)
        .filter(({ isOwn }) => !isOwn)
        .map(({ key }) => key)
      expect(keys.filter((key) => key !== null)).toEqual(expect.arrayContaining(asked))
      expect(document.querySelector('option[value="ACTIVE"], option[value="OK"]')?.textContent).toMatch(
        /^(en activité|active|tout va bien|all is well) \(/,
      )
    }
  })

  test('goes on with the last good file while the database is away', async () => {
    const { pool } = it.instance.platform.database
    const before = (await file('localhost')).text
    const { rows } = await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect((await file('localhost')).text).toBe(before)
  })
})
