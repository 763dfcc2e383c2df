import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What wrk measured in one run. */
export interface Load {
  /** Answers a second. */
  rate: number
  /** Milliseconds in which half, and 99 of 100, were answered. */
  p50: number
  p99: number
  /** Answers with a status of 400 and more, and broken connections. */
  errors: number
  requests: number
  /**
   * Microseconds of a core that the asked process spent on one answer: what else the machine does changes it little.
   */
  cpu: number
}

/**
 * Asks one port of loopback as fast as one thread can, over 16 connections.
 *
 * @param asked.pid the process that answers
 * @param asked.paths asked for in random order
 */
export async function wrk({
  port,
  pid,
  host,
  paths,
  seconds,
}: {
  port: number
  pid: number
  host: string
  paths: string[]
  seconds: number
}): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'bagad-wrk-'))
  const script = join(folder, 'paths.lua')
  writeFileSync(join(folder, 'paths.txt'), paths.join('\n'))
  writeFileSync(
    script,
    `local ready = {}
for path in io.lines("${join(folder, 'paths.txt')}") do
  table.insert(ready, wrk.format("GET", path, { Host = "${host}", ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" }))
end
local count = #ready
request = function() return ready[math.random(count)] end
`,
  )
  const before = cpuOf(pid)
  const output = await run('wrk', [
    '-t1',
    '-c16',
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    `http://127.0.0.1:${port}/`,
  ])
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? 0)
  const milliseconds = (pattern: RegExp) => {
    const [, value = '0', unit = 'ms'] = pattern.exec(output) ?? []
    return Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? 1)
  }
  const requests = number(/(\d+) requests in/)
  return {
    rate: number(/Requests\/sec:\s+([\d.]+)/),
    p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/),
    p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/),
    errors:
      number(/Non-2xx or 3xx responses: (\d+)/) +
      [...output.matchAll(/(?:connect|read|write|timeout) (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0),
    requests,
    cpu: Math.round(((cpuOf(pid) - before) / requests) * 1e7) / 10,
  }
}

/** Seconds of a core that a process has used: user's and system's, in hundredths (proc(5), fields 14 and 15). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}: ${output}`)),
    )
  })
}
