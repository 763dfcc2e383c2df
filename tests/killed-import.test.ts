/** An import that is killed: once for the platform, whose import is one transaction, with the import of Lstu. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lstuFile, manner, type LstuRow } from './foreign-links.ts'
import type { ImportAsked } from './import-process.ts'
import { migratedDatabase, emptyFolder, openTestInstance, type TestInstance } from './instance.ts'
import { root, until } from './process.ts'
import { openSource } from '../src/platform/imports/open-source.ts'
import { importLstu } from '../src/commons/link/imports/lstu.ts'
import { link } from '../src/commons/link/service.ts'

let it: TestInstance
let connection: Awaited<ReturnType<typeof migratedDatabase>>
const folder = emptyFolder()

beforeAll(async () => {
  connection = await migratedDatabase()
  it = await openTestInstance({ services: [link], connection })
})
afterAll(() => it[Symbol.asyncDispose]())

const pool = () => it.instance.platform.database.pool
const inserted = async () => Number((await pool().query(`select last_value from link.link_id_seq`)).rows[0].last_value)

test(
  'an import that is killed half-way leaves nothing, and run again it ends as if nothing had happened',
  { timeout: 60_000 },
  async () => {
    const rows = Array.from({ length: 12_000 }, (_, index): LstuRow => [
      `n${index}`,
      `https://site${index}.example/`,
      index % 7,
    ])
    const file = lstuFile(join(folder, 'lstu.db'), rows)
    const env = { ...process.env, BAGAD_DATA: folder, BAGAD_DEMO: 'off' }
    const asked: ImportAsked = { of: 'lstu', connection, file, stopsAfter: 9000 }
    const child = spawn(process.execPath, [join(root, 'tests', 'import-process.ts'), JSON.stringify(asked)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await until(
      'the import is in the middle',
      () => output.includes('in the middle') || child.exitCode !== null,
      40_000,
    )
    expect(output).toBe('in the middle\n')
    // It has really written: four batches of two thousand took their numbers.
    expect(await inserted()).toBe(8000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const countLinks = async () =>
      (await pool().query('select count(*)::int as links, sum(clicks)::int as clicks from link.link')).rows
    expect(await countLinks()).toEqual([{ links: 0, clicks: null }])

    for (const counts of [{ 'links imported': 12_000 }, { 'links that were there already': 12_000 }]) {
      await using source = await openSource(file)
      const how = manner()
      await importLstu(it.instance.platform, source, how)
      expect(how.counts()).toEqual(counts)
      expect(await countLinks()).toEqual([
        { links: 12_000, clicks: rows.reduce((sum, [, , clicks]) => sum + (clicks ?? 0), 0) },
      ])
    }
  },
)
