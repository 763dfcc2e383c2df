import { relative } from 'node:path'
import type { Noted } from './processor-time.ts'

/** Of vitest's JSON report what is asked here: each run of a test file; times are milliseconds. */
interface FileRun {
  name: string
  startTime: number
  endTime: number
  assertionResults: readonly unknown[]
}

/** Whose tests a file has: a service's, the platform's, or those of the whole. */
function ownerOf(path: string): string {
  const [top = '', area = '', service] = path.split('/')
  if (top !== 'src') return top === 'docs' ? area : 'whole'
  return area === 'platform' ? area : (service ?? area)
}

/** A table of what each service's tests took, those that took the most processor time first. */
export function timesTable(root: string, runs: readonly FileRun[], noted: readonly Noted[]): string {
  const cpu = Map.groupBy(noted, ({ file }) => ownerOf(relative(root, file)))
  const byOwner = Map.groupBy(runs, ({ name }) => ownerOf(relative(root, name)))
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
  const rows = [...byOwner]
    .map(([owner, own]) => ({
      owner,
      files: own.length,
      tests: sum(own.map(({ assertionResults }) => assertionResults.length)),
      wall: sum(own.map(({ startTime, endTime }) => endTime - startTime)) / 1000,
      seconds: sum((cpu.get(owner) ?? []).map(({ seconds }) => seconds)),
    }))
    .toSorted((one, other) => other.seconds - one.seconds)
  const line = (owner: string, ...cells: (string | number)[]) =>
    owner.padEnd(18) + cells.map((cell) => String(cell).padStart(9)).join('')
  return [
    line('tests of', 'files', 'tests', 'wall s', 'CPU s'),
    ...rows.map(({ owner, files, tests, wall, seconds }) =>
      line(owner, files, tests, wall.toFixed(1), seconds.toFixed(1)),
    ),
  ].join('\n')
}
