/** One PostgreSQL for a whole run of tests, thrown away afterwards; each test file makes databases of its own in it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { prepareDataFolder, unprivilegedAccount } from '../src/platform/children/account.ts'
import { startEmbedded, type EmbeddedServer } from '../src/platform/database/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the socket of the tests' PostgreSQL. */
    databaseHost: string
  }
}

/**
 * Nothing of it outlives the run, so nothing of it has to last: tests wait for no disk. Nor is anything tidied up,
 * which is work without end in hundreds of databases.
 */
async function settle(connection: EmbeddedServer['connection']): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum'])
    await client.query(`alter system set ${setting} = off`)
  await client.query('select pg_reload_conf()')
  await client.end()
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-test-'))
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const account = unprivilegedAccount(undefined, data)
  prepareDataFolder(data, account)
  const server = await startEmbedded(data, account)
  await settle(server.connection)
  project.provide('databaseHost', server.connection.host)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
