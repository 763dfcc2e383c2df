import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PoolClient } from 'pg'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { Database } from '../database/database.ts'
import { migrate } from '../database/migrations.ts'
import { Reader } from '../language/reader.ts'
import { holdsFor, readClaim } from './claims.ts'
import { readHeading, formatDate, toRange } from './dates.ts'
import { pointAt, type DailyFigure, type Figure } from './figure.ts'
import { Figures } from './figures.ts'
import type { DatedWanted } from './reading.ts'
import type { GapKind } from './gap.ts'
import { HistoryError } from './history-error.ts'
import { readNumber, readState, round, sameText, describeEvolution, formatValue, setPrinted } from './numbers.ts'
import { oddValue } from './odd-values.ts'

const report = JSON.parse(readFileSync(join(resolve(import.meta.dirname, '../../..'), 'data/report-2023.json'), 'utf8'))
const french = new Reader('fr', 'Europe/Paris')

async function openFigures() {
  const database = new Database(await emptyDatabase())
  await migrate(database, [{ schema: 'figures', folder: new URL('./migrations/', import.meta.url) }])
  return { database, figures: new Figures(database, pino({ level: 'silent' }), () => today) }
}

/** The day that it is. */
let today = Temporal.PlainDate.from('2026-03-29')

let opened: Awaited<ReturnType<typeof openFigures>>

beforeEach(async () => {
  opened = await openFigures()
  return () => opened.database[Symbol.asyncDispose]()
})

describe('numbers as words say them', () => {
  test.each<[string, number, boolean]>([
    ['la moitié', 46.18, false],
    ['la moitié', 50.4, true],
    ['près de la moitié des sites', 46.18, true],
    ['un tiers', 33.1, true],
    ['less than a quarter', 25.1, false],
    ['moins de 5 %', 4.83, true],
    ['moins de 5%', 5.1, false],
    ['En 2024, un peu plus de 1 million par jour', 1_006_058.86, true],
    ['un peu plus de 1 million par jour', 1_200_000, false],
    ['plus de 1\u202f900 pads', 1942, true],
    ['plus de 2 000 pads', 1942, false],
    ['environ 2 000', 1942, true],
  ])('« %s » for %d: %s', (text, value, isRight) => {
    const claim = readClaim(text)
    expect(claim && holdsFor(claim, value)).toBe(isRight)
  })

  test.each(['1 942 pads', 'en 2024', 'plus de pads'])('« %s » claims nothing', (text) =>
    expect(readClaim(text)).toBeUndefined(),
  )
})

describe('numbers as reports print them', () => {
  test.each([
    ['1 942', 1942],
    ['1\u202f942', 1942],
    ['1\u00a0942', 1942],
    ['0,43', 0.43],
    ['- 22', -22],
    ['\u221222', -22],
    ['+38', 38],
    ['668(63,56 %)', 668],
    ['20%', 20],
    ['180Go', 180],
    ['N/C', undefined],
    ['', undefined],
    ['douze', undefined],
  ])('%s', (text, value) => expect(readNumber(text)).toBe(value))

  test('unknown, not communicated and zero are three things', () => {
    expect(readState('')).toBe('unknown')
    expect(readState('N/C')).toBe('not-communicated')
    expect(formatValue({ value: null, state: 'unknown' }, 'count', french)).toBe('')
    expect(formatValue({ value: null, state: 'not-communicated' }, 'count', french)).toBe('N/C')
    expect(formatValue({ value: 0, state: 'known' }, 'count', french)).toBe('0')
    const unknown = { value: null, state: 'not-communicated' as const }
    expect(describeEvolution(unknown, { value: 5, state: 'known' }, 'count', french)).toBe('N/C')
  })

  test('rounding goes half up, also where binary fractions lie', () => {
    expect(round(1.005, 2)).toBe(1.01)
    expect(round(0.445, 2)).toBe(0.45)
    expect(round(-2.5, 0)).toBe(-3)
  })

  test('printed texts are the same whatever their spaces and minus, and are set with ours', () => {
    expect(sameText('- 30 833')).toBe(sameText('\u221230\u202f833'))
    expect(setPrinted('- 30 833')).toBe('\u221230\u202f833')
  })
})

describe('dates keep their own precision', () => {
  test('a month is a range of days, never a false day', () => {
    expect(toRange('2024-03')).toBe('[2024-03-01,2024-04-01)')
    expect(toRange('2023')).toBe('[2023-01-01,2024-01-01)')
    expect(toRange('2024-02-29')).toBe('[2024-02-29,2024-03-01)')
    expect(formatDate('2024-03', french)).toBe('mars 2024')
    expect(readHeading('Mars 2024')).toBe('2024-03')
    expect(readHeading('Evolution / 2023')).toBeUndefined()
  })
})

describe('importing the report of 2023', () => {
  test('brings every series, point and table, and finds the gaps', async () => {
    const result = await opened.figures.import(report)
    expect(result).toMatchObject({ year: 2023, series: 40, points: 94, tables: 14 })
    const found = Object.fromEntries(result.gaps.map(({ where, ...gap }) => [where, gap]))
    expect(found['mail.mean 2022']).toEqual({ what: 'floor', printed: '0,44', computed: '0.4455' })
    expect(found['web.visitors.perday 2024-03']).toMatchObject({
      what: 'floor',
      printed: '11 855',
      computed: '11855.7143',
    })
    expect(found['members.total 2023']).toMatchObject({ what: 'stock', computed: '353 + 69 - 25 = 397' })
    expect(found['web.sites 2023-03']).toMatchObject({ what: 'decimals', printed: '55,8 / 26,8 / 17,4' })
    expect(found['drop.deleted 2023']).toMatchObject({ what: 'not-communicated' })
    expect(found['members.total 2019, 2020, 2021']).toMatchObject({ what: 'unknown' })
    expect(result.gaps.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['time-bases', 'evolution-heads', 'signs', 'no-evolution']),
    )
  })

  test('is what the file says, point by point', async () => {
    await opened.figures.import(report)
    const series = await opened.figures.series()
    for (const { id, points } of report.series) {
      expect(
        series.get(id)?.points.map(({ date, value, printed }) => ({ date, value, printed })),
        id,
      ).toEqual(
        points.map(({ date, value, printed }: { date: string; value: number; printed: string }) => ({
          date,
          value,
          printed,
        })),
      )
    }
  })

  test('a second time changes nothing', async () => {
    await opened.figures.import(report)
    expect(await opened.figures.import(report)).toMatchObject({ points: 0 })
    expect([...(await opened.figures.series()).values()].flatMap(({ points }) => points)).toHaveLength(94)
  })

  test('a dry run tells the same and writes nothing', async () => {
    expect(await opened.figures.import(report, { dryRun: true })).toMatchObject({ points: 94 })
    expect((await opened.figures.series()).size).toBe(0)
  })

  test('two at once bring it once', async () => {
    const results = await Promise.allSettled([opened.figures.import(report), opened.figures.import(report)])
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect([...(await opened.figures.series()).values()].flatMap(({ points }) => points)).toHaveLength(94)
  })

  test('finds and names each of the sixteen inconsistencies that were noticed in it', async () => {
    const { gaps } = await opened.figures.import(report, { dryRun: true })
    const named: [where: RegExp, what: GapKind][] = [
      [/^members\.total 2023$/, 'stock'],
      [/^mail\.mean 2022$/, 'floor'],
      [/^web\.visitors\.perday 2024-03$/, 'floor'],
      [/^web\.sites 2023-03$/, 'decimals'],
      [/^web-php$/, 'labels'],
      [/la moitié des sites/, 'claim'],
      [/^tables$/, 'time-bases'],
      [/^mail$/, 'no-evolution'],
      [/^tables$/, 'evolution-heads'],
      [/^drop\.deleted 2023$/, 'not-communicated'],
      [/^members\.total 2019, 2020, 2021$/, 'unknown'],
      [/^bin$/, 'no-figure'],
      [/^web\.hits\.7d 2024-03$/, 'window'],
      [/^permanences$/, 'remark'],
      [/^pictures$/, 'remark'],
      [/^names$/, 'remark'],
    ]
    expect(named).toHaveLength(report.inconsistencies.length)
    for (const [where, what] of named)
      expect(
        gaps.filter((gap) => where.test(gap.where) && gap.what === what),
        `${where} ${what}`,
      ).toHaveLength(1)
    expect(gaps).toContainEqual(expect.objectContaining({ where: 'tables', what: 'signs' }))
    expect(gaps).toContainEqual(expect.objectContaining({ where: 'permanence-samedi', what: 'schedule' }))
    expect(gaps.find(({ what }) => what === 'stock')?.excess).toBe(10)
  })

  test('another value for a point that is there is refused with both, and nothing is written', async () => {
    await opened.figures.import(report)
    const other = structuredClone(report)
    other.series[0].points[4].value = 408
    other.series.push({
      id: 'bin.pastes',
      service: 'bin',
      label: 'Textes',
      unit: 'count',
      points: [{ date: '2024', value: 3 }],
    })
    await expect(opened.figures.import(other)).rejects.toThrow('members.total 2023 is 407 already, the file says 408')
    expect((await opened.figures.series()).has('bin.pastes')).toBe(false)
  })

  test('somebody says which of two values stands: the one that is there, or the new one for a reason, and the old one is kept', async () => {
    await opened.figures.import(report)
    const other = structuredClone(report)
    other.series[0].points[4] = { date: '2023', value: 408, printed: '408' }
    const total = async () => pointAt((await opened.figures.series()).get('members.total'), '2023')
    expect(await opened.figures.import(other, { onConflict: 'keep' })).toMatchObject({ points: 0 })
    expect(await total()).toMatchObject({ value: 407 })
    expect(
      await opened.figures.import(other, { onConflict: { replace: { reason: 'recompté', by: 'anne' } } }),
    ).toMatchObject({ points: 1 })
    expect(await total()).toMatchObject({ value: 408, printed: '408' })
    const { rows } = await opened.database.pool.query('select figure, date, value, reason from figures.correction')
    expect(rows).toEqual([{ figure: 'members.total', date: '2023', value: 407, reason: 'recompté' }])
  })

  test('an import that is killed half-way has brought nothing', async () => {
    await opened.database.pool.query(`alter table figures.point add constraint never check (figure <> 'drop.deleted')`)
    await expect(opened.figures.import(report)).rejects.toThrow('never')
    expect((await opened.figures.series()).size).toBe(0)
    expect(await opened.figures.arrangements.of()).toEqual([])
  })

  test('each report has its own tables, and those of a draft are not the latest for everyone', async () => {
    await opened.figures.import(report)
    const tables = await opened.figures.arrangements.of()
    await opened.figures.arrangements.put(2024, tables.slice(0, 2), { isPublished: false })
    expect(await opened.figures.arrangements.of()).toHaveLength(14)
    expect(await opened.figures.arrangements.of(2024)).toHaveLength(2)
    await opened.figures.arrangements.publish(2024)
    expect(await opened.figures.arrangements.of()).toHaveLength(2)
  })

  test('what could tell of few people is in nothing public', async () => {
    const file = { format: 'bagad-figures/1', report: { year: 2023 }, tables: [], series: [{ id: 'members.department.29', service: 'members', label: 'Finistère', unit: 'count', points: [{ date: '2023', value: 3 }] }] } // prettier-ignore
    await opened.figures.import(file)
    expect((await opened.figures.series()).size).toBe(0)
    expect((await opened.figures.series({ withPrivate: true })).get('members.department.29')?.points[0]).toMatchObject({
      value: 3,
    })
  })
})

describe('a file of history that cannot be used', () => {
  const minimal = (point: object) => ({
    format: 'bagad-figures/1',
    report: { year: 2023 },
    tables: [],
    series: [{ id: 'pad.pads', service: 'pad', label: 'Pads', unit: 'count', points: [point] }],
  })

  test.each([
    [{ date: '2024', value: 'beaucoup' }, '/series/0/points/0/value is "beaucoup"'],
    [{ date: '2024-13', value: 3 }, '/series/0/points/0/date is "2024-13"'],
    [{ date: 'hier', value: 3 }, '/series/0/points/0/date is "hier"'],
    [{ date: '2024-02-31', value: 3 }, '/series/0/points/0/date is "2024-02-31"'],
    [{ value: 3 }, '/series/0/points/0'],
  ])('%o is told with its path', async (point, message) => {
    await expect(opened.figures.import(minimal(point))).rejects.toThrow(message)
    expect((await opened.figures.series()).size).toBe(0)
  })

  test.each([
    ['1 942', 1942, 'known'],
    ['0,43', 0.43, 'known'],
    ['N/C', null, 'not-communicated'],
    ['', null, 'unknown'],
  ])('a number as text is read: %s', async (value, number, state) => {
    await opened.figures.import(minimal({ date: '2024', value }))
    expect((await opened.figures.series()).get('pad.pads')?.points[0]).toMatchObject({ value: number, state })
  })

  test('a value ten times the last one, a negative stock, a share above 100 are brought, and marked', async () => {
    const series = (id: string, unit: string, values: number[]) => ({
      id,
      service: 'x',
      label: id,
      unit,
      points: values.map((value, index) => ({ date: String(2022 + index), value })),
    })
    const file = { format: 'bagad-figures/1', report: { year: 2023 }, tables: [], series: [series('pic.images', 'count', [190, 1904]), series('pad.pads', 'count', [3, -1]), series('mail.top1pct.share', 'percent', [20, 120])] } // prettier-ignore
    const { gaps } = await opened.figures.import(file)
    expect(gaps.map(({ where, what }) => `${where} ${what}`)).toEqual(
      expect.arrayContaining(['pic.images 2023 far', 'pad.pads 2023 negative', 'mail.top1pct.share 2023 over-100']),
    )
    expect(pointAt((await opened.figures.series()).get('pic.images'), '2023')?.value).toBe(1904)
  })

  test.each([[null], [[]], ['text'], [{}], [{ format: 'bagad-figures/2' }]])('%o is no history', async (file) => {
    await expect(opened.figures.import(file)).rejects.toThrow(HistoryError)
  })

  test('a table that names an unknown series, or has too few cells, is told', async () => {
    const file = {
      ...minimal({ date: '2024', value: 3 }),
      tables: [
        {
          id: 'pad',
          section: 'Pads',
          title: 'Pads',
          columns: ['', '2023', '2024'],
          rows: [{ series: 'pad.nothing', label: 'Rien', cells: ['1'] }],
        },
      ],
    }
    await expect(opened.figures.import(file)).rejects.toThrow(
      /\/tables\/0\/rows\/0\/series is "pad.nothing"[\s\S]*has 1 cells for 2 columns/,
    )
  })
})

describe('a value put by hand', () => {
  test('stands over what was printed, says why, and what stood there is kept', async () => {
    await opened.figures.import(report)
    const noted = {
      figure: 'members.total',
      date: '2021',
      value: 341,
      state: 'estimated' as const,
      reason: 'retrouvé dans un vieux rapport',
      by: 'anne',
    }
    expect(await opened.figures.note(noted)).toBe(true)
    expect(await opened.figures.note({ ...noted, value: 342 })).toBe(true)
    expect(await opened.figures.note({ ...noted, figure: 'members.nothing' })).toBe(false)
    expect(pointAt((await opened.figures.series()).get('members.total'), '2021')).toMatchObject({
      value: 342,
      state: 'estimated',
      source: 'manual',
    })
    const { rows } = await opened.database.pool.query('select value, state from figures.correction order by id')
    expect(rows).toEqual([{ value: null, state: 'unknown' }, { value: 341, state: 'estimated' }]) // prettier-ignore
  })
})

describe('what is computed', () => {
  test('a mean is there wherever both of its figures are; divided by zero or by what is not known it is N/C', async () => {
    const stock = (id: string, points: object[]) => ({
      id,
      service: 'mail',
      label: id,
      unit: id === 'mail.storage' ? 'GB' : 'count',
      points,
    })
    await opened.figures.import({
      format: 'bagad-figures/1', report: { year: 2025 }, tables: [],
      series: [
        stock('mail.boxes', [{ date: '2022', value: 0 }, { date: '2023', value: null }, { date: '2024', value: 808 }]),
        stock('mail.storage', [{ date: '2022', value: 10 }, { date: '2023', value: 20 }, { date: '2024', value: 360 }]),
      ],
    }) // prettier-ignore
    const mean = (await opened.figures.series()).get('mail.mean')
    expect(mean?.points).toMatchObject([
      { date: '2022', state: 'not-communicated' },
      { date: '2023', state: 'not-communicated' },
      { date: '2024', value: 360 / 808 },
    ])
    expect(formatValue(mean?.points[0], 'GB/box', french)).toBe('N/C')
    expect(formatValue(mean?.points[2], mean?.unit ?? '', french)).toBe('0,45')
  })

  test('what was printed is left as it is', async () => {
    await opened.figures.import(report)
    expect(pointAt((await opened.figures.series()).get('mail.mean'), '2022')).toMatchObject({
      value: 0.44,
      source: 'import',
    })
  })
})

describe('a series over time', () => {
  test('is told by days, months or snapshots, between two dates of any precision', async () => {
    await opened.figures.import(report)
    const told = async (options: Parameters<Figures['points']>[1]) =>
      (await opened.figures.points('cloud.accounts', options))?.map(({ date, value }) => `${date} ${value}`)
    expect(await told({})).toEqual(['2022-03 167', '2023-03 187', '2024-03 225'])
    expect(await told({ from: '2023', to: '2023' })).toEqual(['2023-03 187'])
    expect(await told({ from: '2023-04-01', step: 'day' })).toEqual(['2024-03 225'])
    expect(await told({ step: 'snapshot' })).toEqual([])
    expect(await opened.figures.points('cloud.nothing')).toBeUndefined()
  })

  test('has its breaks of method, declared or noted', async () => {
    await opened.figures.import(report)
    const since = { since: '2024-03', what: { fr: 'Les fermés ne comptent plus.', en: 'Closed ones no longer count.' } }
    expect(await opened.figures.breakAt('cloud.accounts', since)).toBe(true)
    expect(await opened.figures.breakAt('cloud.nothing', since)).toBe(false)
    expect((await opened.figures.series()).get('cloud.accounts')?.breaks).toEqual([since])
  })
})

describe('odd values', () => {
  const stock = { id: 'pic.images', kind: 'stock' as const, unit: 'count' }
  test.each([
    [20_000, { value: 190_480 }, 3, 'far'],
    [190_480, { value: 20_000 }, 3, 'far'],
    [103_606, { value: 190_480 }, 3, undefined],
    [103_606, { value: 190_480 }, 1.5, 'far'],
    [0, { value: 84 }, 10, undefined],
    [2, { value: 9 }, 3, undefined],
    [5, { value: -1 }, 10, 'negative'],
  ])('%i, then %o, beyond %d times: %s', (before, point, times, what) => {
    expect(oddValue(stock, { date: '2024', ...point }, { date: '2023', value: before }, times)?.what).toBe(what)
  })

  test('a share above 100 is odd by itself', () => {
    expect(
      oddValue({ ...stock, kind: 'share', unit: 'percent' }, { date: '2024', value: 101 }, undefined, 10)?.what,
    ).toBe('over-100')
  })
})

describe('sampling', () => {
  const figure = (id: string, sample: Figure['sample']): Figure => ({
    id,
    kind: 'stock',
    unit: 'count',
    label: { fr: 'Liens', en: 'Links' },
    definition: { fr: 'Tous', en: 'All' },
    sample,
  })
  const day = Temporal.PlainDate.from('2026-03-29')

  test('writes one point a civil day, however often it runs', async () => {
    let count = 3
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => count++)] }])
    expect(await opened.figures.sample(day)).toBe(1)
    expect(await opened.figures.sample(day)).toBe(0)
    await Promise.all([opened.figures.sample(day.add({ days: 1 })), opened.figures.sample(day.add({ days: 1 }))])
    expect((await opened.figures.series()).get('link.total')?.points).toHaveLength(1)
    const { rows } = await opened.database.pool.query('select lower(at)::text as day from figures.point order by at')
    expect(rows).toEqual([{ day: '2026-03-29' }, { day: '2026-03-30' }])
  })

  test('counts the days of a week that are over and not there yet, each once; what cannot be known stays unknown', async () => {
    const asked: string[] = []
    const daily: DailyFigure = {
      id: 'link.lost',
      unit: 'count',
      label: { fr: 'Liens perdus', en: 'Lost links' },
      definition: { fr: 'Tous', en: 'All' },
      count: async (of) => {
        asked.push(of.toString())
        if (of.toString() === '2026-03-25') throw new Error('no')
        return of.day < 24 ? null : of.day
      },
    }
    await opened.figures.declare([{ service: 'link', daily: [daily] }])
    await opened.figures.countDays(day)
    expect(asked).toEqual([
      '2026-03-22',
      '2026-03-23',
      '2026-03-24',
      '2026-03-25',
      '2026-03-26',
      '2026-03-27',
      '2026-03-28',
    ])
    asked.length = 0
    await Promise.all([opened.figures.countDays(day), opened.figures.countDays(day)])
    expect(new Set(asked)).toEqual(new Set(['2026-03-22', '2026-03-23', '2026-03-25']))
    const { rows } = await opened.database.pool.query(
      'select lower(at)::text as day, value, state from figures.point order by at',
    )
    expect(rows).toEqual([24, 26, 27, 28].map((of) => ({ day: `2026-03-${of}`, value: of, state: 'known' })))
    expect((await opened.figures.points('link.lost', { step: 'month' }))?.[0]).toMatchObject({
      date: '2026-03',
      value: 105,
      state: 'estimated',
    })
  })

  test('a figure that fails stays unknown and stops no other', async () => {
    await opened.figures.declare([
      {
        service: 'link',
        figures: [figure('link.broken', () => Promise.reject(new Error('no'))), figure('link.total', async () => 0)],
      },
    ])
    await opened.figures.sample(day)
    const series = await opened.figures.series()
    expect(series.get('link.broken')?.points[0]).toMatchObject({ value: null, state: 'unknown' })
    expect(series.get('link.total')?.points[0]).toMatchObject({ value: 0, state: 'known' })
  })

  test('a service that goes leaves its history, closed; one that comes goes on in the imported line', async () => {
    await opened.figures.import(report)
    await opened.figures.declare([{ service: 'link', figures: [figure('link.active', async () => 60_000)] }])
    await opened.figures.sample(day)
    expect((await opened.figures.series()).get('link.active')).toMatchObject({
      isDeclared: true,
      points: [{ date: '2023' }, { date: '2024' }, { date: '2026-03-29', value: 60_000 }],
    })
    await opened.figures.declare([])
    expect((await opened.figures.series()).get('link.active')).toMatchObject({
      isDeclared: false,
      points: { length: 3 },
    })
  })

  test('days become months after two years, a year is what its last day was, and nothing is made up', async () => {
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => 7)] }])
    const days = [['2023-12-30', 5], ['2023-12-31', 6], ['2024-01-30', 8], ['2024-01-31', null], ['2024-03-29', 9]] // prettier-ignore
    for (const [at, value] of days)
      await opened.database.pool.query(
        `insert into figures.point (figure, at, precision, value, state, source) values ('link.total', daterange($1::date, $1::date, '[]'), 'day', $2, $3, 'live')`,
        [at, value, value === null ? 'unknown' : 'known'],
      )
    await opened.figures.age(Temporal.PlainDate.from('2024-01-02'))
    await opened.figures.age(Temporal.PlainDate.from('2026-02-15'))
    expect((await opened.figures.points('link.total', { step: 'day' }))?.map(({ date, value }) => [date, value])).toEqual([
      ['2023', 6], ['2023-12', 6], ['2024-01', 8], ['2024-03-29', 9],
    ]) // prettier-ignore
  })

  test('a snapshot is what the line says of its month; put right it says why, and keeps what stood there', async () => {
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => 7)] }])
    await opened.figures.snapshots.freeze('mars 2026', day, { by: 'anne' })
    expect((await opened.figures.series()).get('link.total')?.points).toMatchObject([{ date: '2026-03', value: 7 }])
    const right = {
      snapshot: 'mars 2026',
      figure: 'link.total',
      value: 8,
      state: 'known' as const,
      reason: 'compté deux fois',
      by: 'anne',
    }
    expect(await opened.figures.snapshots.correct(right)).toBe(true)
    expect(await opened.figures.snapshots.correct({ ...right, figure: 'link.nothing' })).toBe(false)
    expect((await opened.figures.series()).get('link.total')?.points).toMatchObject([{ date: '2026-03', value: 8 }])
    expect(await opened.figures.points('link.total', { step: 'snapshot' })).toMatchObject([
      { date: '2026-03-29', value: 8 },
    ])
    expect(await opened.figures.snapshots.list()).toMatchObject([{ name: 'mars 2026', takenBy: 'anne', figures: 1 }])
    const { rows } = await opened.database.pool.query('select figure, value, reason, noted_by from figures.correction')
    expect(rows).toEqual([{ figure: 'link.total', value: 7, reason: 'compté deux fois', noted_by: 'anne' }])
  })

  describe('days as lists of their years', () => {
    const daily = {
      id: 'link.http.hits',
      unit: 'count',
      label: { fr: 'Requêtes', en: 'Requests' },
      definition: { fr: '', en: '' },
    }
    const query = (sql: string, values: unknown[] = []) => opened.database.pool.query(sql, values)
    const noteOn = (
      client: Pick<PoolClient, 'query'>,
      [from, to]: [string, string],
      precision: string,
      value: number | null,
      source: string,
    ) =>
      client.query(
        `insert into figures.point (figure, at, precision, value, state, source) values ('link.http.hits', daterange($1, $2), $3, $4::numeric, case when $4::numeric is null then 'unknown' else 'known' end, $5)`,
        [from, to, precision, value, source],
      )
    const noteDay = (
      from: string,
      value: number | null,
      source = 'live',
      client: Pick<PoolClient, 'query'> = opened.database.pool,
    ) => noteOn(client, [from, Temporal.PlainDate.from(from).add({ days: 1 }).toString()], 'day', value, source)
    const dated = async (wanted: DatedWanted = { ids: ['link.http.hits', 'link.nothing'] }, fromYear = 2026) =>
      opened.figures.dated(wanted, fromYear)

    beforeEach(() => opened.figures.declare([{ service: 'link', daily: [daily] }]))

    test('a day has its place in its year; of several sources the one that stands', async () => {
      await noteDay('2026-01-05', 5)
      await noteDay('2026-01-03', 3)
      await noteDay('2025-12-31', 31)
      await noteOn(opened.database.pool, ['2026-03-01', '2026-04-01'], 'month', 90, 'import')
      await noteOn(opened.database.pool, ['2026-01-01', '2027-01-01'], 'year', 900, 'import')
      expect(await dated()).toEqual([
        {
          ...daily,
          isDaily: true,
          notedAt: expect.any(Temporal.Instant),
          years: [{ year: 2026, days: [null, null, 3, null, 5] }],
          months: [{ date: '2026-03', value: 90, state: 'known', printed: null, source: 'import' }],
        },
      ])
      expect((await dated(undefined, 2025))[0]?.years[0]).toEqual({
        year: 2025,
        days: [...Array.from({ length: 364 }, () => null), 31],
      })
      await noteDay('2026-01-03', 33, 'manual')
      await noteDay('2026-01-03', 30, 'import')
      await noteDay('2026-01-05', null, 'import')
      await query(`update figures.point set value = 34 where value = 33`)
      expect(await dated()).toMatchObject([{ years: [{ days: [null, null, 34, null, null] }] }])
    })

    test('those of some services, public ones alone; those that are named, public or not', async () => {
      await noteDay('2026-01-05', 5)
      expect(await dated({ of: ['link'] })).toEqual(await dated())
      expect(await dated({ ids: [] })).toEqual([])
      expect(await dated({ of: ['pad'] })).toEqual([])
      await query(`update figures.figure set public = false where id = 'link.http.hits'`)
      expect(await dated({ of: ['link'] })).toEqual([])
      expect(await dated()).toHaveLength(1)
    })

    test('days that go leave their list, the last of a year its place; a series goes with all of it', async () => {
      await noteDay('2025-06-01', 1)
      await noteDay('2026-01-01', 1)
      await noteDay('2026-01-02', 2)
      await query(`delete from figures.point where value = 2 or lower(at) < '2026-01-01'`)
      expect(await dated(undefined, 2025)).toMatchObject([{ years: [{ year: 2026, days: [1] }] }])
      await query(`delete from figures.figure where id = 'link.http.hits'`)
      expect((await query('select * from figures.year_of_days')).rows).toEqual([])
    })

    test('who notes a day while another goes from the same year waits, and both are done', async () => {
      const one = await opened.database.pool.connect()
      try {
        await noteDay('2026-01-03', 3)
        await one.query('begin')
        await noteDay('2026-01-01', 1, 'live', one)
        // The other one waits for the first.
        const other = query('delete from figures.point where value = 3')
        const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        await expect.poll(async () => (await query(waiting)).rowCount).toBe(1)
        await one.query('commit')
        await other
      } finally {
        one.release()
      }
      expect(await dated()).toMatchObject([{ years: [{ days: [1] }] }])
    })
  })

  test('a daily figure has its days as they were noted, and months and years that are their sums', async () => {
    const daily = {
      id: 'link.http.hits',
      unit: 'count',
      label: { fr: 'Requêtes', en: 'Requests' },
      definition: { fr: '', en: '' },
    }
    const none = { fr: '', en: '' }
    const late = { ...daily, id: 'link.http.status.404', label: none }
    const count = (value: number) => [
      { service: 'link', figure: daily, value },
      { service: 'link', figure: late, value: 1 },
    ]
    await opened.figures.declare([{ service: 'link', daily: [daily] }])
    for (let each = Temporal.PlainDate.from('2026-02-01'); each.month === 2; each = each.add({ days: 1 }))
      await opened.figures.keepDay(each, count(10))
    await opened.figures.keepDay(day, count(7))
    await opened.figures.keepDay(day, count(8))
    const points = (step: 'day' | 'month') => opened.figures.points('link.http.hits', { step, from: '2026-02-28' })
    expect(await points('day')).toMatchObject([
      { date: '2026-02-28', value: 10 },
      { date: '2026-03-29', value: 7 },
    ])
    // March is not over.
    expect(await opened.figures.points('link.http.hits')).toMatchObject([
      { date: '2026-02', value: 280, state: 'known' },
      { date: '2026-03', value: 7, state: 'estimated' },
    ])
    expect(await opened.figures.snapshots.freeze('mars 2026', day.add({ days: 1 }))).toBe(2)
    expect((await opened.figures.snapshots.values('mars 2026')).get('link.http.hits')).toEqual({
      value: 7,
      state: 'known',
    })
    await opened.figures.declare([{ service: 'link', daily: [daily] }])
    expect((await opened.figures.series()).get('link.http.status.404')).toMatchObject({
      isDeclared: true,
      isDaily: true,
    })
    await opened.figures.age(Temporal.PlainDate.from('2026-04-02'))
    await opened.figures.age(Temporal.PlainDate.from('2028-06-02'))
    await opened.figures.age(Temporal.PlainDate.from('2027-01-02'))
    expect(await opened.figures.points('link.http.hits')).toMatchObject([
      { date: '2026-02', value: 280, state: 'known' },
      { date: '2026-03', value: 7, state: 'estimated' },
    ])
    await opened.figures.declare([])
    expect((await opened.figures.series()).get('link.http.hits')).toMatchObject({ isDeclared: false })
  })

  test('a daily figure has the sum of its year once that is over', async () => {
    const daily = {
      id: 'link.http.hits',
      unit: 'count',
      label: { fr: 'Requêtes', en: 'Requests' },
      definition: { fr: '', en: '' },
    }
    for (const value of [3, 4])
      await opened.figures.keepDay(Temporal.PlainDate.from({ year: 2026, month: value, day: 1 }), [
        { service: 'link', figure: daily, value },
      ])
    await opened.figures.age(Temporal.PlainDate.from('2027-01-02'))
    expect((await opened.figures.series()).get('link.http.hits')?.points).toMatchObject([{ date: '2026', value: 7, state: 'estimated' }, { date: '2026-04-01', value: 4 }]) // prettier-ignore
  })

  describe('what is counted in the transaction in which it comes', () => {
    const created: DailyFigure = {
      id: 'link.created',
      unit: 'count',
      label: { fr: 'Liens créés', en: 'Links created' },
      definition: { fr: '', en: '' },
      isTallied: true,
    }
    const db = () => opened.database.schema<Record<string, never>>('figures')
    const count = (amount = 1) => opened.figures.count(db(), { 'link.created': amount })
    const days = async () =>
      (await opened.figures.points('link.created', { step: 'day' }))?.map(({ date, value }) => [date, value])
    const on = (date: string) => (today = Temporal.PlainDate.from(date))

    beforeEach(async () => {
      on('2026-03-29')
      await opened.figures.declare([{ service: 'link', daily: [created] }])
      return () => on('2026-03-29')
    })

    test('has its days once they are over, 0 where nothing came, and nothing of the time before it was declared', async () => {
      await count()
      await count(2)
      await opened.figures.foldTally(today)
      expect(await days()).toEqual([])
      await count()
      on('2026-04-02')
      await count(50)
      await opened.figures.foldTally(today)
      expect(await days()).toEqual([
        ['2026-03-29', 4],
        ['2026-03-30', 0],
        ['2026-03-31', 0],
        ['2026-04-01', 0],
      ])
    })

    test('is not counted when the transaction is rolled back, and once when the fold is killed and done again', async () => {
      const undone = db()
        .transaction()
        .execute(async (transaction) => {
          await opened.figures.count(transaction, { 'link.created': 7 })
          throw new Error('no')
        })
      await expect(undone).rejects.toThrow('no')
      await count(3)
      on('2026-03-30')
      const { pool } = opened.database
      await pool.query('alter table figures.point add constraint never check (value is null)')
      await expect(opened.figures.foldTally(today)).rejects.toThrow('never')
      await pool.query('alter table figures.point drop constraint never')
      await opened.figures.foldTally(today)
      await opened.figures.foldTally(today)
      expect(await days()).toEqual([['2026-03-29', 3]])
    })

    test('loses nothing when many count while others add up, nor what comes late', async () => {
      const late = await db().startTransaction().execute()
      await opened.figures.count(late, { 'link.created': 1 })
      await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          index % 10 === 0 ? opened.figures.foldTally(Temporal.PlainDate.from('2026-03-30')) : count(),
        ),
      )
      on('2026-03-30')
      await Promise.all([opened.figures.foldTally(today), opened.figures.foldTally(today)])
      await late.commit().execute()
      await opened.figures.foldTally(today)
      expect(await days()).toEqual([['2026-03-29', 181]])
    })

    test('what is taken back is taken from its day', async () => {
      await count(3)
      on('2026-03-30')
      await opened.figures.foldTally(today)
      await opened.figures.count(db(), { 'link.created': -1 }, Temporal.PlainDate.from('2026-03-29'))
      await opened.figures.foldTally(today)
      expect(await days()).toEqual([['2026-03-29', 2]])
    })

    test('gives the year that is over its number by itself', async () => {
      for (let day = Temporal.PlainDate.from('2027-01-01'); day.year === 2027; day = day.add({ days: 1 }))
        await opened.figures.count(db(), { 'link.created': 2 }, day)
      on('2028-01-01')
      await opened.figures.foldTally(today)
      await opened.figures.age(today)
      const points = (await opened.figures.series()).get('link.created')?.points ?? []
      expect(pointAt({ points }, '2027')).toMatchObject({ value: 730, state: 'known' })
      expect(pointAt({ points }, '2027-12')).toMatchObject({ value: 62, state: 'known' })
    })

    test('is a bug when no service declares it', () =>
      expect(opened.figures.count(db(), { 'link.lost': 1 })).rejects.toThrow('no service tallies link.lost'))
  })

  test('totals that a flow was sampled as before become what came on each day, in each month and year', async () => {
    const { pool } = opened.database
    const folder = new URL('./migrations/', import.meta.url)
    await pool.query(`
      drop table figures.tally; alter table figures.figure drop column tallied_since;
      delete from platform.migration where schema = 'figures' and name like '0006%';
      insert into figures.figure (id, service, kind, unit, label_fr, label_en, declared)
        values ('link.created', 'link', 'flow', 'count', '', '', true), ('link.total', 'link', 'stock', 'count', '', '', true);
      insert into figures.point (figure, at, precision, value, state, source) values
        ('link.created', '[2023-12-01,2024-01-01)', 'month', 100, 'known', 'live'),
        ('link.created', '[2024-01-01,2024-02-01)', 'month', 130, 'known', 'live'),
        ('link.created', '[2023-01-01,2024-01-01)', 'year', 90, 'known', 'import'),
        ('link.total', '[2024-01-01,2024-02-01)', 'month', 7, 'known', 'live');
      insert into figures.point (figure, at, precision, value, state, source)
        select 'link.created', daterange(day, day + 1), 'day', 130 + (day - '2024-02-01'), 'known', 'live'
        from (select generate_series('2024-02-01'::date, '2025-01-01', '1 day')::date as day) as days`)
    await migrate(opened.database, [{ schema: 'figures', folder }])
    const { rows } = await pool.query(
      `select figure, at::text, value, state, source from figures.point where precision <> 'day' or at in ('[2024-02-01,2024-02-02)', '[2025-01-01,2025-01-02)') order by figure, at, source`,
    )
    expect(rows.map(({ figure, at, value, source }) => `${figure} ${at} ${value} ${source}`)).toEqual([
      'link.created [2023-01-01,2024-01-01) 90 import',
      'link.created [2024-01-01,2024-02-01) 30 live',
      'link.created [2024-01-01,2025-01-01) 365 live',
      'link.created [2024-02-01,2024-02-02) 1 live',
      'link.created [2024-02-01,2024-03-01) 29 live',
      ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((month) => {
        const from = Temporal.PlainYearMonth.from({ year: 2024, month })
        return `link.created [${from.toString()}-01,${from.add({ months: 1 }).toString()}-01) ${from.daysInMonth} live`
      }),
      'link.created [2024-12-01,2025-01-01) 31 live',
      'link.total [2024-01-01,2024-02-01) 7 live',
    ])
  })

  test('a snapshot that is killed half-way is not there at all', async () => {
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => 7)] }])
    await opened.database.pool.query('alter table figures.snapshot_point add constraint never check (value is null)')
    await expect(opened.figures.snapshots.freeze('mars 2026', day)).rejects.toThrow('never')
    expect(await opened.figures.snapshots.list()).toEqual([])
    expect((await opened.figures.series()).get('link.total')?.points).toEqual([])
  })

  test('a snapshot of a day that is over takes what was sampled then', async () => {
    await opened.figures.declare([
      { service: 'link', figures: [figure('link.total', async () => 7), figure('link.new', async () => 1)] },
    ])
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => 7)] }])
    await opened.figures.sample(day)
    await opened.figures.declare([
      { service: 'link', figures: [figure('link.total', async () => 9), figure('link.new', async () => 1)] },
    ])
    await opened.figures.snapshots.freeze('mars 2026', day, { isPast: true })
    expect([...(await opened.figures.snapshots.values('mars 2026'))]).toEqual([
      ['link.new', { value: null, state: 'unknown' }],
      ['link.total', { value: 7, state: 'known' }],
    ])
  })

  test('a snapshot freezes every figure under its name, once', async () => {
    await opened.figures.declare([
      { service: 'link', figures: [figure('link.total', async () => 7), figure('link.lost', async () => null)] },
    ])
    expect(await opened.figures.snapshots.freeze('mars 2026', day)).toBe(2)
    expect(await opened.figures.snapshots.freeze('mars 2026', day)).toBe(0)
    const { rows } = await opened.database.pool.query(
      'select figure, value, state from figures.snapshot_point order by figure',
    )
    expect(rows).toEqual([
      { figure: 'link.lost', value: null, state: 'unknown' },
      { figure: 'link.total', value: 7, state: 'known' },
    ])
  })
})
