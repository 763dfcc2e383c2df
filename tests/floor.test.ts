import { afterAll, beforeAll, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from './instance.ts'
import { services } from '../src/services.ts'
import { sweepReads, sweepWrites, told } from './sweep.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services, env: { BAGAD_DEMO: 'on' } })
})
afterAll(() => it[Symbol.asyncDispose]())

test('this is the oldest PostgreSQL that we promise', async () => {
  const { rows } = await it.instance.platform.database.pool.query<{ server_version: string }>('show server_version')
  expect(rows[0]?.server_version).toMatch(/^15\./)
})

test('a whole instance opens on it, with its demonstration, and samples its figures', async () => {
  await it.instance.platform.figures.sample(it.instance.platform.today())
  expect((await it.ask('', '/statut', { headers: BROWSER })).status).toBe(200)
})

test('no route of any service stumbles over it', async () => {
  const hosts = [...it.routes.keys()]
  const swept = [...(await sweepReads(it, hosts)), ...(await sweepWrites(it, hosts, 'program'))]
  expect(swept.filter(({ answer }) => answer.status >= 500).map(told)).toEqual([])
}, 120_000)
