import { expect, test } from 'vitest'
import type { DatedSeries } from '../../../platform/figures/reading.ts'
import { formatMetrics } from './metrics.ts'
import { readList } from './property-text.ts'

const METRIC = { path: 'links.created', figure: 'link.made' }
const seriesOf = ({
  years,
  months = [],
  isDaily,
}: Pick<DatedSeries, 'years' | 'isDaily'> & Partial<Pick<DatedSeries, 'months'>>): DatedSeries[] => [
  {
    id: 'link.made',
    unit: 'count',
    label: { fr: 'Liens', en: 'Links' },
    definition: { fr: 'Tous', en: 'All' },
    ...(isDaily && { isDaily }),
    years,
    months,
    notedAt: Temporal.Instant.from('2026-03-05T04:00Z'),
  },
]

test('every day of a whole cycle of years is counted in its year, its month and its week of ISO 8601', () => {
  // The calendar repeats itself after 28 years.
  const years = Array.from({ length: 28 }, (_, index) =>
    Temporal.PlainDate.from({ year: 2000 + index, month: 1, day: 1 }),
  )
  const expected = new Map<string, number[]>()
  for (const newYear of years) {
    for (let date = newYear; date.year === newYear.year; date = date.add({ days: 1 })) {
      const ownWeek = date.yearOfWeek === date.year ? (date.weekOfYear ?? 0) - 1 : date.month === 1 ? 0 : 52
      for (const [rhythm, place] of Object.entries({
        months: date.month - 1,
        weeks: ownWeek,
        days: date.dayOfYear - 1,
      })) {
        const list = expected.get(`metrics.links.created.${date.year}.${rhythm}`) ?? []
        expected.set(`metrics.links.created.${date.year}.${rhythm}`, list)
        list[place] = (list[place] ?? 0) + 1
      }
    }
  }
  const told = years.map(({ year, daysInYear }) => ({ year, days: Array.from({ length: daysInYear }, () => 1) }))
  const lines = formatMetrics([METRIC], seriesOf({ years: told, isDaily: true }))
  expect(new Map(lines.slice(2))).toEqual(new Map([...expected].map(([key, list]) => [key, list.join(',')])))
})

test('of what there is, a month and a week have their last known day; a printed month gives way to its days', () => {
  const days: (number | null)[] = [5, 7, null]
  days[33] = 9
  const month = (date: string, value: number) => ({
    date,
    value,
    state: 'known' as const,
    printed: null,
    source: 'import' as const,
  })
  const months = [month('2025-12', 50), month('2026-01', 100), month('2026-03', 300)]
  const lines = new Map(
    formatMetrics(
      [{ ...METRIC, times: 2 }],
      seriesOf({ years: [{ year: 2026, days: Array.from(days, (value) => value ?? null) }], months }),
    ),
  )
  expect(readList(lines.get('metrics.links.created.2025.months') ?? '', 'months')?.at(-1)).toBe(100)
  expect(readList(lines.get('metrics.links.created.2026.months') ?? '', 'months')).toEqual([14, 18, 600])
  expect(readList(lines.get('metrics.links.created.2026.weeks') ?? '', 'weeks')).toEqual([
    14,
    null,
    null,
    null,
    null,
    18,
  ])
  expect(readList(lines.get('metrics.links.created.2026.days') ?? '', 'days')?.slice(0, 4)).toEqual([
    10,
    14,
    null,
    null,
  ])
})

test('nothing is said of what is not known', () => {
  const unknown = { date: '2026-01', value: null, state: 'unknown' as const, printed: null, source: 'live' as const }
  expect(formatMetrics([METRIC], seriesOf({ years: [{ year: 2026, days: [null, null] }], months: [unknown] }))).toEqual(
    [],
  )
  expect(formatMetrics([METRIC], [])).toEqual([])
})
