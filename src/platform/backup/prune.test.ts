import { expect, test } from 'vitest'
import { expiredCopies } from './prune.ts'

const at = (moment: string) => ({ id: moment, madeAt: Temporal.Instant.from(`${moment}:00:00Z`) })
const everyNight = (from: string, nights: number) =>
  Array.from({ length: nights }, (_, night) =>
    at(`${Temporal.PlainDate.from(from).add({ days: night }).toString()}T01`),
  )
const kept = (
  copies: { id: string; madeAt: Temporal.Instant }[],
  keeping: { daily: number; weekly: number; monthly: number },
) => {
  const gone = expiredCopies(copies, keeping, 'Europe/Paris')
  return copies.map(({ id }) => id).filter((id) => !gone.includes(id))
}

test('of a year of nights, the last of seven days, five weeks and twelve months stay', () => {
  const nights = everyNight('2025-01-01', 365)
  const stay = kept(nights, { daily: 7, weekly: 5, monthly: 12 })
  expect(stay.slice(-7)).toEqual(nights.slice(-7).map(({ id }) => id))
  expect(stay).toContain('2025-01-31T01')
  expect(stay).toContain('2025-12-14T01')
  expect(stay).toHaveLength(7 + 4 + 11 - 1)
})

test('of a day, the last copy stays; the civil day is that of the association', () => {
  expect(
    kept([at('2026-03-01T02'), at('2026-03-01T22'), at('2026-03-01T23')], { daily: 2, weekly: 0, monthly: 0 }),
  ).toEqual(['2026-03-01T22', '2026-03-01T23'])
})

test('the very last copy stays, whatever is kept; after a gap, days that have a copy count', () => {
  expect(kept(everyNight('2026-01-01', 3), { daily: 0, weekly: 0, monthly: 0 })).toEqual(['2026-01-03T01'])
  expect(kept([...everyNight('2025-06-01', 2), at('2026-01-01T01')], { daily: 3, weekly: 0, monthly: 0 })).toHaveLength(
    3,
  )
  expect(kept([], { daily: 1, weekly: 1, monthly: 1 })).toEqual([])
})
