import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { may } from './caller.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance()
})
afterAll(() => it[Symbol.asyncDispose]())

const tokens = () => it.instance.platform.tokens

test('a token speaks for its holder until it is revoked', async () => {
  const token = await tokens().add({ login: 'anne', scopes: ['link:write'], label: 'script' })
  expect(token).toMatch(/^bagad_[\w-]{43}$/)
  const caller = await tokens().find(token)
  expect(caller).toMatchObject({ login: 'anne', scopes: ['link:write'] })
  const other = await tokens().find(await tokens().add({ login: 'anne', scopes: ['api'] }))
  expect(other?.id).toBe(caller?.id)
  const [line] = await tokens().list('anne')
  expect(line).toMatchObject({ label: 'script', lastUsedOn: it.instance.platform.today() })
  expect(await tokens().revoke(line?.id ?? 0)).toBe(true)
  expect(await tokens().find(token)).toBeUndefined()
  expect(await tokens().revoke(line?.id ?? 0)).toBe(false)
})

test('a token that is over, is none, or is not ours opens nothing', async () => {
  const over = await tokens().add({ login: 'yann', scopes: ['api'], expiresAt: Temporal.Now.instant().subtract({ seconds: 1 }) })
  for (const token of [over, 'bagad_', `bagad_${'A'.repeat(43)}`, 'eyJhbGciOi', '']) expect(await tokens().find(token)).toBeUndefined()
})

test('the database holds no token', async () => {
  const token = await tokens().add({ login: 'maëlle', scopes: ['api'] })
  const { rows } = await it.instance.platform.database.pool.query('select * from access.token')
  expect(JSON.stringify(rows)).not.toContain(token.slice(6))
  expect(rows.map(({ name }) => name.toString('base64url'))).not.toContain(token.slice(6))
})

describe('what scopes allow', () => {
  test.each([
    [['link:write'], 'link:write', true],
    [['link:write'], 'link:read', true],
    [['link:read'], 'link:write', false],
    [['link:read'], 'pad:read', false],
    [['api'], 'pad:write', true],
    [['moderation:*'], 'moderation:read', true],
    [[], 'link:read', false],
  ])('%j for %s: %s', (scopes, wanted, answer) => expect(may({ scopes }, wanted)).toBe(answer))
})
