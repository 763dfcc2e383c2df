import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { RedirectCache } from './redirect-cache.ts'
import type { LinkTables } from './tables.ts'
import { link } from './service.ts'

let it: TestInstance
const told: string[] = []

beforeAll(async () => {
  it = await openTestInstance({ services: [link] })
  for (const topic of ['link.changed', 'link.many', 'test.end'])
    it.instance.platform.pubsub.subscribe(topic, {
      onMessage: (what) => told.push(`${topic} ${what}`),
      resync: () => {},
    })
})
afterAll(() => it[Symbol.asyncDispose]())

const pool = () => it.instance.platform.database.pool
const status = async (slug: string) => (await it.ask('link', `/${slug}`)).status
const make = (slugs: string[]) =>
  pool().query(
    `insert into link.link (slug, url) select slug, 'https://www.brest.fr/' from unnest($1::text[]) as slug`,
    [slugs],
  )

/** What is told meanwhile: news comes in the order in which it was told. */
async function toldDuring(work: () => Promise<unknown>): Promise<string[]> {
  await expect
    .poll(async () => (await pool().query(`select platform.tell_news('test.end', 'x')`), told.length > 0))
    .toBe(true)
  await expect.poll(() => told.splice(0).length).toBe(0)
  await work()
  await pool().query(`select platform.tell_news('test.end', 'x')`)
  await expect.poll(() => told.includes('test.end x')).toBe(true)
  return told.splice(0).slice(0, -1)
}

test('a slug that led nowhere leads on at once when another process has made it', async () => {
  expect(await status('venir')).toBe(404)
  expect(await toldDuring(() => make(['venir']))).toEqual(['link.changed venir'])
  expect(await status('venir')).toBe(302)
})

test('a link that was made, or led elsewhere, is known again without a visit', async () => {
  const { pubsub, log, database } = it.instance.platform
  await using redirectCache = new RedirectCache(pubsub, log)
  redirectCache.fill(database.schema<LinkTables>('link'))
  await make(['connu'])
  await expect.poll(() => redirectCache.recall('connu')?.url).toBe('https://www.brest.fr/')
  const slugs = Array.from({ length: 50 }, (_, index) => `c${index}`)
  await Promise.all(slugs.map((slug) => make([slug])))
  await pool().query(`update link.link set url = 'https://ailleurs.example/' where slug = 'connu'`)
  await expect.poll(() => redirectCache.recall('connu')?.url).toBe('https://ailleurs.example/')
  await expect.poll(() => slugs.filter((slug) => !redirectCache.recall(slug))).toEqual([])
  await pool().query(`update link.link set state = 'removed' where slug = 'connu'`)
  await expect.poll(() => redirectCache.recall('connu')).toBeUndefined()
})

test('what was looked up before this process wrote a link is not remembered after it', async () => {
  const { pubsub, log } = it.instance.platform
  await using redirectCache = new RedirectCache(pubsub, log)
  const asOf = redirectCache.changes
  redirectCache.forget('nouveau')
  redirectCache.remember('nouveau', null, asOf)
  expect(redirectCache.recall('nouveau')).toBeUndefined()
  redirectCache.remember('nouveau', null, redirectCache.changes)
  expect(redirectCache.recall('nouveau')).toBeNull()
})

test('many new links are one piece of news, and so are all those of one transaction', async () => {
  const slugs = Array.from({ length: 5000 }, (_, index) => `n${index}`)
  expect(await status('n0')).toBe(404)
  expect(await status('n4999')).toBe(404)
  const pubsub = await toldDuring(async () => {
    const client = await pool().connect()
    await client.query('begin')
    for (const part of [slugs.slice(0, 2500), slugs.slice(2500)])
      await client.query(
        `insert into link.link (slug, url) select slug, 'https://www.brest.fr/' from unnest($1::text[]) as slug`,
        [part],
      )
    await client.query('commit')
    client.release()
  })
  expect(pubsub).toEqual(['link.many made'])
  expect(await status('n0')).toBe(302)
  expect(await status('n4999')).toBe(302)
})

test('what is not made, because its name is taken, is no news', async () => {
  await make(['pris'])
  expect(
    await toldDuring(() =>
      pool().query(
        `insert into link.link (slug, url) values ('pris', 'https://autre.example/') on conflict do nothing`,
      ),
    ),
  ).toEqual([])
})
