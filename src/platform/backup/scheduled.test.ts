import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { cellar } from '../../../tests/cellar/cellar.ts'
import { BROWSER, migratedDatabase, emptyFolder, openTestInstance } from '../../../tests/instance.ts'
import { BackupLocation } from './location.ts'

test('each night a copy of everything is made where the configuration says, old ones go, and the status page tells when none came', async () => {
  const folder = emptyFolder()
  await using it = await openTestInstance({ env: { BAGAD_DATA: emptyFolder(), BAGAD_BACKUP_FOLDER: folder } })
  const { jobs, log, database } = it.instance.platform
  const status = async () => (await it.ask('', '/statut', { headers: BROWSER })).status
  expect(await status()).toBe(503)
  const run = () => jobs.declared.get('platform.backup')?.run({}, { signal: new AbortController().signal, log })
  await run()
  const place = BackupLocation.open(folder)
  const [first = ''] = place.copies
  expect([place.copies.length, await status()]).toEqual([1, 200])
  await run()
  expect(place.copies).toHaveLength(1)
  expect(place.copies).not.toContain(first)
  expect((await database.pool.query('select from backup.known_content')).rowCount).toBe(place.manifest().blobs?.count)
})

test('without a folder no copy is made, and nothing is missed', async () => {
  await using it = await openTestInstance()
  const { jobs, log } = it.instance.platform
  await jobs.declared.get('platform.backup')?.run({}, { signal: new AbortController().signal, log })
  expect((await it.ask('', '/statut', { headers: BROWSER })).status).toBe(200)
})

test('the database is copied before a version that changes what is in it; where that cannot be, it does not start', async () => {
  const connection = await migratedDatabase()
  const data = emptyFolder()
  const env = { BAGAD_DATA: data }
  const migrations = mkdtempSync(join(data, 'migrations-'))
  const later = { ...cellar(), migrations: pathToFileURL(`${migrations}/`) }
  const open = (more: Record<string, string> = {}) =>
    openTestInstance({ connection, env: { ...env, ...more }, services: [later] })
  const step = (name: string, sql: string) => writeFileSync(join(migrations, name), sql)
  const copies = () => readdirSync(join(data, 'backups', 'copies'))

  step('0001-bottles.sql', 'create table bottle (label text);')
  await (await open())[Symbol.asyncDispose]()
  step('0002-more.sql', `alter table bottle add column note text;`)
  await (await open())[Symbol.asyncDispose]()
  expect(readdirSync(data)).not.toContain('backups')

  step('0003-less.sql', 'alter table bottle drop column note;')
  await (await open())[Symbol.asyncDispose]()
  expect(copies()).toHaveLength(1)
  const manifest = BackupLocation.open(join(data, 'backups')).manifest()
  expect(manifest.blobs).toBeNull()
  expect(manifest.migrations.filter(({ schema }) => schema === 'cellar').map(({ name }) => name)).toEqual([
    '0001-bottles.sql',
    '0002-more.sql',
  ])
  expect(manifest.tables.find(({ schema }) => schema === 'cellar')?.columns).toEqual(['label', 'note'])

  step('0004-none.sql', 'delete from bottle;')
  const elsewhere = emptyFolder()
  writeFileSync(join(elsewhere, 'photo.jpg'), '')
  await expect(open({ BAGAD_BACKUP_FOLDER: elsewhere })).rejects.toThrow(
    /changes the database \(cellar\/0004-none\.sql\), which is copied before; that failed: .*something else/,
  )
  mkdirSync(join(elsewhere, 'empty'))
  await (await open({ BAGAD_BACKUP_FOLDER: elsewhere, BAGAD_BACKUP_BEFORE_MIGRATIONS: 'false' }))[Symbol.asyncDispose]()
})
