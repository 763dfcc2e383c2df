import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { Database } from '../database/database.ts'
import { migrate } from '../database/migrations.ts'
import { Reader } from '../language/reader.ts'
import { readHeading, sayDate, toRange } from './dates.ts'
import type { Figure } from './figure.ts'
import { Figures } from './figures.ts'
import { HistoryError } from './history-error.ts'
import { readNumber, readState, round, sameText, sayEvolution, sayValue, setPrinted } from './numbers.ts'

const report = JSON.parse(readFileSync(join(resolve(import.meta.dirname, '../../..'), 'data/report-2023.json'), 'utf8'))
const french = new Reader('fr', 'Europe/Paris')

async function openFigures() {
  const database = new Database(await emptyDatabase())
  await migrate(database, [{ schema: 'figures', folder: new URL('./migrations/', import.meta.url) }])
  return { database, figures: new Figures(database, pino({ level: 'silent' })) }
}

let opened: Awaited<ReturnType<typeof openFigures>>

beforeEach(async () => {
  opened = await openFigures()
  return () => opened.database[Symbol.asyncDispose]()
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
    expect(sayValue({ value: null, state: 'unknown' }, 'count', french)).toBe('')
    expect(sayValue({ value: null, state: 'not-communicated' }, 'count', french)).toBe('N/C')
    expect(sayValue({ value: 0, state: 'known' }, 'count', french)).toBe('0')
    const unknown = { date: '2023', value: null, state: 'not-communicated' as const, printed: 'N/C' }
    expect(sayEvolution(unknown, { date: '2024', value: 5, state: 'known', printed: null }, 'count', french)).toBe('N/C')
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
    expect(sayDate('2024-03', french)).toBe('mars 2024')
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
    expect(found['web.visitors.perday 2024-03']).toMatchObject({ what: 'floor', printed: '11 855', computed: '11855.7143' })
    expect(found['members.total 2023']).toMatchObject({ what: 'stock', computed: '353 + 69 - 25 = 397' })
    expect(found['web.sites 2023-03']).toMatchObject({ what: 'decimals', printed: '55,8 / 26,8 / 17,4' })
    expect(found['drop.deleted 2023']).toMatchObject({ what: 'not-communicated' })
    expect(found['members.total 2019, 2020, 2021']).toMatchObject({ what: 'unknown' })
    expect(result.gaps.map(({ what }) => what)).toEqual(expect.arrayContaining(['time-bases', 'evolution-heads', 'signs', 'no-evolution']))
  })

  test('is what the file says, point by point', async () => {
    await opened.figures.import(report)
    const series = await opened.figures.series()
    for (const { id, points } of report.series) {
      expect(
        series.get(id)?.points.map(({ date, value, printed }) => ({ date, value, printed })),
        id,
      ).toEqual(points.map(({ date, value, printed }: { date: string; value: number; printed: string }) => ({ date, value, printed })))
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

  test('another value for a point that is there is refused with both, and nothing is written', async () => {
    await opened.figures.import(report)
    const other = structuredClone(report)
    other.series[0].points[4].value = 408
    other.series.push({ id: 'bin.pastes', service: 'bin', label: 'Textes', unit: 'count', points: [{ date: '2024', value: 3 }] })
    await expect(opened.figures.import(other)).rejects.toThrow('members.total 2023 is 407 already, the file says 408')
    expect((await opened.figures.series()).has('bin.pastes')).toBe(false)
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

  test.each([[null], [[]], ['text'], [{}], [{ format: 'bagad-figures/2' }]])('%o is no history', async (file) => {
    await expect(opened.figures.import(file)).rejects.toThrow(HistoryError)
  })

  test('a table that names an unknown series, or has too few cells, is told', async () => {
    const file = {
      ...minimal({ date: '2024', value: 3 }),
      tables: [{ id: 'pad', section: 'Pads', title: 'Pads', columns: ['', '2023', '2024'], rows: [{ series: 'pad.nothing', label: 'Rien', cells: ['1'] }] }],
    }
    await expect(opened.figures.import(file)).rejects.toThrow(/\/tables\/0\/rows\/0\/series is "pad.nothing"[\s\S]*has 1 cells for 2 columns/)
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

  test('a figure that fails stays unknown and stops no other', async () => {
    await opened.figures.declare([
      { service: 'link', figures: [figure('link.broken', () => Promise.reject(new Error('no'))), figure('link.total', async () => 0)] },
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
    expect((await opened.figures.series()).get('link.active')).toMatchObject({ isDeclared: false, points: { length: 3 } })
  })

  test('a snapshot freezes every figure under its name, once', async () => {
    await opened.figures.declare([{ service: 'link', figures: [figure('link.total', async () => 7), figure('link.lost', async () => null)] }])
    expect(await opened.figures.freeze('mars 2026', day)).toBe(2)
    expect(await opened.figures.freeze('mars 2026', day)).toBe(0)
    const { rows } = await opened.database.pool.query('select figure, value, state from figures.snapshot_point order by figure')
    expect(rows).toEqual([
      { figure: 'link.lost', value: null, state: 'unknown' },
      { figure: 'link.total', value: 7, state: 'known' },
    ])
  })
})
