import { afterAll, beforeAll, expect, test } from 'vitest'
import { bell } from '../../docs/example-service/service.ts'
import { link } from '../commons/link/service.ts'
import { openTestInstance, type TestInstance } from '../../tests/instance.ts'
import { PASSWORD, personIn, TestBrowser } from '../../tests/people.ts'
import type { OrdinaryService, Running } from './service.ts'

/** The doorbell with some members of its own. */
const bellWith = (more: Partial<Running>): OrdinaryService => ({
  ...bell,
  open: async (platform, process) => ({ ...(await bell.open(platform, process)), ...more }),
})

let it: TestInstance
const seen: string[] = []

beforeAll(async () => {
  const watching: OrdinaryService = {
    ...bell,
    open: async (platform, process) => ({
      ...(await bell.open(platform, process)),
      started: async () => {
        seen.push(process.role, typeof platform.offers.get('link.shorten'), Object.keys(platform).join(' '))
      },
      usage: async () => {
        throw new Error('the bell does not know')
      },
    }),
  }
  // It stands before link, whose offer it takes all the same once everything is open.
  it = await openTestInstance({ services: [watching, link] })
})
afterAll(() => it[Symbol.asyncDispose]())

test('a service is opened for its process, and can take the offers of all others once they are open', () => {
  expect(seen.slice(0, 2)).toEqual(['web', 'function'])
})

test('two services cannot make the same offer', async () => {
  const offers = { 'link.shorten': async () => ({ address: '' }) }
  const opening = openTestInstance({ services: [link, bellWith({ offers })] })
  await expect(opening).rejects.toThrow('bell and link both offer link.shorten')
})

test('a service that cannot be opened names itself, and stops the start', async () => {
  const broken: OrdinaryService = { ...bell, open: () => Promise.reject(new Error('the wire is cut')) }
  await expect(openTestInstance({ services: [broken] })).rejects.toThrow(
    'the service bell could not be opened: the wire is cut',
  )
})

test('a person reads what they use; a service that cannot tell is named', async () => {
  await personIn(it, 'gaelle', { password: PASSWORD })
  const browser = new TestBrowser(it)
  await browser.signIn('gaelle')
  await browser.follow('link', '/_sso?next=/')
  await browser.send('link', '/', { url: 'https://www.openstreetmap.org/' })
  const page = (await browser.ask('id', '/compte/donnees')).text
  expect(page).toMatch(/Liens<\/a>\s*–\s*1/)
  expect(page).toContain('Sonnette ne répond pas pour le moment.')
})
