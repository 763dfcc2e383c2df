import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataFolder } from '../../../tests/process.ts'
import { prepareDataFolder, unprivilegedAccount } from '../children/account.ts'
import { startEmbedded } from './embedded.ts'

const data = dataFolder()
const account = unprivilegedAccount(undefined, data.path)
const lockFile = join(data.path, 'postgres-18', 'postmaster.pid')
const postmaster = () => Number(readFileSync(lockFile, 'utf8').split('\n')[0])

beforeAll(async () => {
  prepareDataFolder(data.path, account)
  await (await startEmbedded(data.path, account)).stop()
})
afterAll(() => data.remove())

/** Several wait for one server here: each looks at the lock file while the server writes it. */
test('those that start on the same data at once end on one server, and none takes its lock away', async () => {
  for (let round = 0; round < 5; round++) {
    const servers = await Promise.all(Array.from({ length: 8 }, () => startEmbedded(data.path, account)))
    expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1)
    expect(postmaster()).toBeGreaterThan(0)
    for (const server of servers) await server.stop()
  }
})

test('an empty lock file that a crash has left is no obstacle', async () => {
  writeFileSync(lockFile, '')
  utimesSync(lockFile, new Date(), new Date(Date.now() - 60_000))
  const server = await startEmbedded(data.path, account)
  expect(server.adopted).toBe(false)
  await server.stop()
})
