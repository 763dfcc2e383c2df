/** A PostgreSQL that is frozen: it keeps its connections, takes new ones, and says nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { services } from '../src/services.ts'
import { BROWSER, openTestInstance, type TestInstance } from './instance.ts'
import { OwnCluster } from './own-cluster.ts'
import { until } from './process.ts'

let cluster: OwnCluster
let it: TestInstance

beforeAll(async () => {
  cluster = await OwnCluster.open()
  it = await openTestInstance({ connection: cluster.connection(), services })
}, 120_000)
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
})

const ready = async (path = '/health/ready') => (await it.ask('', path)).status

/** Statuses of many requests at once, and the seconds that the last one took. */
async function together(
  requests: (() => Promise<{ status: number }>)[],
): Promise<{ statuses: number[]; seconds: number }> {
  const began = performance.now()
  const answers = await Promise.all(requests.map((request) => request()))
  return { statuses: answers.map(({ status }) => status), seconds: (performance.now() - began) / 1000 }
}

test('every page says 503 within five seconds, readiness within two, and all is well again once it is thawed', async () => {
  expect(await ready()).toBe(200)
  const cookie = 'session=nobody'
  const pages = [
    () => it.ask('', '/', { headers: BROWSER }),
    () => it.ask('', '/chiffres', { headers: BROWSER }),
    () => it.ask('link', '/a-slug', { headers: BROWSER }),
    () => it.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } }),
    () => it.ask('id', '/', { headers: { ...BROWSER, cookie } }),
  ]
  {
    using _ = cluster.freeze()
    const many = await together([...pages, ...pages, ...pages, ...pages, ...pages])
    expect(many.statuses.filter((status) => status !== 503 && status !== 303 && status !== 302)).toEqual([])
    expect(many.statuses).toContain(503)
    expect(many.seconds).toBeLessThan(6)
    const health = await together([() => it.ask('', '/health/ready')])
    expect(health.statuses).toEqual([503])
    expect(health.seconds).toBeLessThan(3)
    await sleep(3000)
    const later = await together(pages)
    expect(later.seconds).toBeLessThan(6)
  }
  await until('it is ready again', async () => (await ready()) === 200)
  expect((await it.ask('', '/chiffres', { headers: BROWSER })).status).toBe(200)
  const made = await it.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } })
  expect(made.status).toBe(201)
}, 60_000)
