/** One PostgreSQL for a whole run of tests, thrown away afterwards; each test file makes databases of its own in it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openWay, prepareDataFolder, unprivilegedAccount } from '../src/platform/children/account.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { packageFile } from '../src/platform/places.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the socket of the tests' PostgreSQL. */
    databaseHost: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-test-'))
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  const account = unprivilegedAccount(undefined, data)
  prepareDataFolder(data, account)
  if (account) openWay(packageFile('pg'), account)
  const server = await startEmbedded(data, account)
  project.provide('databaseHost', server.connection.host)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
