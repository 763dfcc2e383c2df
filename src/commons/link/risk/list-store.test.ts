import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { migratedDatabase, emptyFolder, openTestInstance, type TestInstance } from '../../../../tests/instance.ts'
import { processes, root, Start, until } from '../../../../tests/process.ts'
import { openS3, type S3Server } from '../../../../tests/s3.ts'
import { Database } from '../../../platform/database/database.ts'
import { DomainBlockList } from './block-list.ts'
import { ListStore } from './list-store.ts'
import { Risk } from './risk.ts'
import type { RiskTables } from './tables.ts'
import { link } from '../service.ts'

let s3: S3Server
beforeAll(async () => {
  s3 = await openS3()
})
afterAll(() => s3[Symbol.asyncDispose]())

describe.each(['files', 'S3'])('block lists with their entries on %s', (where) => {
  let connection: Awaited<ReturnType<typeof migratedDatabase>>
  let env: Record<string, string>
  let it: TestInstance
  let store: ListStore

  const tables = () => it.instance.platform.database.schema<RiskTables>('link')
  const openRisk = () => Risk.open({ ...it.instance.platform, db: tables() })
  /** Keys of the blobs that nobody has given up. */
  const blobs = async () => {
    const { rows } = await it.instance.platform.database.pool.query<{ key: string }>(
      'select key from retention.freed_blob',
    )
    const kept = await Array.fromAsync(it.instance.platform.blobs.list('link/block-lists/'), ({ key }) => key)
    return kept.filter((key) => !rows.some((freed) => freed.key === key))
  }
  const named = async () => (await store.all()).map(({ blobKey }) => blobKey)
  const listOf = (...entries: string[]) => DomainBlockList.of('mine', entries)
  const isBlocked = (risk: Risk, host: string) => risk.assess(`https://${host}/`).verdict === 'refuse'

  beforeAll(async () => {
    connection = await migratedDatabase()
    env = { BAGAD_DATA: emptyFolder(), ...(where === 'S3' && s3.env) }
    it = await openTestInstance({ services: [link], connection, env })
    store = new ListStore({ ...it.instance.platform, db: tables() })
  })
  afterAll(() => it[Symbol.asyncDispose]())

  beforeEach(async () => {
    for (const { name } of await store.all()) await store.remove(name)
  })

  test('a list that is kept, replaced and removed leaves the blobs that rows name, and no others', async () => {
    await store.keep(listOf('one.example', 'two.example'))
    const [first] = await named()
    expect(await blobs()).toEqual([first])
    await store.keep(listOf('three.example'))
    expect(await blobs()).toEqual(await named())
    expect(await blobs()).not.toContain(first)
    expect(await store.all()).toEqual([expect.objectContaining({ name: 'mine', entries: 1 })])
    expect([await store.remove('mine'), await store.remove('mine')]).toEqual([true, false])
    expect(await blobs()).toEqual([])
  })

  test('of many who replace a list at once one stays, whole, and nothing is left of the others', async () => {
    const hosts = Array.from({ length: 8 }, (_, number) => `evil-${number}.example`)
    await Promise.all(hosts.map((host) => store.keep(listOf(host))))
    expect(await blobs()).toEqual(await named())
    await using risk = await openRisk()
    expect(hosts.filter((host) => isBlocked(risk, host))).toHaveLength(1)
  })

  test('a list of the longest kind is read whole', async () => {
    await store.keep(
      DomainBlockList.of(
        'mine',
        Array.from({ length: 300_000 }, (_, number) => `evil-${number}.example`),
      ),
    )
    await using risk = await openRisk()
    expect([0, 150_000, 299_999, 300_000].map((number) => isBlocked(risk, `evil-${number}.example`))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  test('a process that cannot read a list holds to what it knew, says so on the status page, and reads it when it is there', async () => {
    const { blobs: contents } = it.instance.platform
    await store.keep(listOf('before.example'))
    await using risk = await openRisk()
    const status = async () => (await it.ask('', '/statut')).status
    expect(await status()).toBe(200)
    const lost = 'link/block-lists/mine/lost'
    await tables().updateTable('block_list').set({ blob_key: lost, entries: 1 }).execute()
    await until('the status page says it', async () => (await status()) === 503)
    await expect(risk.look()).rejects.toThrow('these block lists cannot be read: mine')
    expect(isBlocked(risk, 'before.example')).toBe(true)

    // One that starts now knows nothing of it, and starts all the same.
    await using late = await openRisk()
    expect(isBlocked(late, 'before.example')).toBe(false)
    await expect(late.look()).rejects.toThrow('mine')

    await contents.put(lost, listOf('after.example').bytes)
    await until('each has read it by itself', () => [risk, late].every((one) => isBlocked(one, 'after.example')))
    await Promise.all([risk.look(), late.look()])
    await until('the status page is well again', async () => (await status()) === 200)
  }, 180_000)

  test('a command that is killed between blob and row leaves the list of before, and at worst a blob', async () => {
    await store.keep(listOf('before.example'))
    const before = await named()
    const file = join(emptyFolder(), 'list.txt')
    writeFileSync(file, 'after.example\n')
    const url = `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}`
    await using other = new Database(connection)
    await other
      .schema<RiskTables>('link')
      .transaction()
      .execute(async (holder) => {
        await holder.selectFrom('block_list').select('name').forUpdate().execute()
        const adding = new Start(['node', join(root, 'bin', 'bagad.mjs'), 'link', 'blocklist', 'add', 'mine', file], {
          ...env,
          DATABASE_URL: url,
          BAGAD_DEMO: 'off',
        })
        await until('the blob is there, and the row is waited for', async () => (await blobs()).length === 2)
        for (const { pid } of processes().filter(({ command }) => command.includes(file))) process.kill(pid, 'SIGKILL')
        await adding.over()
      })
    expect(await named()).toEqual(before)
    expect(await blobs()).toEqual(expect.arrayContaining(before))
    await using risk = await openRisk()
    expect([isBlocked(risk, 'before.example'), isBlocked(risk, 'after.example')]).toEqual([true, false])
  }, 180_000)
})
