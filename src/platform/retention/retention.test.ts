import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cellar, layDown } from '../../../tests/cellar/cellar.ts'
import { BROWSER, migratedDatabase, emptyFolder, openTestInstance, type TestInstance } from '../../../tests/instance.ts'
import { root, until } from '../../../tests/process.ts'
import { BLOBS_ARE_COPIED } from './freed-blobs.ts'

let connection: Awaited<ReturnType<typeof migratedDatabase>>
let data: string
let it: TestInstance
let isStuck = false

const signal = new AbortController().signal
const tomorrow = () => Temporal.Now.instant().add({ hours: 25 })
const platform = () => it.instance.platform
const purge = (now = Temporal.Now.instant()) => platform().retention.purge({ signal, now })
const count = async (table: string) =>
  (await platform().database.pool.query<{ count: number }>(`select count(*) from ${table}`)).rows[0]?.count
const labels = () => Array.fromAsync(platform().blobs.list('cellar/'), ({ key }) => key)
const removed = async () => (await platform().retention.removed()).get('cellar/bottles') ?? 0

beforeAll(async () => {
  connection = await migratedDatabase()
  data = emptyFolder()
  const stuck = cellar({
    purge: async () => {
      if (isStuck) throw new Error('the door is stuck')
      return { rows: 0 }
    },
  })
  it = await openTestInstance({
    connection,
    env: { BAGAD_DATA: data },
    services: [{ ...stuck, name: 'attic' }, cellar()],
  })
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  isStuck = false
  await platform().database.pool.query('truncate cellar.bottle, retention.freed_blob, retention.removed')
  for (const key of await labels()) await platform().blobs.delete(key)
})

describe('the purge', () => {
  test('removes what is over its time, all of it, counts it, and leaves the rest', async () => {
    await layDown(platform().database, platform().blobs, 1200, 366)
    await layDown(platform().database, platform().blobs, 3, 360)
    const { rows } = await purge()
    expect(rows.get('cellar/bottles')).toBe(1200)
    expect([await count('cellar.bottle'), await removed()]).toEqual([3, 1200])
    expect((await purge()).rows.has('cellar/bottles')).toBe(false)
    expect(await removed()).toBe(1200)
  })

  test('leaves blobs a day longer, so that rows from a backup still have theirs', async () => {
    await layDown(platform().database, platform().blobs, 5, 400)
    expect((await purge()).blobs).toBe(0)
    expect([(await labels()).length, await count('retention.freed_blob')]).toEqual([5, 5])
    expect((await purge(tomorrow())).blobs).toBe(5)
    expect([await labels(), await count('retention.freed_blob')]).toEqual([[], 0])
    expect((await platform().retention.removed()).get('platform/freed-blobs')).toBe(5)
  })

  test('deletes no blob while a backup runs, however long', async () => {
    await layDown(platform().database, platform().blobs, 2, 400)
    const backup = new Client(connection)
    await backup.connect()
    await backup.query('select pg_advisory_lock_shared($1)', [BLOBS_ARE_COPIED])
    expect((await purge(tomorrow())).blobs).toBe(0)
    await backup.end()
    await expect.poll(async () => (await purge(tomorrow())).blobs).toBe(2)
  })

  test('goes on with all others when one class cannot be purged, and says so', async () => {
    await layDown(platform().database, platform().blobs, 4, 400)
    isStuck = true
    await expect(purge()).rejects.toThrow('1 classes could not be purged')
    expect(await count('cellar.bottle')).toBe(0)
  })

  test('killed in the middle of a batch leaves whole ones: a row is there, or its blob is freed and it is counted', async () => {
    await layDown(platform().database, platform().blobs, 1400, 400)
    const child = spawn(process.execPath, [join(root, 'tests/dying-purge.ts'), JSON.stringify({ connection })], {
      env: { ...process.env, BAGAD_DATA: data },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect([await count('cellar.bottle'), await count('retention.freed_blob'), await removed()]).toEqual([
      400, 1000, 1000,
    ])
    // The server takes a moment to see that who held the second batch is gone.
    await until('the rest went', async () => (await purge(), (await count('cellar.bottle')) === 0))
    expect([await count('cellar.bottle'), await count('retention.freed_blob'), await removed()]).toEqual([
      0, 1400, 1400,
    ])
    expect((await purge(tomorrow())).blobs).toBe(1400)
    expect(await labels()).toEqual([])
  })
})

test('the portal says for how long each thing is kept, as the purge has it, and how much went', async () => {
  await layDown(platform().database, platform().blobs, 2, 400)
  await purge()
  const page = (await it.ask('', '/conservation', { headers: BROWSER })).text
  for (const text of [
    '14 jours après la visite',
    '1 an après l’envoi',
    '30 jours après l’envoi',
    '1 an après leur arrivée',
    'Déjà fait 2 fois',
  ])
    expect(page.replaceAll(/[\u00a0\u202f]/g, ' '), text).toContain(text)
  expect((await it.ask('', '/retention', { headers: { ...BROWSER, 'accept-language': 'en' } })).text).toContain(
    '1 year after they came',
  )
})
