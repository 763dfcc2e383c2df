import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migratedDatabase, openTestInstance, testConfig, type TestInstance } from '../../../tests/instance.ts'
import { openInstance } from '../instance.ts'
import { services } from '../../services.ts'
import { networkOf } from './network.ts'

let it: TestInstance

beforeAll(async () => {
  it = await openTestInstance()
})
afterAll(() => it[Symbol.asyncDispose]())

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['not an address', 'not an address'],
])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network))

describe('rates', () => {
  const take = (what: string, address: string) => it.instance.platform.rates.take(what, address, [{ acts: 3, seconds: 60 }, { acts: 5, seconds: 3600 }]) // prettier-ignore

  test('let so many acts pass, then say how long to wait; others are not concerned', async () => {
    for (let act = 0; act < 3; act++) expect(await take('knock', '192.0.2.1')).toBeUndefined()
    const wait = await take('knock', '192.0.2.1')
    expect(wait).toBeGreaterThan(50)
    expect(wait).toBeLessThanOrEqual(60)
    expect(await take('knock', '192.0.2.2')).toBeUndefined()
    expect(await take('ring', '192.0.2.1')).toBeUndefined()
  })

  test('count a whole /64 as one, also when many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => take('knock', `2001:db8::${index + 1}`)))
    expect(answers.filter((wait) => wait === undefined)).toHaveLength(3)
  })

  test('are counted for all processes together, and keep no address', async () => {
    const connection = await migratedDatabase()
    await using one = await openTestInstance({ connection })
    await using other = await openTestInstance({ connection })
    const rates = [{ acts: 2, seconds: 60 }]
    expect(await one.instance.platform.rates.take('knock', '192.0.2.9', rates)).toBeUndefined()
    expect(await other.instance.platform.rates.take('knock', '192.0.2.9', rates)).toBeUndefined()
    expect(await one.instance.platform.rates.take('knock', '192.0.2.9', rates)).toBeGreaterThan(0)
    const { rows } = await one.instance.platform.database.pool.query('select key from limits.rate')
    expect(JSON.stringify(rows)).not.toContain('192.0.2')
  })

  test('are off when limits are relaxed, which no address that others reach may have', async () => {
    await using relaxed = await openTestInstance({ env: { BAGAD_LIMITS: 'relaxed' } })
    for (let act = 0; act < 10; act++)
      expect(
        await relaxed.instance.platform.rates.take('knock', '192.0.2.1', [{ acts: 1, seconds: 60 }]),
      ).toBeUndefined()
    const opening = openInstance({
      role: 'worker',
      loaded: testConfig({ BAGAD_LIMITS: 'relaxed', BAGAD_LISTEN: '0.0.0.0' }),
      services,
      connection: await migratedDatabase(),
      port: 8080,
    })
    await expect(opening).rejects.toThrow(/relaxed limits are for loopback/)
  })
})

describe('proof of work', () => {
  const challenge = async () => (await it.ask('link', '/_bagad/challenge')).json()
  const encode = (answer: object) => Buffer.from(JSON.stringify(answer)).toString('base64')
  const solve = async (given: Parameters<typeof solveChallenge>[0]['challenge']) => ({
    challenge: given,
    solution: await solveChallenge({ challenge: given, deriveKey }),
  })
  const accept = (answer: string) => it.instance.platform.proofOfWork.accept(answer)

  test('is accepted once', async () => {
    const answer = encode(await solve(await challenge()))
    expect(await accept(answer)).toBe(true)
    expect(await accept(answer)).toBe(false)
  })

  test('is not accepted when nothing was worked out, or the challenge is not ours, easier or old', async () => {
    const given = await challenge()
    const whole = await solve(given)
    const another = await challenge()
    expect(await accept(encode({ challenge: another, solution: { counter: 1, derivedKey: '00'.repeat(32) } }))).toBe(
      false,
    )
    expect(
      await accept(
        encode({
          ...whole,
          challenge: { ...given, parameters: { ...given.parameters, expiresAt: given.parameters.expiresAt + 60 } },
        }),
      ),
    ).toBe(false)
    expect(await accept(encode({ ...whole, challenge: { ...given, signature: '00'.repeat(32) } }))).toBe(false)
    const old = await it.instance.platform.proofOfWork.challenge(Temporal.Now.instant().subtract({ hours: 1 }))
    expect(await accept(encode(await solve(old)))).toBe(false)
  })

  test.each(['', 'nonsense', 'e30=', Buffer.from('null').toString('base64'), 'A'.repeat(100_000)])(
    '%.20s is simply wrong',
    async (answer) => expect(await accept(answer)).toBe(false),
  )
})
