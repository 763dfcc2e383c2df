import { afterAll, beforeAll, expect, test } from 'vitest'
import { BROWSER, openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { bell } from './service.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance({ services: [bell], env: { BAGAD_DEMO: 'on' } })
})
afterAll(() => it[Symbol.asyncDispose]())

test('a new service has its host, its tables, its words and its refusals', async () => {
  expect((await it.ask('bell', '/', { headers: BROWSER })).text).toContain('1 coup de sonnette.')
  expect((await it.ask('bell', '/', { method: 'POST', body: new URLSearchParams({ who: 'Yann' }) })).status).toBe(303)
  expect((await it.ask('bell', '/', { headers: { ...BROWSER, 'accept-language': 'en' } })).text).toContain('2 rings.')
  const refused = await it.ask('bell', '/', {
    method: 'POST',
    headers: BROWSER,
    body: new URLSearchParams({ who: ' ' }),
  })
  expect([refused.status, refused.text.includes('Écrivez votre nom')]).toEqual([422, true])
})

test('it is on the portal, in the status, in the problems and in the figures, without a line of theirs', async () => {
  expect((await it.ask('', '/', { headers: BROWSER })).text).toContain('Une sonnette que tout le monde peut tirer.')
  expect((await it.ask('', '/statut', { headers: BROWSER })).text).toContain('Sonnette')
  expect((await it.ask('', '/problems/bell/no-name', { headers: BROWSER })).status).toBe(200)
  const { figures, today } = it.instance.platform
  await figures.foldTally(today().add({ days: 1 }))
  expect((await it.ask('', '/chiffres', { headers: BROWSER })).text).toContain('Coups de sonnette')
})
