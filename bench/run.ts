/**
 * `npm run bench [-- NAME…]`: the main work of each service, side by side with its peer or the physical limit in the
 * same run. Prints medians and ratios, and writes them to bench/results/. It stays on loopback, and ends by itself.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import type { Bench } from './bench.ts'

const folder = import.meta.dirname
const all = globSync('*.bench.ts', { cwd: folder }).map((file) => basename(file, '.bench.ts'))
const names = process.argv.slice(2)
const stranger = names.find((name) => !all.includes(name))
if (stranger) {
  console.error(`bench: there is no ${stranger}; there are ${all.join(', ')}`)
  process.exit(1)
}
installTools()
for (const name of names.length > 0 ? names : all) {
  const { bench }: { bench: Bench } = await import(join(folder, `${name}.bench.ts`))
  console.log(`\n# ${name}`)
  const results = await bench({ say: (line) => console.log(line) })
  mkdirSync(join(folder, 'results'), { recursive: true })
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memoryGB: Math.round(totalmem() / 1e9),
    node: process.version,
  }
  writeFileSync(
    join(folder, 'results', `${name}.json`),
    `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`,
  )
}
process.exit()

/** wrk asks, nginx is the limit; both are packages of Debian. */
function installTools(): void {
  const missing = ['wrk', 'nginx'].filter(
    (name) => !['/usr/bin', '/usr/sbin'].some((path) => existsSync(join(path, name))),
  )
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`bench: ${missing.join(' and ')} missing. On Debian: apt-get install ${missing.join(' ')}`)
    process.exit(1)
  }
  console.log(`Installing ${missing.join(' and ')}…`)
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const
  spawnSync('apt-get', ['update', '-q'], quiet)
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'wrk', 'nginx-light'], quiet)
}
