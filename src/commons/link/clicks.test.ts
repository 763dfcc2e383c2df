import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { Clicks, counterOf, type Counter } from './clicks.ts'
import type { LinkTables } from './tables.ts'
import { link } from './service.ts'

let it: TestInstance
const processes: Clicks[] = []

const pool = () => it.instance.platform.database.pool
const sums = async () => {
  const { rows } = await pool().query(
    `select (select sum(clicks) from link.link)::int as clicks, (select sum(bots) from link.link)::int as bots,
       (select coalesce(sum(clicks), 0) from link.link_day)::int as days, (select count(*) from link.visit_batch)::int as batches`,
  )
  return rows[0]
}
/** What counts visits in one web process; it writes when it is told to. */
function anotherProcess(day = '2026-11-25'): Clicks {
  const { database, log, figures } = it.instance.platform
  const today = () => Temporal.PlainDate.from(day)
  const clicks = new Clicks({ db: database.schema<LinkTables>('link'), log, figures, today })
  processes.push(clicks)
  return clicks
}
/** What waits has waited long enough. */
const longAgo = () => pool().query(`update link.visit_batch set written_at = now() - interval '11 seconds'`)
/**
 * What is there once some have written; while another process settles what it saw, they leave all the rest for the next
 * time.
 */
const written =
  (...some: Clicks[]) =>
  async () => (await Promise.all(some.map((one) => one.flush())), sums())
/** Counters of 3000 links. */
let links: Counter[] = []

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
})
beforeEach(async () => {
  await pool().query('truncate link.visit_batch, link.link cascade')
  const { rows } = await pool().query<{ id: number }>(
    `insert into link.link (slug, url) select 'l' || n, 'https://www.brest.fr/' from generate_series(1, 3000) as n returning id`,
  )
  links = rows.map(({ id }) => counterOf(id))
})
afterAll(async () => {
  for (const one of processes) await one[Symbol.asyncDispose]()
  await it[Symbol.asyncDispose]()
})

test('visits of few links are there as soon as they are written; those of thousands are kept at once, and added together', async () => {
  const clicks = anotherProcess()
  const [first = counterOf(0)] = links
  clicks.count(first, false)
  clicks.count(first, true)
  // It was forgotten and is remembered again meanwhile.
  clicks.count(counterOf(first.id), false)
  await clicks.flush()
  expect(await sums()).toEqual({ clicks: 3, bots: 1, days: 3, batches: 0 })
  for (let second = 0; second < 2; second++) {
    for (const link of links) clicks.count(link, false)
    await clicks.flush()
  }
  const { clicks: added, batches } = await sums()
  // This process also writes by itself, each second.
  expect([added, batches >= 1]).toEqual([3, true])
  await longAgo()
  await expect.poll(written(clicks)).toEqual({ clicks: 6003, bots: 1, days: 6003, batches: 0 })
})

test('what a process has written that is no more is added by another, on the day when it was', async () => {
  const gone = anotherProcess('2026-11-24')
  for (const link of links) gone.count(link, false)
  await gone.flush()
  await longAgo()
  await expect.poll(written(anotherProcess())).toMatchObject({ clicks: 3000, batches: 0 })
  const { rows } = await pool().query('select day::text, sum(clicks)::int as clicks from link.link_day group by day')
  expect(rows).toEqual([{ day: '2026-11-24', clicks: 3000 }])
})

test('several processes that write the same links add up exactly', async () => {
  const some = [anotherProcess(), anotherProcess(), anotherProcess()]
  for (let turn = 0; turn < 15; turn++) {
    for (const [at, one] of some.entries())
      for (const { id } of links.slice(at * 100, at * 100 + 700)) one.count(counterOf(id), false)
    if (turn % 2) await longAgo()
    await Promise.all(some.map((one) => one.flush()))
  }
  await longAgo()
  await expect.poll(written(...some)).toEqual({ clicks: 31_500, bots: 0, days: 31_500, batches: 0 })
})
