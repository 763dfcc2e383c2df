import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cellar, layDown } from '../../../tests/cellar/cellar.ts'
import { emptyDatabase, emptyFolder, openTestInstance, testConfig, type TestInstance } from '../../../tests/instance.ts'
import { root, until } from '../../../tests/process.ts'
import { services as ours } from '../../services.ts'
import { openBlobs } from '../blobs/open.ts'
import { Database, type Connection } from '../database/database.ts'
import { openInstance } from '../instance.ts'
import { openLog } from '../log.ts'
import { freeBlobs } from '../retention/freed-blobs.ts'
import { migrationsOf } from '../schemas.ts'
import { makeBackup, type BackupOptions } from './backup.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { BackupLocation } from './location.ts'
import { restore, type RestoreOptions } from './restore.ts'
import { treesOf } from './scheduled.ts'
import { Decryption, Encryption } from './encryption.ts'
import { verifyCopy } from './verify.ts'

const signal = new AbortController().signal
const progress = () => {}

/** Somewhere an instance can be: a database, a folder of data, a tree. */
interface Somewhere {
  connection: Awaited<ReturnType<typeof emptyDatabase>>
  env: Record<string, string>
  tree: string
}

const somewhere = async (): Promise<Somewhere> => {
  const data = emptyFolder()
  return {
    connection: await emptyDatabase(),
    env: { BAGAD_DATA: data, BAGAD_KEY_FILE: join(data, 'instance.key') },
    tree: join(data, 'tree'),
  }
}

let home: Somewhere
let it: TestInstance

const servicesAt = ({ tree }: Somewhere) => [...ours, cellar({ tree })]
const platform = () => it.instance.platform
const backUp = (folder: string, options: Partial<BackupOptions> & { isWithoutFiles?: boolean } = {}) => {
  const { database, key, blobs, config } = platform()
  const files = options.isWithoutFiles ? undefined : { blobs, trees: treesOf(servicesAt(home), config) }
  return makeBackup({ database, key, files }, { folder, sealing: undefined, signal, progress, ...options })
}

/** Restores into somewhere; the key is there already unless the copy brings it. */
async function restoreTo(
  place: Somewhere,
  folder: string,
  options: Partial<RestoreOptions> & { hasKey?: boolean } = {},
): Promise<void> {
  const { config } = testConfig(place.env)
  const keyFile = config.key_file ?? ''
  if (options.hasKey !== false && !existsSync(keyFile)) copyFileSync(home.env['BAGAD_KEY_FILE'] ?? '', keyFile)
  await using blobs = await openBlobs(config, openLog('silent'))
  const services = servicesAt(place)
  const target = {
    connection: place.connection,
    sets: migrationsOf(services),
    blobs,
    trees: treesOf(services, config),
    keyFile,
  }
  await restore(target, { folder, opening: undefined, isKeyLost: false, signal, progress, ...options })
}

/** A sum over the rows of each table, where jobs are and whatever is not lost in a crash, by name. */
async function rowsOf(connection: Connection): Promise<Map<string, string>> {
  await using database = new Database(connection)
  const { rows: tables } = await database.pool.query<{ name: string; quoted: string }>(
    `select n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname not in ('pg_catalog', 'information_schema') and c.relname <> 'migrations'`,
  )
  const sums = tables.map(async ({ name, quoted }): Promise<[string, string]> => {
    const { rows } = await database.pool.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(row, '' order by row)), '') as sum from (select to_jsonb(one)::text as row from ${quoted} as one) as rows`,
    )
    return [name, rows[0]?.sum ?? '']
  })
  return new Map(await Promise.all(sums))
}

async function blobsOf({ env }: Somewhere): Promise<Map<string, number>> {
  await using blobs = await openBlobs(testConfig(env).config, openLog('silent'))
  return new Map(await Array.fromAsync(blobs.list(), ({ key, size }): [string, number] => [key, size]))
}

/** What lies in a folder: each path with what it is. */
function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { mode, mtimeMs } = entry.isSymbolicLink() ? { mode: 0, mtimeMs: 0 } : statSync(path)
      const what = entry.isSymbolicLink()
        ? readlinkSync(path)
        : entry.isFile()
          ? `${readFileSync(path, 'base64')} ${mtimeMs}`
          : 'folder'
      return [path.slice(folder.length), `${what} ${(mode & 0o7777).toString(8)}`]
    }),
  )
}

const contentsOf = (folder: string) =>
  readdirSync(join(folder, 'contents'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

beforeAll(async () => {
  home = await somewhere()
  it = await openTestInstance({
    connection: home.connection,
    env: { ...home.env, BAGAD_DEMO: 'on' },
    services: servicesAt(home),
  })
  const { database, blobs, jobs, mail } = platform()
  await layDown(database, blobs, 30, 3)
  await database.pool.query(`insert into cellar.shelf (name) values ('second')`)
  await database.pool.query(
    `insert into cellar.bottle (shelf, label, note, weight, born, tags) values
       (1, 'cellar/odd', E'tab\\t line\\n back\\\\slash \\\\N \\\\. « œ » 🍷', 'NaN', '[2019-01-01,)', '{a,"b,c",null}'), (2, 'cellar/odd', '', '1e-300', 'empty', '{}'), (null, 'cellar/odd', null, null, null, null)`,
  )
  await blobs.put('cellar/odd', Buffer.alloc(300_000, 'x'))
  await blobs.put('cellar/empty', Buffer.alloc(0))
  await mail.send(database.schema('outbox'), {
    to: 'claire@example.org',
    language: 'fr',
    subject: 'Bonjour',
    paragraphs: ['Un mot.'],
  })
  await jobs.enqueue(
    database.schema('platform'),
    'platform.purge',
    { a: 'b' },
    { key: 'purge/once', at: Temporal.Now.instant().add({ hours: 1 }) },
  )
  await database.pool.query(`update graphile_worker._private_jobs set attempts = 2, last_error = 'once'`)
  mkdirSync(join(home.tree, 'inbox'), { recursive: true })
  for (const [name, text] of [['inbox/1', 'one'], ['inbox/2', 'one'], ['empty', '']] as const) writeFileSync(join(home.tree, name), text) // prettier-ignore
  utimesSync(join(home.tree, 'inbox/1'), 1_700_000_000.25, 1_700_000_000.25)
  chmodSync(join(home.tree, 'inbox/2'), 0o440)
  chmodSync(join(home.tree, 'inbox'), 0o550)
  symlinkSync('inbox/1', join(home.tree, 'first'))
})
afterAll(async () => {
  chmodSync(join(home.tree, 'inbox'), 0o700)
  await it[Symbol.asyncDispose]()
})

describe('a copy', () => {
  test('restored elsewhere is the same: rows, jobs, blobs, trees; and it goes on from there', async () => {
    const folder = join(emptyFolder(), 'backups')
    const { manifest } = await backUp(folder)
    const there = await somewhere()
    await restoreTo(there, folder)
    const before = await rowsOf(home.connection)
    expect(await rowsOf(there.connection)).toEqual(before)
    expect(before.size).toBeGreaterThan(15)
    expect(manifest.blobs?.count).toBe(32)
    expect(await blobsOf(there)).toEqual(await blobsOf(home))
    expect(filesOf(there.tree)).toEqual(filesOf(home.tree))

    await using again = await openTestInstance({
      connection: there.connection,
      env: there.env,
      services: servicesAt(there),
    })
    expect((await again.ask('link', '/venir')).status).toBe(302)
    const { pool } = again.instance.platform.database
    const { rows } = await pool.query<{ id: number; note: string }>(
      `insert into cellar.bottle (label) values ('after') returning id, note`,
    )
    expect(rows).toEqual([{ id: 34, note: 'none' }])
    await expect(pool.query(`insert into cellar.bottle (shelf, label) values (77, 'nowhere')`)).rejects.toThrow(
      'bottle_shelf_fkey',
    )
    expect(await again.instance.platform.jobs.troubled()).toContainEqual(
      expect.objectContaining({ name: 'platform.purge', tries: 2 }),
    )
    chmodSync(join(there.tree, 'inbox'), 0o700)
  })

  test('is of one moment, while bottles come and go: no row lacks its blob', async () => {
    const { database, blobs } = platform()
    const stop = new AbortController()
    let rounds = 0
    const busy = (async () => {
      for (; !stop.signal.aborted; rounds++) {
        const label = `cellar/busy-${rounds}`
        await blobs.put(label, Buffer.from(label))
        await database.pool.query('insert into cellar.bottle (label) values ($1)', [label])
        if (rounds < 3) continue
        await database
          .schema('cellar')
          .transaction()
          .execute(async (db) => {
            await freeBlobs(db, [`cellar/busy-${rounds - 3}`])
            await sql`delete from cellar.bottle where label = ${`cellar/busy-${rounds - 3}`}`.execute(db)
          })
        await platform().retention.purge({ signal, now: Temporal.Now.instant().add({ hours: 25 }) })
      }
    })()
    await until('they come and go', () => rounds > 5)
    const folder = emptyFolder()
    await backUp(folder)
    stop.abort()
    await busy
    const there = await somewhere()
    await restoreTo(there, folder)
    await using restored = new Database(there.connection)
    const { rows } = await restored.pool.query<{ label: string }>('select label from cellar.bottle')
    const kept = await blobsOf(there)
    expect(rows.filter(({ label }) => !kept.has(label))).toEqual([])
    expect(rows.length).toBeGreaterThan(33)
    await database.pool.query(`delete from cellar.bottle where label like 'cellar/busy%'`)
    for (const key of (await blobsOf(home)).keys()) if (key.includes('busy')) await blobs.delete(key)
  })

  test('of what was copied before takes only what is new; what no copy has any more goes with the last that had it', async () => {
    const { blobs } = platform()
    const folder = emptyFolder()
    const first = await backUp(folder)
    const contents = contentsOf(folder)
    const second = await backUp(folder)
    expect(contentsOf(folder)).toEqual(contents)
    expect(second.written).toBeLessThan(first.written / 2)
    await blobs.put('cellar/new', Buffer.from('new'))
    await backUp(folder)
    await blobs.delete('cellar/new')
    expect(contentsOf(folder)).toHaveLength(contents.length + 1)
    await platform().database.pool.query('truncate backup.known_content')
    expect((await backUp(folder)).manifest.blobs).toEqual(second.manifest.blobs)
    expect(contentsOf(folder)).toHaveLength(contents.length + 1)
  })

  test('encrypted says nothing to who has no identity; it has the key of the instance', async () => {
    const folder = emptyFolder()
    const [identity, other] = [await generateIdentity(), await generateIdentity()]
    const identityFile = (secret: string) => {
      const path = join(emptyFolder(), 'identity')
      writeFileSync(path, `# created: now\n${secret}\n`)
      return path
    }
    const sealing = new Encryption([await identityToRecipient(identity)])
    await backUp(folder, { sealing })
    const key = readFileSync(home.env['BAGAD_KEY_FILE'] ?? '', 'utf8').trim()
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const text = readFileSync(join(entry.parentPath, entry.name), 'latin1')
      for (const secret of ['claire@example.org', 'openstreetmap', 'cellar/odd', key])
        expect(text.includes(secret), entry.name).toBe(false)
    }
    const written = contentsOf(folder).length
    for (const name of contentsOf(folder))
      expect(readFileSync(BackupLocation.open(folder).pathOf(name), 'latin1')).toMatch(/^age-encryption\.org\/v1/)
    await backUp(folder, { sealing })
    expect(contentsOf(folder)).toHaveLength(written)
    await expect(restoreTo(await somewhere(), folder, { hasKey: false })).rejects.toThrow('--identity')
    await expect(
      restoreTo(await somewhere(), folder, { hasKey: false, opening: new Decryption(identityFile(other)) }),
    ).rejects.toThrow('encrypted for others')
    const there = await somewhere()
    await restoreTo(there, folder, { hasKey: false, opening: new Decryption(identityFile(identity)) })
    expect(await rowsOf(there.connection)).toEqual(await rowsOf(home.connection))
    expect(await blobsOf(there)).toEqual(await blobsOf(home))
    const restored = there.env['BAGAD_KEY_FILE'] ?? ''
    expect([readFileSync(restored, 'utf8').trim(), statSync(restored).mode & 0o777]).toEqual([key, 0o600])
    chmodSync(join(there.tree, 'inbox'), 0o700)
  })

  test('of the database alone is restored beside the blobs that are there', async () => {
    const folder = emptyFolder()
    const { manifest } = await backUp(folder, { isWithoutFiles: true })
    expect([manifest.blobs, contentsOf(folder)]).toEqual([null, []])
    await restoreTo({ ...home, connection: await emptyDatabase() }, folder)
    expect((await blobsOf(home)).size).toBe(32)
  })

  test.each([
    ['of nobody', () => new Encryption(['age1nobody'])],
    ['without a line that is one', () => new Decryption(join(root, 'package.json'))],
  ])('for a recipient or an identity %s is refused with what was expected', (_, make) =>
    expect(make).toThrow(/expected/),
  )
})

describe('a place', () => {
  test('holds the backups of one instance, and nothing else', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'photo.jpg'), '')
    await expect(backUp(folder)).rejects.toThrow('holds something else')
    await using other = await openTestInstance({ env: { BAGAD_DATA: emptyFolder() } })
    const shared = emptyFolder()
    await backUp(shared, { isWithoutFiles: true })
    const { database, key } = other.instance.platform
    await expect(
      makeBackup({ database, key, files: undefined }, { folder: shared, sealing: undefined, signal, progress }),
    ).rejects.toThrow('another instance')
  })

  test('takes one backup at a time', async () => {
    const folder = emptyFolder()
    let second: Promise<unknown> | undefined
    await backUp(folder, { progress: () => void (second ??= backUp(folder).catch((error: unknown) => error)) })
    expect(String(await second)).toContain('another backup of this instance runs')
  })

  test('without a copy, or without the one that is named, says so', async () => {
    const folder = emptyFolder()
    expect(() => BackupLocation.open(folder)).toThrow('there are no backups')
    const { manifest } = await backUp(folder, { isWithoutFiles: true })
    expect(() => BackupLocation.open(folder).manifest('2020-01-01T00-00-00Z')).toThrow(`the last one is ${manifest.id}`)
  })
})

describe('one byte that changed', () => {
  const flip = (path: string, at: number) => {
    const bytes = readFileSync(path)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
  }

  test('anywhere in a copy is found by a look, and by a restore, which leaves everything empty', async () => {
    const folder = emptyFolder()
    await backUp(folder)
    const place = BackupLocation.open(folder)
    const verified = await verifyCopy(place, place.manifest(), { progress })
    expect(verified.files).toBeGreaterThan(50)
    const copy = place.folderOf(place.copies[0] ?? '')
    const contents = contentsOf(folder)
      .map((name) => place.pathOf(name))
      .filter((path) => statSync(path).size > 0)
    const files = ['manifest.json', 'SHA256SUMS', 'tables/link.link.zst', 'blobs.zst', 'tree-cellar.zst'].map((name) =>
      join(copy, name),
    )
    for (const path of [...files, ...contents.slice(0, 2)]) {
      const at = Math.floor(statSync(path).size / 2)
      flip(path, at)
      const look = async () => verifyCopy(place, place.manifest(), { progress })
      await expect(look(), path).rejects.toThrow('damaged')
      const there = await somewhere()
      await expect(restoreTo(there, folder), path).rejects.toThrow('damaged')
      expect([
        (await rowsOf(there.connection)).size,
        (await blobsOf(there)).size,
        existsSync(there.tree) && readdirSync(there.tree).length > 0,
      ]).toEqual([0, 0, false])
      flip(path, at)
    }
    rmSync(contents[0] ?? '')
    await expect(verifyCopy(place, place.manifest(), { progress })).rejects.toThrow('damaged')
  })
})

describe('a restore is refused', () => {
  let folder: string
  beforeAll(async () => {
    folder = emptyFolder()
    await backUp(folder)
  })

  test('into an instance that is in use, or has been', async () => {
    const there = await somewhere()
    await using used = await openTestInstance({
      connection: there.connection,
      env: there.env,
      services: servicesAt(there),
    })
    await expect(restoreTo({ ...there, connection: await emptyDatabase() }, folder)).rejects.toThrow('is not the key')
    await expect(restoreTo({ ...there, env: (await somewhere()).env }, folder)).rejects.toThrow(
      'the database is not empty',
    )
    expect((await used.ask('', '/')).status).toBe(200)
  })

  test('beside blobs or files that are there already', async () => {
    const there = await somewhere()
    const blobs = await openBlobs(testConfig(there.env).config, openLog('silent'))
    await blobs.put('pic/mine', Buffer.from('mine'))
    await expect(restoreTo(there, folder)).rejects.toThrow('blobs already (pic/mine)')
    await blobs.delete('pic/mine')
    mkdirSync(there.tree)
    writeFileSync(join(there.tree, 'mine'), '')
    await expect(restoreTo(there, folder)).rejects.toThrow('is not empty')
  })

  test('without the key of the instance, unless it is lost', async () => {
    const there = await somewhere()
    await expect(restoreTo(there, folder, { hasKey: false })).rejects.toThrow('does not have the key')
    await restoreTo(there, folder, { hasKey: false, isKeyLost: true })
    expect(await rowsOf(there.connection)).toEqual(await rowsOf(home.connection))
    chmodSync(join(there.tree, 'inbox'), 0o700)
  })

  test('of a copy from a newer version', async () => {
    const place = BackupLocation.open(folder)
    const copy = place.folderOf(place.copies[0] ?? '')
    const manifest = readManifest(copy)
    await writeManifest(copy, {
      ...manifest,
      program: '9.0.0',
      migrations: [...manifest.migrations, { schema: 'link', name: '0099-later.sql', sum: '00' }],
    })
    await expect(restoreTo(await somewhere(), folder)).rejects.toThrow(
      'newer Bagad (9.0.0): this one does not know link/0099-later.sql',
    )
    await writeManifest(copy, { ...manifest, format: 2 })
    await expect(restoreTo(await somewhere(), folder)).rejects.toThrow('newer Bagad (format 2)')
    await writeManifest(copy, manifest)
  })
})

describe('killed in the middle', () => {
  const begin = (place: Somewhere, act: 'backup' | 'restore', folder: string, at: string) => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'tests/dying-backup.ts'),
        JSON.stringify({ act, connection: place.connection, folder, at, tree: place.tree }),
      ],
      {
        env: { ...process.env, ...place.env },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const said = new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    )
    return { child, said, gone: new Promise((resolve) => child.once('exit', resolve)) }
  }

  test.each(['tables 9', 'files, '])(
    'at « %s », a backup is no copy, and the next one removes what it left',
    async (at) => {
      const folder = emptyFolder()
      const whole = await backUp(folder)
      const { child, said, gone } = begin(home, 'backup', folder, at)
      expect(await said).toBe('in the middle')
      child.kill('SIGKILL')
      await gone
      const place = BackupLocation.open(folder)
      expect(readdirSync(join(folder, 'copies'))).toHaveLength(2)
      expect(place.copies).toEqual([whole.manifest.id])
      await until('the server has seen it', async () => backUp(folder).then(() => true, () => false)) // prettier-ignore
      expect(readdirSync(join(folder, 'copies'))).toHaveLength(2)
      for (const copy of place.copies) await verifyCopy(place, place.manifest(copy), { progress })
    },
  )

  test.each(['files of cellar', '9 of 32 files', 'tables 9'])(
    'at « %s », a restore is no instance; run again it is whole',
    async (at) => {
      const folder = emptyFolder()
      await backUp(folder)
      const there = await somewhere()
      copyFileSync(home.env['BAGAD_KEY_FILE'] ?? '', there.env['BAGAD_KEY_FILE'] ?? '')
      const { child, said, gone } = begin(there, 'restore', folder, at)
      expect(await said).toBe('in the middle')
      child.kill('SIGKILL')
      await gone
      const opening = openInstance({
        loaded: testConfig(there.env),
        services: servicesAt(there),
        connection: there.connection,
        role: 'worker',
        port: 0,
      })
      await expect(opening).rejects.toThrow('was not restored to the end')
      await until('the server has seen it', async () => restoreTo(there, folder).then(() => true, (error: unknown) => (expect(String(error)).toContain('Bagad runs'), false))) // prettier-ignore
      expect(await rowsOf(there.connection)).toEqual(await rowsOf(home.connection))
      expect(await blobsOf(there)).toEqual(await blobsOf(home))
      expect(filesOf(there.tree)).toEqual(filesOf(home.tree))
      chmodSync(join(there.tree, 'inbox'), 0o700)
    },
  )

  /** Runs with a small disk of its own mounted on a folder; undefined where this machine does not let one. */
  const onSmallDisk = (place: Somewhere, act: 'backup' | 'restore', folder: string, disk: string, kilobytes: number) =>
    spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', 'mount -t tmpfs -o size="$1"k none "$2" && "$3" "$4" "$5"; ls -R "$2"', 'sh', String(kilobytes), disk, process.execPath, join(root, 'tests/dying-backup.ts'), JSON.stringify({ act, connection: place.connection, folder, at: 'never', tree: place.tree })], // prettier-ignore
      { encoding: 'utf8', env: { ...process.env, ...place.env } },
    )
  const maySmall =
    spawnSync('unshare', ['--mount', 'sh', '-c', `mount -t tmpfs -o size=64k none ${root}/tests`]).status === 0

  test.skipIf(!maySmall)('onto a disk that is full, a backup says so and removes what it began', () => {
    const disk = emptyFolder()
    const { stdout } = onSmallDisk(home, 'backup', join(disk, 'backups'), disk, 256)
    expect(stdout).toMatch(/BackupRefused: the disk of .* is full; what was begun is removed/)
    expect(stdout).not.toMatch(/[0-9a-f]{64}|manifest|tables/)
  })

  test.skipIf(!maySmall)('onto a disk that is full, a restore says so and leaves the database empty', async () => {
    const folder = emptyFolder()
    await backUp(folder)
    const there = await somewhere()
    const keyFile = join(emptyFolder(), 'instance.key')
    copyFileSync(home.env['BAGAD_KEY_FILE'] ?? '', keyFile)
    const { stdout } = onSmallDisk(
      { ...there, env: { ...there.env, BAGAD_KEY_FILE: keyFile } },
      'restore',
      folder,
      there.env['BAGAD_DATA'] ?? '',
      256,
    )
    expect(stdout).toMatch(/BackupRefused: the disk of the data is full/)
    expect(stdout).not.toMatch(/odd=|inbox/)
    expect((await rowsOf(there.connection)).size).toBe(0)
  })
})
