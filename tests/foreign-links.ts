/** Databases of Lstu and YOURLS as they leave them, for tests. */
import { DatabaseSync } from 'node:sqlite'
import { ImportReport } from '../src/platform/imports/import-report.ts'
import type { ImportManner } from '../src/platform/imports/importer.ts'

/** A row of Lstu: short, url, counter, timestamp, created_by, disabled. */
export type LstuRow = [
  short: string,
  url: string | null,
  counter?: number | null,
  timestamp?: number | null,
  by?: string | null,
  disabled?: number | null,
]

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
  return {
    dryRun,
    options,
    report,
    lines,
    counts: () => Object.fromEntries(report.counts),
    count: (kind) => report.counts.get(kind) ?? 0,
  }
}

/** What MySQL writes in a text. */
const ESCAPES: Record<string, string> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "\\'" }
const quoted = (text: string | null) =>
  text === null ? 'NULL' : `'${text.replaceAll(/[\0\n\r\\']/g, (one) => ESCAPES[one] ?? one)}'`

/** A row of the links of YOURLS, and one of its log. */
export type YourlsLink = [keyword: string, url: string, title?: string | null, timestamp?: string, clicks?: number]
export type YourlsVisit = [at: string, keyword: string, userAgent?: string | null]

export const BROWSER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

/** The statements that make a YOURLS, in MySQL; without a log when there are no visits. */
export function* yourlsStatements(
  links: Iterable<YourlsLink>,
  visits?: Iterable<YourlsVisit>,
  prefix = 'yourls_',
): Generator<string> {
  yield `CREATE TABLE \`${prefix}url\` (
  \`keyword\` varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  \`url\` text NOT NULL,
  \`title\` text DEFAULT NULL,
  \`timestamp\` timestamp NOT NULL DEFAULT current_timestamp(),
  \`ip\` varchar(41) NOT NULL DEFAULT '',
  \`clicks\` int(10) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (\`keyword\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n`
  for (const [keyword, url, title = null, timestamp = '2020-09-13 12:26:40', clicks = 0] of links)
    yield `INSERT INTO \`${prefix}url\` VALUES (${quoted(keyword)},${quoted(url)},${quoted(title)},'${timestamp}','203.0.113.7',${clicks});\n`
  if (!visits) return
  yield `CREATE TABLE \`${prefix}log\` (
  \`click_id\` int(11) NOT NULL AUTO_INCREMENT,
  \`click_time\` datetime NOT NULL,
  \`shorturl\` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  \`referrer\` varchar(200) NOT NULL,
  \`user_agent\` varchar(255) DEFAULT NULL,
  \`ip_address\` varchar(41) NOT NULL,
  \`country_code\` char(2) NOT NULL,
  PRIMARY KEY (\`click_id\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n`
  let id = 0
  for (const [at, keyword, userAgent = BROWSER_AGENT] of visits)
    yield `INSERT INTO \`${prefix}log\` VALUES (${++id},'${at}',${quoted(keyword)},'https://referrer.example/',${quoted(userAgent)},'203.0.113.9','FR');\n`
}

/** The same, as mysqldump writes it around. */
export function* yourlsDump(...given: Parameters<typeof yourlsStatements>): Generator<string> {
  yield '-- MySQL dump 10.13  Distrib 8.0.36\n/*!50503 SET NAMES utf8mb4 */;\n'
  yield* yourlsStatements(...given)
  yield '-- Dump completed on 2024-03-01 12:00:00\n'
}
