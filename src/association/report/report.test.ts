import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseHTML } from 'linkedom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type Answer, type Asking, type TestInstance } from '../../../tests/instance.ts'
import { tokenFor } from '../../../tests/people.ts'
import { sameText } from '../../platform/figures/numbers.ts'
import { report } from './service.ts'
import { link } from '../../commons/link/service.ts'

const history = JSON.parse(
  readFileSync(join(resolve(import.meta.dirname, '../../..'), 'data/report-2023.json'), 'utf8'),
)

let it: TestInstance
let writer: string
let reading: string

beforeAll(async () => {
  it = await openTestInstance({ services: [link, report], env: { BAGAD_LIMITS: 'relaxed' } })
  writer = await tokenFor(it, 'anne', ['report:write'], ['coordinator', 'board', 'technician'])
  reading = await tokenFor(it, 'yann', ['report:read'], ['volunteer'])
})
afterAll(() => it[Symbol.asyncDispose]())

const ask = (path: string, asking: Asking = {}) => it.ask('report', path, asking)
const as = (token: string, path: string, asking: Asking = {}): Promise<Answer> =>
  ask(path, { ...asking, headers: { authorization: `Bearer ${token}`, ...asking.headers } })
const post = (path: string, body: object = {}, token = writer) => as(token, path, { method: 'POST', body })
const page = async (path: string, headers: Record<string, string> = {}) =>
  parseHTML((await ask(path, { headers: { ...BROWSER, ...headers } })).text).document

describe('importing a printed report', () => {
  test('asks for a key that may write', async () => {
    expect((await ask('/api/v1/import', { method: 'POST', body: history })).status).toBe(401)
    expect((await post('/api/v1/import', history, reading)).status).toBe(403)
    expect((await post('/api/v1/import', history, 'bagad_nothing')).status).toBe(401)
  })

  test('tells what it would do, and does nothing', async () => {
    const answer = await post('/api/v1/import?mode=dry', history)
    expect(answer.json()).toMatchObject({ series: 40, points: 94, tables: 14, report: '2023' })
    expect((await ask('/reports/2023')).status).toBe(404)
  })

  test('brings its figures, names its gaps, and publishes it as it was printed', async () => {
    const answer = await post('/api/v1/import', history)
    expect(answer.status).toBe(200)
    const { gaps } = answer.json()
    for (const where of ['mail.mean 2022', 'web.visitors.perday 2024-03', 'members.total 2023']) {
      expect(gaps, where).toContainEqual(
        expect.objectContaining({
          where,
          says: expect.any(String),
          printed: expect.any(String),
          computed: expect.any(String),
        }),
      )
    }
    expect((await ask('/reports/2023')).status).toBe(200)
  })

  test('again brings nothing new', async () => {
    expect((await post('/api/v1/import', history)).json()).toMatchObject({ points: 0 })
    expect((await as(reading, '/api/v1/annual-reports')).json()).toHaveLength(1)
  })

  test('with another value is refused with both, until somebody says which one stands, and why', async () => {
    const other = structuredClone(history)
    other.series[0].points[4].value = 408
    const conflict = await post('/api/v1/import', other)
    expect(conflict.status).toBe(409)
    expect(conflict.headers['content-type']).toBe('application/problem+json')
    expect(conflict.json()).toMatchObject({
      conflicts: [{ figure: 'members.total', date: '2023', there: { value: 407 }, incoming: { value: 408 } }],
    })
    expect((await post('/api/v1/import?on-conflict=replace', other)).status).toBe(422)
    expect((await post('/api/v1/import?on-conflict=keep', other)).json()).toMatchObject({ points: 0 })
    expect((await post('/api/v1/import?on-conflict=replace&reason=recompt%C3%A9', other)).json()).toMatchObject({
      points: 1,
    })
    const total = async () => (await ask('/api/v1/figures/members.total/points?from=2023')).json()
    expect(await total()).toMatchObject([{ value: 408 }])
    await post('/api/v1/import?on-conflict=replace&reason=erreur', history)
    expect(await total()).toMatchObject([{ value: 407 }])
  })

  test.each([
    ['no history', { ...history, series: 'none' }],
    [
      'a number that is none',
      { ...history, series: [{ ...history.series[0], points: [{ date: '2023', value: 'beaucoup' }] }], tables: [] },
    ],
    [
      'a table with an unknown series',
      {
        ...history,
        tables: [
          { ...history.tables[0], rows: [{ series: 'members.nobody', label: 'x', cells: ['', '', '', '', ''] }] },
        ],
      },
    ],
  ])('%s is refused with its path and value', async (_, file) => {
    const answer = await post('/api/v1/import', file)
    expect(answer.status).toBe(422)
    expect(answer.json().detail).toMatch(/\/(series|tables|format)/)
  })
})

describe('the report that was imported', () => {
  test('shows its 14 tables cell by cell, as printed, with a note where computing gives something else', async () => {
    const document = await page('/reports/2023')
    for (const { id, columns, rows } of history.tables) {
      const table = document.querySelector(`table[data-table="${id}"]`)
      expect(table?.querySelector('caption')?.textContent, id).not.toBe('')
      expect([...(table?.querySelectorAll('thead th[scope=col]') ?? [])], id).toHaveLength(columns.length)
      for (const { series, cells } of rows) {
        const row = table?.querySelector(`tr[data-series="${series}"]`)
        expect(row?.querySelector('th[scope=row]'), series).not.toBeNull()
        expect([...(row?.querySelectorAll('td') ?? [])].map(({ textContent }) => sameText(textContent === 'non connu' ? '' : textContent)), series).toEqual(cells.map(sameText)) // prettier-ignore
      }
    }
    expect([...document.querySelectorAll('.noted[id]')].map(({ textContent }) => textContent).join(' ')).toMatch(
      /10 inexpliqué·e·s.*0,4455/s,
    )
  })

  test('has a drawing of each table of two dates or more, each with ids of its own', async () => {
    const document = await page('/reports/2023')
    expect(document.querySelectorAll('article svg[role=img] > title')).toHaveLength(13)
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is a tagged PDF, an ODT, and data', async () => {
    const pdf = await ask('/reports/2023.pdf')
    expect(pdf.headers['content-type']).toBe('application/pdf')
    expect(pdf.raw.subarray(0, 5).toString()).toBe('%PDF-')
    const odt = await ask('/reports/2023.odt')
    expect(odt.raw.subarray(30, 77).toString()).toContain('application/vnd.oasis.opendocument.text')
    expect((await ask('/reports/2023.json')).json()).toMatchObject({
      format: 'bagad-report/1',
      year: 2023,
      tables: { length: 14 },
    })
  })

  test('gives each table as CSV, ODS and JSON, and each drawing as a file', async () => {
    expect((await ask('/reports/2023/tables/drop.csv')).text).toContain('Documents supprimés,N/C,288\u202f366,N/C')
    expect((await ask('/reports/2023/tables/drop.ods')).headers['content-type']).toBe(
      'application/vnd.oasis.opendocument.spreadsheet',
    )
    const [, deleted] = (await ask('/reports/2023/tables/drop.json')).json().rows
    expect(deleted).toMatchObject({
      series: 'drop.deleted',
      cells: [{ text: 'N/C', value: null }, { value: 288_366 }, { text: 'N/C', value: null }],
    })
    const drawing = await ask('/reports/2023/drawings/drop.svg')
    expect(drawing.headers['content-type']).toBe('image/svg+xml')
    expect(drawing.text).not.toContain('var(')
    for (const path of ['tables/nothing.csv', 'drawings/nothing.svg', 'drawings/mobilizon.svg', 'tables/drop.exe'])
      expect((await ask(`/reports/2023/${path}`)).status).toBeGreaterThanOrEqual(400)
  })
})

describe('figures for programs', () => {
  test('are listed with their definitions, for any page to read', async () => {
    const answer = await ask('/api/v1/figures')
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.json().find(({ id }: { id: string }) => id === 'pad.pads')).toMatchObject({
      service: 'pad',
      kind: 'stock',
      unit: 'count',
      public: true,
      label: { fr: 'Nombre de pads', en: 'Pads' },
    })
  })

  test('are told point by point, at their own precision; unknown and not communicated are no zeros', async () => {
    expect((await ask('/api/v1/figures/drop.deleted/points')).json()).toEqual([
      { date: '2023', value: null, state: 'not-communicated', printed: 'N/C', source: 'import' },
      { date: '2024', value: 288_366, state: 'known', printed: '288 366', source: 'import' },
    ])
    expect((await ask('/api/v1/figures/cloud.accounts/points?from=2023&to=2023-12')).json()).toMatchObject([
      { date: '2023-03', value: 187 },
    ])
    expect((await ask('/api/v1/figures/nobody.knows/points')).status).toBe(404)
    for (const from of ['hier', '2024-02-31', '2024-13'])
      expect((await ask(`/api/v1/figures/pad.pads/points?from=${from}`)).status, from).toBe(422)
  })

  test('are put right by hand with a reason, and their breaks of method noted', async () => {
    const right = { date: '2022', value: 31_000, state: 'estimated', reason: 'd’après un vieux relevé' }
    expect((await post('/api/v1/figures/link.active/points', right)).status).toBe(201)
    expect((await ask('/api/v1/figures/link.active/points?to=2022')).json()).toMatchObject([
      { value: 31_000, state: 'estimated', source: 'manual' },
    ])
    expect((await post('/api/v1/figures/link.active/points', { ...right, reason: '' })).status).toBe(400)
    expect((await post('/api/v1/figures/link.active/points', { ...right, value: null })).status).toBe(422)
    expect(
      (
        await post('/api/v1/figures/link.active/breaks', {
          since: '2026',
          what: { fr: 'Les liens morts ne comptent plus.', en: 'Dead links no longer count.' },
        })
      ).status,
    ).toBe(201)
    expect((await page('/chiffres/link.active')).body.textContent).toContain('Les liens morts ne comptent plus.')
  })

  test('are frozen under a name, whole and once, and put right with a reason', async () => {
    const name = 'mars 2026'
    const taken = await post('/api/v1/snapshots', { name })
    expect(taken.status).toBe(201)
    expect(taken.json().figures).toBeGreaterThan(5)
    expect((await post('/api/v1/snapshots', { name })).status).toBe(409)
    expect(
      (
        await post('/api/v1/snapshots', {
          name: 'demain',
          date: it.instance.platform.today().add({ days: 1 }).toString(),
        })
      ).status,
    ).toBe(422)
    expect((await ask('/api/v1/snapshots')).json()).toMatchObject([
      { name, date: it.instance.platform.today().toString() },
    ])
    expect((await ask('/api/v1/figures/link.total/points?step=snapshot')).json()).toMatchObject([{ value: 0 }])
    const path = `/api/v1/snapshots/${encodeURIComponent(name)}/figures/link.total`
    expect(
      (await as(writer, path, { method: 'PATCH', body: { value: 4, reason: 'compté après la panne' } })).status,
    ).toBe(200)
    expect((await ask('/api/v1/figures/link.total/points?step=snapshot')).json()).toMatchObject([{ value: 4 }])
  })
})

describe('figures for people', () => {
  test('stand by service with their line, value and change, each with a page of its own', async () => {
    const document = await page('/')
    expect(document.querySelectorAll('.figure-table').length).toBeGreaterThan(10)
    expect(document.querySelector('a[href="/chiffres/pad.pads"]')).not.toBeNull()
    expect(document.querySelectorAll('svg.sparkline').length).toBeGreaterThan(5)
    const one = await page('/chiffres/cloud.accounts')
    expect([...one.querySelectorAll('tbody tr')].map(({ textContent }) => textContent)).toEqual(['mars 2024225+38rapport imprimé', 'mars 2023187+20rapport imprimé', 'mars 2022167rapport imprimé']) // prettier-ignore
  })

  test('of one part alone are there for whoever pays for it', async () => {
    const document = await page('/?only=support')
    expect(
      [...document.querySelectorAll('.figure-table tbody a')].map((link) => link.getAttribute('href')?.split('.')[0]),
    ).toEqual(Array.from({ length: 3 }, () => '/chiffres/support'))
  })

  test('are a small picture for other sites', async () => {
    expect((await ask('/badges/pad.pads.svg')).text).toContain('1\u202f942')
    expect((await ask('/badges/pad.nothing.svg')).status).toBe(404)
  })

  test('what a snapshot would freeze is shown first, and how much', async () => {
    expect((await ask('/instantane', { headers: BROWSER })).headers.location).toBe('/_sso?next=%2Finstantane')
    expect((await ask('/instantane')).status).toBe(401)
    const answer = await as(writer, '/instantane', { headers: BROWSER })
    const { document } = parseHTML(answer.text)
    expect(document.querySelector('h1')?.textContent).toMatch(/^Prendre l’instantané de/)
    const { figures } = (
      await post('/api/v1/snapshots', {
        name: 'pour compter',
        date: Temporal.Now.plainDateISO('Europe/Paris').toString(),
      })
    ).json()
    expect(document.querySelector('.lead')?.textContent).toContain(`${figures} chiffres`)
  })
})

describe('a map of the départements', () => {
  const department = (number: string, label: string, points: object[]) => ({
    id: `members.department.${number}`,
    service: 'members',
    label,
    unit: 'count',
    points,
  })
  const at = (first: number, last: number) => [{ date: '2021', value: first }, { date: '2022', value: last }] // prettier-ignore

  test('shows one date or the difference of two, and nothing that could tell of few people', async () => {
    const file = {
      format: 'bagad-figures/1', report: { year: 2022 }, tables: [],
      series: [department('29', 'Finistère', at(100, 120)), department('22', 'Côtes-d’Armor', at(30, 21)), department('2a', 'Corse-du-Sud', at(2, 3))],
    } // prettier-ignore
    await post('/api/v1/import', file)
    expect((await ask('/api/v1/figures')).text).not.toContain('members.department')
    const { revision: base } = (await as(reading, '/api/v1/annual-reports/2022')).json()
    await as(writer, '/api/v1/annual-reports/2022', {
      method: 'PUT',
      body: {
        title: 'Rapport 2022',
        body: '{{map members.department@2022}}\n\n{{map members.department@2021..2022}}\n',
        base,
      },
    })
    await post('/api/v1/annual-reports/2022/review')
    await post('/api/v1/annual-reports/2022/approval')
    expect((await post('/api/v1/annual-reports/2022/publication')).status).toBe(201)
    const document = await page('/reports/2022')
    const [now, change] = [...document.querySelectorAll('article svg')]
    const titles = (svg: Element | undefined) =>
      [...(svg?.querySelectorAll('path title') ?? [])]
        .map(({ textContent }) => textContent)
        .toSorted((a, b) => (a ?? '').localeCompare(b ?? ''))
    expect(titles(now)).toEqual(["Côtes-d'Armor : 21", 'Finistère : 120'])
    expect(titles(change)).toEqual(["Côtes-d'Armor : \u22129", 'Finistère : +20'])
    expect(document.body.textContent).toContain('licence CC BY 4.0')
    const rows = [
      ...document.querySelectorAll('details.data table[data-table="members-department-2022-data"] tbody tr'),
    ]
    expect(rows.map(({ textContent }) => textContent)).toEqual(["Côtes-d'Armor21", 'Finistère120'])
    expect((await ask('/reports/2022.json')).text).not.toMatch(/"value":[23][,}]/)
    expect((await ask('/reports/2022.pdf')).status).toBe(200)
  })
})

describe('what a role allows', () => {
  test.each([
    [
      'a coordinator writes and publishes, and does not approve',
      'coordinator',
      { reports: 409, approval: 403, snapshots: 409, import: 200 },
    ],
    [
      'the council approves, and takes no snapshot',
      'board',
      { reports: 409, approval: 409, snapshots: 403, import: 403 },
    ],
    [
      'a technician imports and freezes, and writes nothing',
      'technician',
      { reports: 403, approval: 403, snapshots: 409, import: 200 },
    ],
    ['a member does nothing of it', 'member', { reports: 403, approval: 403, snapshots: 403, import: 403 }],
  ] as const)('%s', async (_, role, allowed) => {
    const token = await tokenFor(it, `${role}-alone`, ['report:write'], [role])
    expect((await post('/api/v1/annual-reports', { year: 2023 }, token)).status).toBe(allowed.reports)
    expect((await post('/api/v1/annual-reports/2023/approval', {}, token)).status).toBe(allowed.approval)
    expect((await post('/api/v1/snapshots', { name: 'mars 2026' }, token)).status).toBe(allowed.snapshots)
    expect((await post('/api/v1/import?mode=dry', history, token)).status).toBe(allowed.import)
  })
})

describe('the report of the next year', () => {
  const nextBody = async () => (await as(reading, '/api/v1/annual-reports/2024')).json()

  test('begins from the last one: tables and references moved on, nothing printed, nobody sees it but its writers', async () => {
    const begun = await post('/api/v1/annual-reports', { year: 2024 })
    expect(begun.status).toBe(201)
    expect(begun.json().title).toContain('2024')
    expect((await post('/api/v1/annual-reports', { year: 2024 })).status).toBe(409)
    expect((await ask('/reports/2024', { headers: BROWSER })).status).toBe(404)
    expect((await ask('/reports/2024.pdf')).status).toBe(404)
    const draft = parseHTML((await as(reading, '/reports/2024', { headers: BROWSER })).text).document
    expect(
      [...draft.querySelectorAll('table[data-table="cloud"] thead th')].slice(1).map(({ textContent }) => textContent),
    ).toEqual(['Mars 2023', 'Mars 2024', 'Mars 2025', 'Evolution / 2024'])
    expect(
      [...draft.querySelectorAll('tr[data-series="cloud.accounts"] td')].map(({ textContent }) => textContent),
    ).toEqual(['187', '225', 'non connu', 'non connu'])
    expect((await as(reading, '/reports/2024.pdf')).raw.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await ask('/', { headers: BROWSER })).text).not.toContain('Rapport d’activité 2024')
    expect((await it.ask('', '/chiffres', { headers: BROWSER })).text).toContain('Mars 2022')
  })

  test('is written by several: other paragraphs are merged, the same one is kept twice and shown', async () => {
    const body = '# Année\n\nUn paragraphe.\n\nUn autre.\n'
    const { revision } = await nextBody()
    const base = (
      await as(writer, '/api/v1/annual-reports/2024', {
        method: 'PUT',
        body: { title: 'Rapport 2024', body, base: revision },
      })
    ).json().revision
    const put = (text: string) =>
      as(writer, '/api/v1/annual-reports/2024', { method: 'PUT', body: { title: 'Rapport 2024', body: text, base } })
    expect((await put('# Année\n\nUn paragraphe long.\n\nUn autre.\n')).json()).toMatchObject({ clashes: [] })
    expect((await put('# Année\n\nUn paragraphe.\n\nUn tout autre.\n')).json()).toMatchObject({ clashes: [] })
    expect((await nextBody()).body).toBe('# Année\n\nUn paragraphe long.\n\nUn tout autre.\n')
    const clash = (await put('# Année\n\nUn paragraphe court.\n\nUn autre.\n')).json()
    expect(clash.clashes).toEqual([{ theirs: 'Un paragraphe long.', yours: 'Un paragraphe court.' }])
    expect((await post('/api/v1/annual-reports/2024/review')).status).toBe(409)
    const shown = (await as(reading, '/reports/2024', { headers: BROWSER })).text
    for (const part of ['Deux personnes ont changé ce passage', 'Un paragraphe long.', 'Un paragraphe court.'])
      expect(shown).toContain(part)
    expect((await as(reading, '/api/v1/annual-reports/2024/versions')).json()).toHaveLength(5)
  })

  test('lists sentences that hold a typed number, shows live figures in the others', async () => {
    const { revision: base } = await nextBody()
    const body =
      '# Bilan\n\nNous avons {{pad.pads@2024}} pads ({{pad.pads@2023..2024}}). La moitié des 12 sites sont vieux. Et voilà.\n\n{{web.sites.php56@2024-03%}} des domaines, {{drop.deleted@2023}} effacés, {{rien@2024}}.\n\n{{table members}}\n'
    await as(writer, '/api/v1/annual-reports/2024', {
      method: 'PUT',
      body: { title: '<b>#strong[Rapport]</b> 2024', body, base },
    })
    expect((await nextBody()).typedNumbers).toEqual(['La moitié des 12 sites sont vieux.'])
    const text = parseHTML((await as(reading, '/reports/2024', { headers: BROWSER })).text).document.querySelector(
      'article',
    )?.textContent
    expect(text).toContain('Nous avons 1\u202f942 pads (+902).')
    expect(text).toContain('46,18\u00a0% des domaines, N/C effacés, {{rien@2024}}.')
    expect((await as(reading, '/reports/2024.pdf')).status).toBe(200)
  })

  test('shows the figures of a drawing below it, unless its table stands right above', async () => {
    const { revision: base, body, title } = await nextBody()
    const more = '{{table pad}}\n\n{{drawing pad}}\n\nEt puis.\n\n{{drawing pic}}'
    await as(writer, '/api/v1/annual-reports/2024', {
      method: 'PUT',
      body: { title, body: `${body}\n${more}\n`, base },
    })
    const { document } = parseHTML((await as(reading, '/reports/2024', { headers: BROWSER })).text)
    expect([...document.querySelectorAll('.drawn table')].map((table) => table.getAttribute('data-table'))).toEqual([
      'pic-data',
    ])
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('names words that say another number than the figure beside them', async () => {
    const { revision: base, body, title } = await nextBody()
    const half = 'des sites est vieille ({{web.sites.php56@2024-03%}})'
    await as(writer, '/api/v1/annual-reports/2024', { method: 'PUT', body: { title, body: `${body}\nLa moitié ${half}. Près de la moitié ${half}. En moins de 5 minutes, {{pad.pads@2024}} pads.\n`, base } }) // prettier-ignore
    const claims = (await as(reading, '/api/v1/annual-reports/2024/gaps'))
      .json()
      .filter(({ what }: { what: string }) => what === 'claim')
    expect(claims).toEqual([
      expect.objectContaining({ where: 'web.sites.php56 2024-03', printed: 'La moitié', computed: '46.18' }),
    ])
  })

  test('names its gaps; a grave one keeps it from being published until somebody says why it stays', async () => {
    for (const [figure, value] of [['members.total', 500], ['members.joined', 50], ['members.left', 20]] as const)
      await post(`/api/v1/figures/${figure}/points`, { date: '2024', value, reason: 'assemblée' }) // prettier-ignore
    const gaps = (await as(reading, '/api/v1/annual-reports/2024/gaps')).json()
    expect(gaps).toContainEqual(
      expect.objectContaining({
        where: 'members.total 2024',
        what: 'stock',
        excess: 63,
        says: expect.stringContaining('63'),
      }),
    )
    expect((await post('/api/v1/annual-reports/2024/publication')).status).toBe(409)
    expect((await post('/api/v1/annual-reports/2024/review')).json()).toEqual({ state: 'review' })
    expect((await post('/api/v1/annual-reports/2024/approval')).json()).toEqual({ state: 'approved' })
    const refused = await post('/api/v1/annual-reports/2024/publication')
    expect(refused.status).toBe(409)
    expect(refused.json().detail).toContain('members.total 2024')
    const gapsPage = async () => {
      const { document } = parseHTML((await as(writer, '/reports/2024/gaps', { headers: BROWSER })).text)
      const [heads, open] = [
        [...document.querySelectorAll('h2')],
        [...document.querySelectorAll('li:has(details[open]) h3')],
      ]
      return {
        parts: heads.map(({ id }) => id),
        open: open.map((head) => head.textContent),
        text: document.querySelector('main')?.textContent,
      }
    }
    const before = await gapsPage()
    expect(before.parts.slice(0, 2)).toEqual(['grave', 'known'])
    expect(before.open).toContain("Nombre d'adhérent·e·s, 2024")
    for (const { where, what } of gaps.filter(({ what }: { what: string }) => ['stock', 'far', 'floor'].includes(what)))
      expect(
        (await post('/api/v1/annual-reports/2024/gaps', { where, what, reason: 'Des retours comptés à part.' })).status,
      ).toBe(201)
    const after = await gapsPage()
    expect([after.parts, after.open]).toEqual([['known', 'explained'], []])
    // Tables have their titles, months their names.
    expect(after.text).toMatch(/Boîtes de courriels\s*Pas de colonne d’évolution/)
    expect(after.text).toContain('mars 2025')
    expect(after.text).not.toMatch(/\b(members|web|mail|tables)\b/)
  })

  test('a change after approval takes it back; comments are made and settled', async () => {
    const { revision: base, body, title } = await nextBody()
    await as(writer, '/api/v1/annual-reports/2024', {
      method: 'PUT',
      body: { title, body: `${body}\nUn mot de plus.\n`, base },
    })
    expect((await nextBody()).state).toBe('review')
    const { id } = (
      await post('/api/v1/annual-reports/2024/comments', { quote: 'Et voilà.', text: 'Un peu court ?' })
    ).json()
    expect((await as(writer, `/api/v1/annual-reports/2024/comments/${id}/settlement`, { method: 'PUT' })).status).toBe(
      204,
    )
    expect((await as(reading, '/api/v1/annual-reports/2024/comments')).json()).toMatchObject([
      { text: 'Un peu court ?', settledBy: expect.any(String) },
    ])
    await post('/api/v1/annual-reports/2024/approval')
  })

  test('is published for everyone, with the reasons and the sum; what was published never changes', async () => {
    const published = await post('/api/v1/annual-reports/2024/publication')
    expect(published.text).toContain('sha256')
    const { sha256, edition } = published.json()
    expect(edition).toBe(1)
    const before = await ask('/reports/2024.json')
    expect(createHash('sha256').update(before.raw).digest('hex')).toBe(sha256)
    const document = await page('/reports/2024')
    expect(document.querySelector('h1')?.textContent).toBe('<b>#strong[Rapport]</b> 2024')
    expect(document.body.textContent).toContain('Des retours comptés à part.')
    expect(document.body.textContent).toContain(sha256)

    await post('/api/v1/figures/members.total/points', { date: '2024', value: 501, reason: 'recompté' })
    expect((await ask('/reports/2024.json')).text).toBe(before.text)
    expect((await post('/api/v1/annual-reports/2024/errata', { text: 'Le total est de 501.' })).status).toBe(201)
    expect((await page('/reports/2024')).querySelector('.errata')?.textContent).toContain('Le total est de 501.')
    const { pool } = it.instance.platform.database
    await expect(pool.query(`update report.edition set content = '{}' where report = 2024`)).rejects.toThrow(
      'never changed',
    )
  })

  test('its files are made once and kept, whatever the figures become', async () => {
    const { jobs } = it.instance.platform
    const job = jobs.declared.get('report.keep-files')
    const context = { signal: new AbortController().signal, log: it.instance.platform.log }
    await job?.run({ year: 2024, number: 1 }, context)
    const kept = await ask('/reports/2024/editions/1.pdf')
    await job?.run({ year: 2024, number: 1 }, context)
    const again = await ask('/reports/2024.pdf')
    expect(again.raw.equals(kept.raw)).toBe(true)
    const sum = createHash('sha256').update(kept.raw).digest('hex')
    expect((await page('/reports/2024')).body.textContent).toContain(sum)
  })

  test('what somebody wrote is theirs to take away; once they are gone nothing names them', async () => {
    const { pool } = it.instance.platform.database
    const { rows } = await pool.query('select written_by from report.comment')
    const account = rows[0].written_by
    const person = it.instance.running.get('report')?.person
    const files = new Map<string, unknown>()
    await person?.export(account, { add: async (name, content) => void files.set(name, content) })
    expect(files.get('comments.json')).toMatchObject([{ text: 'Un peu court ?' }])
    expect(files.get('versions.json')).not.toHaveLength(0)
    await person?.erase(account, 'delete')
    const all = await pool.query(
      'select to_jsonb(one)::text as row from (select * from report.version union all select report, id::int, quote, text, written_by, written_at from report.comment) as one',
    )
    expect(JSON.stringify(all.rows)).not.toContain(account)
    expect(
      JSON.stringify(
        (
          await pool.query(
            'select noted_by, reason from figures.point union all select taken_by, name from figures.snapshot',
          )
        ).rows,
      ),
    ).not.toContain(account)
    expect((await as(reading, '/api/v1/annual-reports/2024/comments')).json()).toEqual([])
  })

  test('a later text is another edition; the first one stays where it was', async () => {
    const { revision: base, body, title } = await nextBody()
    const first = (await ask('/reports/2024.json')).text
    await as(writer, '/api/v1/annual-reports/2024', {
      method: 'PUT',
      body: { title, body: `${body}\nUn post-scriptum.\n`, base },
    })
    expect((await page('/reports/2024')).body.textContent).not.toContain('post-scriptum')
    await post('/api/v1/annual-reports/2024/review')
    await post('/api/v1/annual-reports/2024/approval')
    for (const { where, what } of (await as(reading, '/api/v1/annual-reports/2024/gaps')).json())
      await post('/api/v1/annual-reports/2024/gaps', { where, what, reason: 'Voir l’édition 1.' })
    expect((await post('/api/v1/annual-reports/2024/publication')).json()).toMatchObject({ edition: 2 })
    expect((await page('/reports/2024')).body.textContent).toContain('post-scriptum')
    expect((await ask('/reports/2024/editions/1.json')).text).toBe(first)
  })
})
