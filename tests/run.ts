/**
 * `npm test [-- NAME]`: every check of the project, or the one part that NAME names (`types`, `lint`, `format`, or
 * whatever test files have in their path: `link`, `figures`, `browser`…). Before the last line, which counts
 * everything, a table says what each service's tests took.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { SHELL } from './browser.ts'
import { FLOOR } from './floor-database.ts'
import { hasMariadb, MARIADB_PACKAGES } from './mariadb.ts'
import { timesTable } from './times.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

/** A folder whose files are in memory. */
const MEMORY = '/dev/shm'

/** Bytes that the tests' databases and files take at most, several times over. */
const ROOM_FOR_FILES = 8e9

const root = resolve(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const CHECKS: Record<string, string[]> = {
  // Several checkers look at much of it several times; the other cores have the other checks to do.
  types: [bin('tsc'), '--project', root, '--checkers', '1'],
  lint: [bin('oxlint'), '--type-aware', '--quiet'],
  format: [bin('oxfmt'), '--check'],
}

/** Runs to its end with its output on ours; resolves with its exit code. */
function run(command: string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done) => child.on('exit', (code) => done(code ?? 1)))
}

/** Runs a check to its end, beside others: what it says is kept together. */
async function check([file = '', ...args]: string[]): Promise<{ isGood: boolean; said: string }> {
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const said = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await ended
  return { isGood: code === 0, said: said.join('') }
}

/** What tests need of Debian: the packages, whether what they bring is there, and what is skipped without it. */
const WANTED = [
  {
    packages: ['chromium-headless-shell'],
    isThere: () => existsSync(SHELL),
    skipped: 'the browser tests, unless there is a whole Chromium',
  },
  {
    packages: ['poppler-utils'],
    isThere: () => existsSync('/usr/bin/pdfinfo'),
    skipped: 'the tests that read documents as poppler does',
  },
  { packages: MARIADB_PACKAGES, isThere: hasMariadb, skipped: 'the tests of imports from MySQL servers' },
  {
    packages: [FLOOR.package],
    isThere: () => existsSync(join(FLOOR.programs, 'postgres')),
    skipped: `the tests on ${FLOOR.name}`,
  },
]

/** Packages of Debian are taken where they may be, and said where not. */
function installWanted(): void {
  const missing = WANTED.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (mayInstall) {
    preventCluster()
    spawnSync('apt-get', ['update', '-q'], quiet)
  }
  for (const { packages, isThere, skipped } of missing) {
    const named = packages.join(' ')
    if (mayInstall) {
      console.log(`Installing ${named}…`)
      spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet)
    }
    if (!isThere()) console.log(`Not here: ${named}. Skipped: ${skipped}. On Debian 12: apt-get install ${named}`)
  }
}

/** Debian starts a server with the package unless it is told not to; the tests want only the programs. */
function preventCluster(): void {
  const folder = '/etc/postgresql-common/createcluster.d'
  if (existsSync('/etc/postgresql-common')) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'bagad-tests.conf'), 'create_main_cluster = false\n')
}

/**
 * What is only for the tests is kept in memory where there is plenty: hundreds of databases are made and thrown away.
 */
function placeForFiles(): string {
  if (process.env['TMPDIR'] || !existsSync(MEMORY)) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return Math.min(bavail * bsize, freemem()) > ROOM_FOR_FILES ? MEMORY : tmpdir()
}

/** Whatever tests leave behind, they leave in one folder, which is removed: a test that is killed cleans up nothing. */
async function runVitest(names: string[]): Promise<Count> {
  const folder = mkdtempSync(join(placeForFiles(), 'bagad-'))
  chmodSync(folder, 0o755)
  const report = join(folder, 'report.json')
  const times = join(folder, 'times.jsonl')
  // Dozens of processes are started, by several accounts: what one has compiled, the next one finds.
  const compiled = join(folder, 'compiled')
  mkdirSync(compiled)
  chmodSync(compiled, 0o1777)
  const code = await run(
    [
      process.execPath,
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...names,
    ],
    { ...process.env, TMPDIR: folder, NODE_COMPILE_CACHE: compiled, TEST_TIMES: times },
  )
  const told = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
  const noted = existsSync(times)
    ? readFileSync(times, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []
  rmSync(folder, { recursive: true, force: true })
  if (!told) return { passed: 0, failed: 1, skipped: 0 }
  console.log(timesTable(root, told.testResults, noted))
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = told
  const failed = numFailedTests || (code === 0 ? 0 : Math.max(1, numFailedTestSuites))
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
}

const names = process.argv.slice(2)
const checks = Object.keys(CHECKS).filter((name) => names.length === 0 || names.includes(name))
const files = names.filter((name) => !(name in CHECKS))
const total: Count = { passed: 0, failed: 0, skipped: 0 }
await Promise.all(
  checks.map(async (name) => {
    const { isGood, said } = await check(CHECKS[name] ?? [])
    process.stdout.write(`${said}${isGood ? 'ok' : 'FAILED'}  ${name}\n`)
    total[isGood ? 'passed' : 'failed']++
  }),
)
if (files.length > 0 || names.length === 0) {
  installWanted()
  const { passed, failed, skipped } = await runVitest(files)
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
