/** How a program that dumps databases writes: what the same characters mean differs between them. */
export interface Dialect {
  name: 'mysqldump' | 'pg_dump' | 'sqlite3 .dump'
  /** Whether a backslash in any text begins an escape. In PostgreSQL only one before the quote (`E'…'`) says so. */
  hasBackslashes: boolean
  /** What names stand in. */
  nameQuotes: string
  /** What opens a comment that ends with its line. */
  lineComments: readonly string[]
  /** Whether comments of several lines stand in one another. */
  nestsComments: boolean
  /** Whether `$tag$ … $tag$` is a text. */
  hasDollarQuotes: boolean
  /** Types of columns whose quoted values are bytes; where there are none, bytes are always written otherwise. */
  bytes?: RegExp
  /** The first lines that tell it. */
  beginnings: RegExp
  /** Where the file says that it is whole: what its last lines must hold when its first lines hold the other. */
  whole: { begins: RegExp; ends: RegExp }
}

/**
 * The dialects that are read: mysqldump, mariadb-dump, phpMyAdmin and Adminer; pg_dump as plain text; the shell of
 * SQLite.
 */
export const DIALECTS: readonly Dialect[] = [
  {
    name: 'mysqldump',
    hasBackslashes: true,
    nameQuotes: '`"',
    lineComments: ['--', '#'],
    nestsComments: false,
    hasDollarQuotes: false,
    bytes: /^(bit|binary|varbinary|tinyblob|blob|mediumblob|longblob)$/,
    beginnings:
      /^-- (MySQL|MariaDB) dump|^-- phpMyAdmin SQL Dump|^-- Adminer [\d.]+ (MySQL|MariaDB)|^\/\*!\d|^\/\*M!\d|^(CREATE TABLE|INSERT INTO|DROP TABLE IF EXISTS) `/m,
    whole: { begins: /^-- (MySQL|MariaDB) dump/m, ends: /^-- Dump completed/m },
  },
  {
    name: 'pg_dump',
    hasBackslashes: false,
    nameQuotes: '"',
    lineComments: ['--'],
    nestsComments: true,
    hasDollarQuotes: true,
    bytes: /^bytea$/,
    beginnings: /^-- PostgreSQL database (cluster )?dump|^SET statement_timeout|^SET client_encoding/m,
    whole: {
      begins: /^-- PostgreSQL database (cluster )?dump/m,
      ends: /^-- PostgreSQL database (cluster )?dump complete/m,
    },
  },
  {
    name: 'sqlite3 .dump',
    hasBackslashes: false,
    nameQuotes: '"`[\'',
    lineComments: ['--'],
    nestsComments: false,
    hasDollarQuotes: false,
    beginnings: /^PRAGMA foreign_keys=OFF;|^BEGIN TRANSACTION;/m,
    whole: { begins: /^BEGIN TRANSACTION;/m, ends: /^COMMIT;/m },
  },
]

/**
 * The dialect of a dump by its first lines, of which the earliest decides; undefined when none tells, for then nothing
 * in it is certain.
 */
export function dialectOf(beginning: string): Dialect | undefined {
  const found = DIALECTS.map((dialect) => ({ dialect, at: beginning.search(dialect.beginnings) })).filter(
    ({ at }) => at !== -1,
  )
  return found.sort((one, other) => one.at - other.at)[0]?.dialect
}
