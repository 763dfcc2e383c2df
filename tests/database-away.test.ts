/**
 * What needs a PostgreSQL of its own, which stops and comes back: once for the platform, with the service that lives
 * longest without.
 */
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { link } from '../src/commons/link/service.ts'
import { prepareDataFolder, unprivilegedAccount } from '../src/platform/children/account.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { BROWSER, openTestInstance } from './instance.ts'
import { dataFolder, until } from './process.ts'

test('what processes remember of links goes on leading while the database is away, and the visits are written when it is back', async () => {
  const data = dataFolder()
  const account = unprivilegedAccount(undefined, data.path)
  prepareDataFolder(data.path, account)
  const server = await startEmbedded(data.path, account)
  const away = await openTestInstance({
    services: [link],
    connection: server.connection,
    env: { BAGAD_LIMITS: 'relaxed' },
  })
  const shortenThere = () =>
    away.ask('link', '/api/v1/links', { method: 'POST', body: { url: 'https://www.brest.fr/' } })
  const { slug } = (await shortenThere()).json()
  expect((await away.ask('link', `/${slug}`)).status).toBe(302)
  await server.stop()
  expect((await away.ask('link', `/${slug}`)).status).toBe(302)
  expect((await shortenThere()).status).toBe(503)
  const form = await away.ask('link', '/', {
    method: 'POST',
    headers: BROWSER,
    body: new URLSearchParams({ url: 'https://www.brest.fr/unsaid', slug: 'a-name' }),
  })
  expect([form.status, form.headers['retry-after']]).toEqual([503, '5'])
  for (const kept of ['role="alert"', 'value="https://www.brest.fr/unsaid"', 'value="a-name"', 'reprend son souffle'])
    expect(form.text).toContain(kept)

  const back = await startEmbedded(data.path, account)
  await until('a link can be made again', async () => (await shortenThere()).status === 201)
  expect((await away.ask('link', `/${slug}`)).status).toBe(302)
  await away[Symbol.asyncDispose]()
  const reader = new Client(back.connection)
  await reader.connect()
  expect((await reader.query('select clicks::int from link.link where slug = $1', [slug])).rows).toEqual([
    { clicks: 3 },
  ])
  await reader.end()
  await back.stop()
  await data.remove()
}, 120_000)
