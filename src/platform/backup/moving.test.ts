import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testConfig } from '../../../tests/instance.ts'
import { dataFolder, isAlive, processes, root, Start, until } from '../../../tests/process.ts'
import { services } from '../../services.ts'
import { prepareDataFolder, unprivilegedAccount } from '../children/account.ts'
import { embeddedConnection, startEmbedded } from '../database/embedded.ts'
import { openInstance } from '../instance.ts'

const data = dataFolder()
const account = unprivilegedAccount(undefined, data.path)
const env = { BAGAD_DATA: data.path, BAGAD_DEMO: 'off' }

/** What is kept of links, and of the version of the server. */
async function look(): Promise<{ version: string; links: object[]; sequence: number }> {
  const client = new Client(embeddedConnection(data.path))
  await client.connect()
  try {
    const { rows: links } = await client.query('select slug, url, created_at from link.link order by id')
    const { rows } = await client.query<{ version: string; sequence: string }>(
      `select current_setting('server_version') as version, (select last_value from link.link_id_seq) as sequence`,
    )
    return { version: rows[0]?.version ?? '', links, sequence: Number(rows[0]?.sequence) }
  } finally {
    await client.end()
  }
}

let before: Awaited<ReturnType<typeof look>>

beforeAll(async () => {
  prepareDataFolder(data.path, account)
  const old = await startEmbedded(data.path, account, { major: 17 })
  {
    await using instance = await openInstance({
      loaded: testConfig(env),
      services,
      connection: old.connection,
      role: 'worker',
      port: 8080,
    })
    const { pool } = instance.platform.database
    await pool.query(
      `insert into link.link (slug, url) select 'l' || n, 'https://www.brest.fr/' || n from generate_series(1, 500) as n`,
    )
    await pool.query(`delete from link.link where slug = 'l500'`)
    before = await look()
  }
  await old.stop()
})
afterAll(() => data.remove())

const bagad = () => new Start(['node', join(root, 'bin', 'bagad.mjs'), 'jobs'], env)
const postmasterOf = (name: string) =>
  Number(readFileSync(join(data.path, name, 'postmaster.pid'), 'utf8').split('\n')[0])

test('a move that is killed leaves the data of before; the next start moves them, whole, from PostgreSQL 17 to 18', async () => {
  expect(before.version).toMatch(/^17\./)
  const killed = bagad()
  await until(
    'the new server runs',
    () => existsSync(join(data.path, 'postgres-18.moving', 'postmaster.pid')) || killed.isOver,
  )
  for (const { pid } of processes().filter(({ parent }) => parent === killed.child.pid)) process.kill(pid, 'SIGKILL')
  await killed.over()
  const orphan = postmasterOf('postgres-18.moving')
  expect(isAlive(orphan)).toBe(true)
  expect(existsSync(join(data.path, 'postgres-18'))).toBe(false)

  const one = bagad()
  expect(await one.over(), one.output).toBe(0)
  expect(one.output).toMatch(/moved to a newer one; those of before stay in .*postgres-17[\s\S]*They are moved/)
  expect(isAlive(orphan)).toBe(false)
  expect(readdirSync(data.path)).toEqual(expect.arrayContaining(['postgres-17', 'postgres-18', 'instance.key']))
  for (const name of ['moving', 'moving.pid', 'postgres-18.moving']) expect(readdirSync(data.path)).not.toContain(name)

  const server = await startEmbedded(data.path, account)
  const after = await look()
  await server.stop()
  expect(after.version).toMatch(/^18\./)
  expect({ ...after, version: before.version }).toEqual(before)
  expect([after.links.length, after.sequence]).toEqual([499, 500])

  const second = bagad()
  expect(await second.over()).toBe(0)
  expect(second.output).not.toContain('moved')
}, 180_000)

test('two do not move the same data at once', async () => {
  const other = dataFolder()
  prepareDataFolder(other.path, account)
  const old = await startEmbedded(other.path, account, { major: 17 })
  await old.stop()
  writeFileSync(join(other.path, 'moving.pid'), `${process.pid}\n`)
  const one = new Start(['node', join(root, 'bin', 'bagad.mjs'), 'jobs'], { ...env, BAGAD_DATA: other.path })
  expect(await one.over()).toBe(1)
  expect(one.output).toContain(`moved by process ${process.pid}`)
  await other.remove()
})
