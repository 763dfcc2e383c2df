/**
 * `npm test [-- NAME]`: every check of the project, or the one part that NAME names (`types`, `lint`, `format`, or
 * whatever test files have in their path: `link`, `figures`, `browser`…). The last line counts everything.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const root = resolve(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const CHECKS: Record<string, string[]> = {
  types: [bin('tsc'), '--project', root],
  lint: [bin('oxlint'), '--type-aware', '--quiet'],
  format: [bin('oxfmt'), '--check'],
}

/** Runs to its end with its output on ours; resolves with its exit code. */
function run(command: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done) => child.on('exit', (code) => done(code ?? 1)))
}

/** Packages of Debian that some tests need: taken where they may be, and said where not. */
const DEBIAN = [
  { name: 'Chromium', package: 'chromium', paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser'], tests: 'the browser tests' },
  { name: 'MariaDB', package: 'mariadb-server-core', paths: ['/usr/sbin/mariadbd'], tests: 'the tests of imports from its servers' },
]

function installMissing(): void {
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const
  for (const { name, package: wanted, paths, tests } of DEBIAN) {
    if (paths.some((path) => existsSync(path))) continue
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
      console.log(`No ${name} here: ${tests} are skipped. On Debian: apt-get install ${wanted}`)
      continue
    }
    console.log(`Installing ${name}…`)
    spawnSync('apt-get', ['update', '-q'], quiet)
    const { status } = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', wanted], quiet)
    if (status !== 0) console.log(`${name} could not be installed: ${tests} are skipped.`)
  }
}

async function runVitest(names: string[]): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-tests-'))
  const report = join(folder, 'report.json')
  const code = await run([
    process.execPath,
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...names,
  ])
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
  rmSync(folder, { recursive: true })
  const failed = numFailedTests || (code === 0 ? 0 : Math.max(1, numFailedTestSuites))
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
}

const names = process.argv.slice(2)
const checks = Object.keys(CHECKS).filter((name) => names.length === 0 || names.includes(name))
const files = names.filter((name) => !(name in CHECKS))
const total: Count = { passed: 0, failed: 0, skipped: 0 }
for (const name of checks) {
  const isGood = (await run(CHECKS[name] ?? [])) === 0
  console.log(`${isGood ? 'ok' : 'FAILED'}  ${name}`)
  total[isGood ? 'passed' : 'failed']++
}
if (files.length > 0 || names.length === 0) {
  installMissing()
  const { passed, failed, skipped } = await runVitest(files)
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
