import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { emptyDatabase } from '../../../tests/instance.ts'
import { Database } from './database.ts'
import { migrate } from './migrations.ts'

let database: Database
let folder: string

const set = () => [{ schema: 'bell', folder: pathToFileURL(`${folder}/`) }]

beforeEach(async () => {
  database = new Database(await emptyDatabase())
  folder = mkdtempSync(join(tmpdir(), 'bagad-migrations-'))
  writeFileSync(join(folder, '0001-ring.sql'), 'create table ring (at timestamptz not null default now());')
  return async () => {
    await database[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  }
})

test('each file runs once, in its service’s schema', async () => {
  expect(await migrate(database, set())).toEqual(['bell/0001-ring.sql'])
  expect(await migrate(database, set())).toEqual([])
  await database.pool.query('insert into bell.ring default values')
})

test('several processes at once: one works, the others find it done', async () => {
  const others = Array.from({ length: 8 }, () => migrate(database, set()))
  expect((await Promise.all(others)).flat()).toEqual(['bell/0001-ring.sql'])
})

test('a file that fails leaves nothing of itself, and what came before stays', async () => {
  writeFileSync(join(folder, '0002-broken.sql'), 'create table half (); select * from nowhere;')
  await expect(migrate(database, set())).rejects.toThrow(/bell\/0002-broken\.sql failed: .*nowhere/)
  const { rows } = await database.pool.query(
    `select to_regclass('bell.ring') is not null as ring, to_regclass('bell.half') is not null as half`,
  )
  expect(rows).toEqual([{ ring: true, half: false }])
})

test('a file that was changed after it had been applied is refused', async () => {
  await migrate(database, set())
  writeFileSync(join(folder, '0001-ring.sql'), 'select 1;')
  await expect(migrate(database, set())).rejects.toThrow('was changed')
})

test('a database of a newer version is refused', async () => {
  writeFileSync(join(folder, '0002-more.sql'), 'select 1;')
  await migrate(database, set())
  rmSync(join(folder, '0002-more.sql'))
  await expect(migrate(database, set())).rejects.toThrow('newer Bagad')
})
