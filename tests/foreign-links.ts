/** Databases of Lstu and YOURLS as they leave them, for tests. */
import { DatabaseSync } from 'node:sqlite'
import { ImportReport } from '../src/platform/imports/import-report.ts'
import type { ImportManner } from '../src/platform/imports/importer.ts'

/** A row of Lstu: short, url, counter, timestamp, created_by, disabled. */
export type LstuRow = [short: string, url: string | null, counter?: number | null, timestamp?: number | null, by?: string | null, disabled?: number | null]

/** Makes the SQLite file of a Lstu. */
export function lstuFile(path: string, rows: Iterable<LstuRow>): string {
  const db = new DatabaseSync(path)
  db.exec(`create table lstu (short text primary key, url text, counter integer, timestamp integer, created_by text, disabled integer default 0);
    create table sessions (token text primary key, until integer);
    begin`)
  const insert = db.prepare('insert into lstu values (?, ?, ?, ?, ?, ?)')
  for (const [short, url, counter = 0, timestamp = 1_600_000_000, by = '203.0.113.7', disabled = 0] of rows)
    insert.run(short, url, counter, timestamp, by, disabled)
  db.exec('commit')
  db.close()
  return path
}

/** How a test imports, with what was told. */
export function manner(
  dryRun = false,
  options: ImportManner['options'] = {},
): ImportManner & { lines: string[]; counts: () => Record<string, number>; count: (kind: string) => number } {
  const lines: string[] = []
  const report = new ImportReport((line) => lines.push(line))
  return { dryRun, options, report, lines, counts: () => Object.fromEntries(report.counts), count: (kind) => report.counts.get(kind) ?? 0 }
}
