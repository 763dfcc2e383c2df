import { expect, test } from 'vitest'
import type { DatedList, DatedSeries } from '../../../platform/figures/reading.ts'
import { sayMetrics } from './metrics.ts'
import { readList } from './property-text.ts'

const METRIC = { path: 'links.created', figure: 'link.made' }
const seriesOf = (lists: DatedList[], isDaily?: true): DatedSeries[] => [
  {
    id: 'link.made',
    unit: 'count',
    label: { fr: 'Liens', en: 'Links' },
    definition: { fr: 'Tous', en: 'All' },
    ...(isDaily && { isDaily }),
    lists,
    notedAt: Temporal.Instant.from('2026-03-05T04:00Z'),
  },
]

test('every day of a whole cycle of years is counted in its year, its month and its week of ISO 8601', () => {
  // The calendar repeats itself after 28 years; days before the one that is counted from are days like others.
  const first = Temporal.PlainDate.from('2001-03-07')
  const days = Array.from({ length: 28 * 366 }, (_, index) => index - 400)
  const expected = new Map<string, number[]>()
  for (const day of days) {
    const date = first.add({ days: day })
    const ownWeek = date.yearOfWeek === date.year ? (date.weekOfYear ?? 0) - 1 : date.month === 1 ? 0 : 52
    for (const [rhythm, place] of Object.entries({ months: date.month - 1, weeks: ownWeek, days: date.dayOfYear - 1 })) {
      const list = expected.get(`metrics.links.created.${date.year}.${rhythm}`) ?? []
      expected.set(`metrics.links.created.${date.year}.${rhythm}`, list)
      list[place] = (list[place] ?? 0) + 1
    }
  }
  const lines = sayMetrics([METRIC], seriesOf([{ precision: 'day', days, values: days.map(() => 1) }], true), first)
  expect(new Map(lines.slice(2))).toEqual(new Map([...expected].map(([key, list]) => [key, Array.from(list, (value) => value ?? '').join(',')])))
})

test('of what there is, a month and a week have their last known day; a printed month gives way to its days', () => {
  const first = Temporal.PlainDate.from('2026-01-01')
  const lists = [
    { precision: 'day' as const, days: [0, 1, 2, 33], values: [5, 7, null, 9] },
    { precision: 'month' as const, days: [0, 59], values: [100, 300] },
    { precision: 'year' as const, days: [0], values: [1000] },
  ]
  const lines = new Map(sayMetrics([{ ...METRIC, times: 2 }], seriesOf(lists), first))
  expect(readList(lines.get('metrics.links.created.2026.months') ?? '', 'months')).toEqual([14, 18, 600])
  expect(readList(lines.get('metrics.links.created.2026.weeks') ?? '', 'weeks')).toEqual([14, null, null, null, null, 18])
  expect(readList(lines.get('metrics.links.created.2026.days') ?? '', 'days')?.slice(0, 4)).toEqual([10, 14, null, null])
})
