/** Notes, when a test file is over, how much processor time it took; `npm test` prints the sums (tests/times.ts). */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'

/** Processor time of one run of a test file, as it is noted: a line of JSON each. */
export interface Noted {
  file: string
  seconds: number
}

/** Ticks of the clock in which Linux counts, in a second. */
const TICKS = 100

/** Seconds of this process and, on Linux, of those that it started and that have ended. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  const own = (user + system) / 1e6
  if (!existsSync('/proc/self/stat')) return own
  // Behind the name in brackets the third field is next; cutime and cstime are the 16th and 17th (proc_pid_stat(5)).
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return own + (Number(fields[13]) + Number(fields[14])) / TICKS
}

const target = process.env['TEST_TIMES']
if (target) {
  const began = processorTime()
  afterAll(() => {
    const noted: Noted = { file: expect.getState().testPath ?? '', seconds: processorTime() - began }
    appendFileSync(target, `${JSON.stringify(noted)}\n`)
  })
}
