import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { anyCharacter } from '../../../tests/characters.ts'
import { emptyDatabase, testConfig } from '../../../tests/instance.ts'
import { hasMariadb, Mariadb } from '../../../tests/mariadb.ts'
import { root } from '../../../tests/process.ts'
import { link } from '../../commons/link/service.ts'
import { services } from '../../services.ts'
import { acceptedRows } from './accepted-rows.ts'
import { column, isTrue, nullable } from './columns.ts'
import { importCommand } from './command.ts'
import { DIALECTS } from './dump-dialects.ts'
import { DumpReader } from './dump-reader.ts'
import { ImportReport } from './import-report.ts'
import type { Importer } from './importer.ts'
import { openSource } from './open-source.ts'
import { SourceError, type Cell } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'bagad-imports-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(content: string | Uint8Array, suffix = '.sql'): string {
  const path = join(folder, `${++files}${suffix}`)
  writeFileSync(path, content)
  return path
}

async function rowsOf(text: string, table: string, columns: string[]): Promise<Record<string, Cell>[]> {
  await using source = await openSource(text)
  return await Array.fromAsync(source.rows(table, columns), ({ values }) => values)
}

/**
 * What stands in every database of these tests, written there by each system's own client and dumped by its own
 * program.
 */
const WONDERS = [
  ['1', 'Été à Brest', null, '00ff27225c0a', '2024-03-01 12:00:00', true, '9007199254740993'],
  ['2', `l'heure "dite"`, 'a\nb\r\nc\td', null, '1999-12-31 23:59:59', false, '-1'],
  ['3', 'back\\slash\\n', `'); -- `, '5c6e', '2024-02-29 00:00:00', true, '0'],
  ['4', '🌊 €', '\\N', '', '2024-03-31 02:30:00', false, '1'],
  ['5', '', ' ', '0d', '2024-03-01 12:00:00', true, '2'],
  ['6', '`x`; DROP TABLE lstu; /* */ # --', '$$ $tag$ \\.\n\\.\n', '27', '2024-03-01 12:00:00', true, '3'],
  ['7', 'INSERT INTO `wonder` VALUES (1);\n', '\x1a\b%_\f\v', '2c28', '2024-03-01 12:00:00', false, '4'],
]
const COLUMNS = ['id', 'name', 'note', 'data', 'at', 'flag', 'size']

async function wondersOf(text: string) {
  const rows = await rowsOf(text, 'wonder', COLUMNS)
  return rows.map(({ id, name, note, data, at, flag, size }) => [
    id,
    name,
    note,
    data instanceof Uint8Array ? Buffer.from(data).toString('hex') : data,
    at,
    isTrue(String(flag)),
    size,
  ])
}

const dumps = join(root, 'tests', 'dumps')

describe('a dump is read word for word', () => {
  test.each(readdirSync(dumps))('%s', async (name) => {
    expect(await wondersOf(join(dumps, name))).toEqual(WONDERS)
    expect(await rowsOf(join(dumps, name), 'other one', ['b', 'a'])).toEqual([
      { a: '1', b: 'x;y' },
      { a: '2', b: null },
    ])
  })

  test.each(readdirSync(dumps))('%s, compressed', async (name) => {
    expect(await wondersOf(fileOf(gzipSync(readFileSync(join(dumps, name))), '.sql.gz'))).toEqual(WONDERS)
  })

  test('its tables are known with their columns; a table outside public has its schema before its name', async () => {
    await using source = await openSource(join(dumps, 'pg_dump-15.sql'))
    expect(source.tables).toEqual(
      new Map([
        ['elsewhere.wonder', ['a']],
        ['other one', ['a', 'b', 'c']],
        ['wonder', COLUMNS],
      ]),
    )
  })

  test('a value that the database computes is not in the dump, and that is said', async () => {
    await expect(rowsOf(join(dumps, 'pg_dump-15-inserts.sql'), 'other one', ['c'])).rejects.toThrow(
      /line 128: a value is left to the database/,
    )
    await expect(rowsOf(join(dumps, 'pg_dump-15.sql'), 'other one', ['c'])).rejects.toThrow(
      /the rows of other one .* without the column c/,
    )
  })

  test('as MySQL 8, phpMyAdmin and Adminer write it', async () => {
    const mysql = `-- MySQL dump 10.13  Distrib 8.0.36
/*!50503 SET NAMES utf8mb4 */;
CREATE TABLE \`t\` (
  \`a\` varbinary(9) NOT NULL,
  \`b,c\` enum('x)','y''') DEFAULT 'x)',
  PRIMARY KEY (\`a\`),
  KEY \`key\` (\`b,c\`)
) ENGINE=InnoDB;
INSERT INTO \`t\` VALUES (_binary 'a\\0\\Z','y'''),(_binary '\xff',_utf8mb4'x)'),(0x00FF,NULL),(b'100000001','-');
-- Dump completed on 2024-03-01 12:00:00
`
    expect(await rowsOf(fileOf(Buffer.from(mysql, 'latin1')), 't', ['a', 'b,c'])).toEqual([
      { a: Buffer.from('a\0\x1a'), 'b,c': "y'" },
      { a: Buffer.of(0xff), 'b,c': 'x)' },
      { a: Buffer.of(0, 0xff), 'b,c': null },
      { a: Buffer.of(1, 1), 'b,c': '-' },
    ])
    const phpMyAdmin =
      '-- phpMyAdmin SQL Dump\n-- version 5.2.1\nSET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\nSTART TRANSACTION;\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (\n  `a` int(11) NOT NULL\n);\nINSERT INTO `t` (`a`) VALUES\n(-1),\n(2);\nALTER TABLE `t`\n  ADD PRIMARY KEY (`a`);\nCOMMIT;\n'
    expect(await rowsOf(fileOf(phpMyAdmin), 't', ['a'])).toEqual([{ a: '-1' }, { a: '2' }])
    const adminer =
      "-- Adminer 4.8.1 MySQL 8.0 dump\n\nSET NAMES utf8;\nSET time_zone = '+00:00';\n\nDROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (`a` double);\n\nINSERT INTO `t` (`a`) VALUES\n(1.5e-3);\n\n-- 2024-03-01 12:00:00\n"
    expect(await rowsOf(fileOf(adminer), 't', ['a'])).toEqual([{ a: '1.5e-3' }])
  })

  test('in latin1, as old MySQL dumps', async () => {
    const dump = Buffer.from(
      "/*!40101 SET NAMES latin1 */;\nCREATE TABLE `t` (`a` text);\nINSERT INTO `t` VALUES ('\xc9t\xe9 \x80');\n",
      'latin1',
    )
    expect(await rowsOf(fileOf(dump), 't', ['a'])).toEqual([{ a: 'Été €' }])
  })

  test('from PostgreSQL, also what its newer versions write around it', async () => {
    const dump = `--
-- PostgreSQL database dump
--

\\restrict c2Nf

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
CREATE TABLE public.t (
    a integer NOT NULL,
    b text[] DEFAULT '{}'::text[],
    CONSTRAINT "t;check" CHECK ((a > 0))
);
COPY public.t (a, b) FROM stdin;
1	{"x,y"}
2	\\N
3	\\x41\\101\\\\
\\.

INSERT INTO public.t OVERRIDING SYSTEM VALUE VALUES (4, E'a\\nb\\'c\\\\') ON CONFLICT DO NOTHING;
SELECT pg_catalog.setval('public.t_a_seq', 4, true);
--
-- PostgreSQL database dump complete
--

\\unrestrict c2Nf
`
    expect(await rowsOf(fileOf(dump), 't', ['a', 'b'])).toEqual([
      { a: '1', b: '{"x,y"}' },
      { a: '2', b: null },
      { a: '3', b: 'AA\\' },
      { a: '4', b: "a\nb'c\\" },
    ])
  })

  test('from a newer SQLite, which writes line ends in another way', async () => {
    const dump =
      "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a, b);\nINSERT INTO t VALUES(unistr('a\\u000ab\\\\'),-1.5e999);\nCOMMIT;\n"
    expect(await rowsOf(fileOf(dump), 't', ['a', 'b'])).toEqual([{ a: 'a\nb\\', b: '-1.5e999' }])
  })
})

describe('whatever texts a table holds, its dump gives them back', () => {
  const texts = fc.array(
    fc.option(
      fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.string({ unit: fc.constantFrom(...Array.from('\'"`\\;,()\n\r\t\x1a$%.-/*#Nx0')) }),
      ),
      {
        nil: null,
      },
    ),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  /** Without lone surrogates, which no database holds, and without zero bytes where the system has none. */
  const whole = (text: string | null, zero = true) => text && (zero ? text : text.replaceAll('\0', '')).toWellFormed()

  async function read(name: string, dump: string | Buffer, piece: number): Promise<(Cell | undefined)[]> {
    const dialect = DIALECTS.find((one) => one.name === name)
    if (!dialect) throw new Error(name)
    const bytes = typeof dump === 'string' ? Buffer.from(dump) : dump
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
    }
    const reader = new DumpReader('dump', dialect, pieces())
    const found: (Cell | undefined)[] = []
    for (let part = await reader.next(); part; part = await reader.next())
      if (part.kind === 'rows' && part.table === 't')
        for (let row = await reader.row(); row; row = await reader.row())
          found.push(row[1] === undefined ? undefined : reader.cell(row[1], false))
    return found
  }

  /** A named error is an answer; any other is a bug. */
  const named = (error: unknown): Cell[] => {
    if (error instanceof SourceError) return []
    throw error
  }

  const MYSQL: Record<string, string> = {
    '\0': '\\0',
    '\n': '\\n',
    '\r': '\\r',
    '\\': '\\\\',
    "'": "\\'",
    '"': '\\"',
    '\x1a': '\\Z',
  }
  const COPY: Record<string, string> = {
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '\\': '\\\\',
  }
  const replaced = (text: string, escapes: Record<string, string>) =>
    Array.from(text, (one) => escapes[one] ?? one).join('')

  const WAYS: { name: string; way: string; zero: boolean; write: (texts: (string | null)[]) => string }[] = [
    {
      name: 'mysqldump',
      way: 'extended inserts',
      zero: true,
      write: (all) =>
        `INSERT INTO \`t\` VALUES ${all.map((text, index) => `(${index},${text === null ? 'NULL' : `'${replaced(text, MYSQL)}'`})`).join(',')};\n`,
    },
    {
      name: 'pg_dump',
      way: 'COPY',
      zero: false,
      write: (all) =>
        `COPY public.t (a, b) FROM stdin;\n${all.map((text, index) => `${index}\t${text === null ? '\\N' : replaced(text, COPY)}\n`).join('')}\\.\n`,
    },
    {
      name: 'pg_dump',
      way: 'inserts',
      zero: false,
      write: (all) =>
        all
          .map(
            (text, index) =>
              `INSERT INTO public.t VALUES (${index}, ${text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`});\n`,
          )
          .join(''),
    },
    {
      name: 'sqlite3 .dump',
      way: 'inserts',
      zero: false,
      write: (all) =>
        all
          .map(
            (text, index) =>
              `INSERT INTO t VALUES(${index},${text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`});\n`,
          )
          .join(''),
    },
  ]

  test.each(WAYS)('$name, $way, in pieces of any size', async ({ name, zero, write }) => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 40 }), async (some, piece) => {
        const all = some.map((text) => whole(text, zero))
        // The same in another table must not be taken for ours, nor confuse what comes after it.
        const dump = write(all).replaceAll(/INTO (`?)t|public\.t/g, (found) => `${found}_other`) + write(all)
        expect(await read(name, dump, piece)).toEqual(all)
      }),
      { numRuns: 200 },
    )
  })

  test.each(WAYS)(
    '$name, $way: cut off anywhere, it is told or gives whole rows only',
    async ({ name, zero, write }) => {
      await fc.assert(
        fc.asyncProperty(texts, fc.double({ min: 0, max: 1, noNaN: true }), async (some, share) => {
          const all = some.map((text) => whole(text, zero))
          const dump = write(all)
          const cut = Buffer.from(dump).subarray(0, Math.floor(Buffer.byteLength(dump) * share))
          const found = await read(name, cut, 7).catch(named)
          expect(found).toEqual(all.slice(0, found.length))
        }),
        { numRuns: 100 },
      )
    },
  )

  test.each(WAYS)(
    '$name, $way: damaged anywhere, nothing worse than a named error happens',
    async ({ name, zero, write }) => {
      await fc.assert(
        fc.asyncProperty(
          texts,
          fc.nat(),
          fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 3 }),
          async (some, at, put) => {
            const dump = write(some.map((text) => whole(text, zero)))
            const place = at % dump.length
            const found = await read(name, dump.slice(0, place) + put + dump.slice(place + 1), 11).catch(named)
            expect(found).toBeInstanceOf(Array)
          },
        ),
        { numRuns: 200 },
      )
    },
  )
})

describe('what cannot be read is named with its place', () => {
  const dumped = (name: string) => readFileSync(join(dumps, name), 'utf8')

  test.each([
    ['an empty file', '', /is empty/],
    ['a page', '<!DOCTYPE html><html></html>', /does not begin as mysqldump/],
    ['pg_dump’s own format', 'PGDMP\x01\x0e', /--format=plain/],
    ['an archive', 'PK\x03\x04…', /zip archive: unpack it first/],
    [
      'a dump that stops between two statements',
      dumped('mariadb-10.11.sql').replace(/-- Dump completed.*/s, ''),
      /is not whole/,
    ],
    [
      'a dump that stops in a text',
      dumped('mariadb-10.11.sql').slice(0, 3200),
      /line \d+: a (text|row|statement|comment) does not end/,
    ],
    ['a COPY that stops', dumped('pg_dump-15.sql').split('5\t')[0] ?? '', /a COPY does not end/],
    [
      'a dump that was given up',
      dumped('sqlite-3.40.sql').replace('COMMIT;', 'ROLLBACK; -- due to errors'),
      /line 17: the dump was given up/,
    ],
    [
      'the warning of a program among the lines',
      dumped('mariadb-10.11.sql').replace('LOCK TABLES', 'mysqldump: Warning\nLOCK TABLES'),
      /line 35: "mysqldump: Warning" is no statement/,
    ],
    [
      'two databases in one',
      '-- MySQL dump\nUSE `a`;\nUSE `b`;\n-- Dump completed',
      /line 3: the dump holds the databases a and b/,
    ],
    ['rows that are changed again', '-- MySQL dump\nUPDATE `t` SET a = 1;\n-- Dump completed', /line 2: "update/],
    [
      'rows that are chosen from elsewhere',
      '-- MySQL dump\nINSERT INTO `t` SELECT 1;\n-- Dump completed',
      /line 2: an INSERT into t that lists no VALUES/,
    ],
    [
      'an unknown character set',
      '/*!40101 SET NAMES koi8r */;\nCREATE TABLE `t` (`a` int);',
      /line 1: the character set koi8r is not read/,
    ],
    [
      'a pg_dump that escapes in the old way',
      "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = off;\n",
      /line 2: texts are escaped/,
    ],
    [
      'a COPY from a file',
      "SET client_encoding = 'UTF8';\nCOPY t FROM '/etc/passwd';\n",
      /line 2: a COPY of t from elsewhere/,
    ],
  ])('%s', async (_, content, message) => {
    await expect(openSource(fileOf(content))).rejects.toThrow(message)
  })

  test.each([
    [
      'another number of values',
      'INSERT INTO `t` VALUES (1,2),\n(3);',
      /line 4, row 2 of its INSERT: there are 1 values for the 2 columns of t/,
    ],
    [
      'a value of no kind',
      'INSERT INTO `t` VALUES (1,NOW());',
      /line 3: "now" stands where a value should; mysqldump writes no such thing/,
    ],
    ['half a byte', 'INSERT INTO `t` VALUES (1,0xABC);', /line 3: half a byte is missing/],
    ['no number', 'INSERT INTO `t` VALUES (1,12b4);', /line 3: "12b4" is no number/],
    ['bytes in a text', "INSERT INTO `t` VALUES (1,0),(1,'\xff');", /line 3: a text is not in UTF-8/],
    ['something between two rows', 'INSERT INTO `t` VALUES (1,0) (1,1);', /line 3: an INSERT goes on after its rows/],
  ])('a row with %s', async (_, insert, message) => {
    const path = fileOf(
      Buffer.from(
        `-- MySQL dump\nCREATE TABLE \`t\` (\`a\` int, \`b\` text);\n${insert}\n-- Dump completed\n`,
        'latin1',
      ),
    )
    await expect(rowsOf(path, 't', ['a', 'b'])).rejects.toThrow(message)
  })

  test('a file that is not there, a folder, a damaged archive', async () => {
    await expect(openSource('/nowhere/lstu.db')).rejects.toThrow('there is no file /nowhere/lstu.db')
    await expect(openSource(folder)).rejects.toThrow(`${folder} is no file`)
    await expect(openSource(`sqlite:${fileOf('truc')}`)).rejects.toThrow('is no SQLite file')
    await expect(openSource(fileOf(gzipSync(dumped('mariadb-10.11.sql')).subarray(0, 900), '.gz'))).rejects.toThrow(
      /\.gz cannot be unpacked/,
    )
  })

  test('a table or a column that is not there, with those that are', async () => {
    await expect(rowsOf(join(dumps, 'sqlite-3.40.sql'), 'lstu', ['short'])).rejects.toThrow(
      'sqlite-3.40.sql has no table lstu; it has wonder, other one',
    )
    await expect(rowsOf(join(dumps, 'sqlite-3.40.sql'), 'wonder', ['id', 'url'])).rejects.toThrow(
      'the table wonder has no column url; it has id, name',
    )
  })
})

describe('a long dump', () => {
  test('is read with little memory, row by row', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `(${index},'${'x'.repeat(200)}')`).join(',')
    const path = fileOf(
      `-- MySQL dump\nCREATE TABLE \`t\` (\`a\` int, \`b\` text);\n${`INSERT INTO \`t\` VALUES ${rows};\n`.repeat(10)}-- Dump completed\n`,
    )
    await using source = await openSource(path)
    global.gc?.()
    const before = process.memoryUsage().arrayBuffers
    let count = 0
    let most = 0
    const began = performance.now()
    for await (const { values } of source.rows('t', ['a']))
      if (values['a'] && ++count % 10_000 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    console.log(
      `${Math.round(statSync(path).size / 1e6)} MB, ${count} rows in ${Math.round(performance.now() - began)} ms`,
    )
    expect(count).toBe(200_000)
    expect(most).toBeLessThan(30e6)
  })

  test('may hold a value of many megabytes', async () => {
    const long = 'é'.repeat(10_000_000)
    const path = fileOf(
      `-- MySQL dump\nCREATE TABLE \`t\` (\`a\` longtext);\nINSERT INTO \`t\` VALUES ('${long}');\n-- Dump completed\n`,
    )
    const [row] = await rowsOf(path, 't', ['a'])
    expect(row?.['a'] === long).toBe(true)
  })
})

describe('a SQLite file', () => {
  const made = (mode: string, name = mode) => {
    const path = join(folder, `${name}.db`)
    const db = new DatabaseSync(path)
    db.exec(
      `pragma journal_mode = ${mode}; create table wonder (id integer, data, size real); create view seen as select id from wonder`,
    )
    const insert = db.prepare('insert into wonder values (?, ?, ?)')
    insert.run(9007199254740993n, Buffer.of(0, 255), 1.5)
    insert.run(null, "l'été", 2)
    return { path, db }
  }
  const EXPECTED = [
    { id: '9007199254740993', data: new Uint8Array([0, 255]), size: '1.5' },
    { id: null, data: "l'été", size: '2' },
  ]

  test('is read word for word, views too', async () => {
    const { path, db } = made('delete')
    db.close()
    expect(await rowsOf(path, 'wonder', ['id', 'data', 'size'])).toEqual(EXPECTED)
    expect(await rowsOf(`sqlite:${path}`, 'seen', ['id'])).toEqual([{ id: '9007199254740993' }, { id: null }])
    expect(await rowsOf(`sqlite://${path}`, 'seen', ['id'])).toHaveLength(2)
  })

  test('with what is still in its write-ahead log, which is left as it is', async () => {
    const { path, db } = made('wal')
    const copy = join(folder, 'copied.db')
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
    const state = () =>
      readdirSync(folder).flatMap((name) =>
        name.startsWith('copied') ? [name, readFileSync(join(folder, name)).toString('base64')] : [],
      )
    const before = state()
    expect(await rowsOf(copy, 'wonder', ['id', 'data', 'size'])).toEqual(EXPECTED)
    expect(state()).toEqual(before)
    db.close()
    // The log has been merged and removed; SQLite would make a new one on a plain opening.
    expect(await rowsOf(path, 'wonder', ['id', 'data', 'size'])).toEqual(EXPECTED)
    expect(readdirSync(folder).filter((name) => name.startsWith('wal'))).toEqual(['wal.db'])
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('bagad-import-'))).toEqual([])
  })

  test('that is damaged is told by its name', async () => {
    const { path, db } = made('delete', 'damaged')
    db.exec(
      `insert into wonder select value, 'x' || value, 1 from json_each('[' || (select group_concat(value) from (with recursive n (value) as (select 1 union all select value + 1 from n where value < 5000) select value from n)) || ']')`,
    )
    db.close()
    const bytes = readFileSync(path)
    const damaged = fileOf(bytes.fill(0x5a, 8192, 20_000), '.db')
    await expect(rowsOf(damaged, 'wonder', ['id'])).rejects.toThrow(
      /\.db, table wonder: database disk image is malformed/,
    )
    await expect(openSource(fileOf(bytes.subarray(0, 50), '.db'))).rejects.toThrow(SourceError)
  })
})

describe('a server that runs', () => {
  test('PostgreSQL: word for word, as it was when it was opened', async () => {
    const { host, user, database } = await emptyDatabase()
    const client = new Client({ host, user, database })
    await client.connect()
    await client.query(`create schema elsewhere; create table elsewhere."a.b" (c int); insert into elsewhere."a.b" values (1);
      create table wonder (id int, name text, note text, data bytea, at timestamp, flag boolean, size bigint)`)
    for (const [id, name, note, data, at, flag, size] of WONDERS)
      await client.query('insert into wonder values ($1, $2, $3, $4, $5, $6, $7)', [
        id,
        name,
        note,
        typeof data === 'string' ? Buffer.from(data, 'hex') : null,
        at,
        flag,
        size,
      ])
    const address = `postgres://${user}@${encodeURIComponent(host)}/${database}`
    expect(await wondersOf(address)).toEqual(WONDERS)
    await using source = await openSource(address)
    await client.query('insert into wonder select generate_series(8, 3000)')
    expect(await Array.fromAsync(source.rows('wonder', ['id']))).toHaveLength(WONDERS.length)
    expect(source.tables.get('elsewhere.a.b')).toEqual(['c'])
    expect(await Array.fromAsync(source.rows('elsewhere.a.b', ['c']))).toEqual([{ where: 'row 1', values: { c: '1' } }])
    expect(await rowsOf(address, 'wonder', ['id'])).toHaveLength(3000)
    await client.end()
  })

  describe.skipIf(!hasMariadb())('MariaDB', () => {
    let mariadb: Mariadb
    beforeAll(async () => {
      mariadb = await Mariadb.start(folder)
    }, 60_000)
    afterAll(() => mariadb[Symbol.asyncDispose]())

    test('word for word, and what our own dumps hold it takes in the same', async () => {
      const client = await mariadb.connect()
      await client.query('create database wonders character set utf8mb4; use wonders')
      await client.query(
        'create table wonder (id int, name varchar(200), note text, data blob, at timestamp not null, flag tinyint(1), size bigint); create table many (id int); insert into many select seq from seq_1_to_20000',
      )
      for (const [id, name, note, data, at, flag, size] of WONDERS)
        await client.query('set time_zone = "+00:00"; insert into wonder values (?, ?, ?, ?, ?, ?, ?)', [
          id,
          name,
          note,
          typeof data === 'string' ? Buffer.from(data, 'hex') : null,
          at,
          flag,
          size,
        ])
      const address = mariadb.address('wonders')
      expect(await wondersOf(address)).toEqual(WONDERS)
      await using source = await openSource(address)
      await client.query('insert into many values (0)')
      for await (const { values } of source.rows('many', ['id'])) if (values['id'] === '10') break
      expect(await Array.fromAsync(source.rows('many', ['id']))).toHaveLength(20_000)
      await client.end()
    })
  })

  test('that does not answer is told, without its password', async () => {
    for (const scheme of ['postgres', 'mysql']) {
      const refused = openSource(`${scheme}://user:secret@127.0.0.1:1/lstu`)
      await expect(refused).rejects.toThrow(/^the database lstu on 127\.0\.0\.1 cannot be read: .*ECONNREFUSED/)
      await expect(refused).rejects.not.toThrow(/secret/)
    }
  })
})

describe('rows are taken as a schema says', () => {
  const Row = Type.Object({
    short: column.text,
    url: nullable(column.text),
    counter: column.integer,
    disabled: Type.Optional(column.flag),
    at: column.moment,
  })
  const dump = (columns: string, rows: string) =>
    fileOf(
      `-- MySQL dump\nCREATE TABLE \`lstu\` (${columns});\nINSERT INTO \`lstu\` VALUES\n${rows};\n-- Dump completed\n`,
    )

  async function accepted(path: string) {
    const refused: string[] = []
    await using source = await openSource(path)
    const taken = await Array.fromAsync(
      acceptedRows(source, 'lstu', Row, ({ where, why }) => refused.push(`${where}: ${why}`)),
    )
    return { taken, refused }
  }

  test('those that do not fit are told one by one, and the others go on', async () => {
    const { taken, refused } = await accepted(
      dump(
        '`short` text, `url` text, `counter` int, `at` text',
        "('a',NULL,1,'2024-03-01 12:00:00'),\n(NULL,'x','1.5','hier'),\n('c','d',-3,'2024-03-01T12:00:00+01')",
      ),
    )
    expect(taken.map(({ short, url, counter }) => [short, url, Number(counter)])).toEqual([
      ['a', null, 1],
      ['c', 'd', -3],
    ])
    expect(refused).toEqual([
      'line 5, row 2 of its INSERT: short is nothing: expected a text; counter is "1.5": expected a whole number; at is "hier": expected a date with a time',
    ])
  })

  test('a column that may be missing is taken where it is', async () => {
    const { taken } = await accepted(
      dump('`at` text, `short` text, `url` text, `counter` int, `disabled` int', "('2024-03-01 12:00:00','a','b',1,1)"),
    )
    expect(taken).toEqual([{ short: 'a', url: 'b', counter: '1', disabled: '1', at: '2024-03-01 12:00:00' }])
    await expect(accepted(dump('`short` text', "('a')"))).rejects.toThrow('has no column url, counter, at')
  })
})

test('what an import tells: a thousand lines of a kind, and the counts', () => {
  const lines: string[] = []
  const report = new ImportReport((line) => lines.push(line))
  report.count('links imported', 60_000)
  for (let index = 0; index < 1500; index++) report.tell('slug taken', String(index))
  report.sum()
  expect(lines).toHaveLength(1003)
  expect(lines.slice(-3)).toEqual([
    'slug taken: and more, which are only counted',
    '    60000  links imported',
    '     1500  slug taken',
  ])
})

describe('bagad import', () => {
  const things: string[] = []
  const importer: Importer = {
    software: 'truc',
    description: 'the things of Truc',
    options: [{ flags: '--prefix <prefix>', description: 'what stands before the names of its tables' }],
    run: async (platform, source, { dryRun, report, options }) => {
      const rows = acceptedRows(
        source,
        `${String(options['prefix'])}thing`,
        Type.Object({ name: column.text }),
        ({ where, why }) => report.tell('unreadable', `${where}: ${why}`),
      )
      for await (const { name } of rows) {
        if (!dryRun) things.push(`${name} of ${platform.addresses.domain}`)
        report.count('things imported')
      }
    },
  }
  const path = fileOf(
    "-- MySQL dump\nCREATE TABLE `my_thing` (`name` text);\nINSERT INTO `my_thing` VALUES ('chose'),(NULL);\n-- Dump completed\n",
  )

  async function run(...args: string[]): Promise<string[]> {
    const { host, user, database } = await emptyDatabase()
    const loaded = testConfig({ DATABASE_URL: `postgres://${user}@${encodeURIComponent(host)}/${database}` })
    const said = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      await importCommand(() => ({ loaded, services }), [{ ...link, imports: [importer] }]).parseAsync(args, {
        from: 'user',
      })
      return said.mock.calls.map(([line]) => String(line))
    } finally {
      said.mockRestore()
    }
  }

  test('lists what the services take over', () => {
    const neverRead = () => {
      throw new Error('the configuration is read when it is needed, not to list')
    }
    expect(importCommand(neverRead, [link, { ...link, imports: [importer] }]).helpInformation()).toMatch(
      /truc \[options\] <source>\s+the things of Truc/,
    )
  })

  test('opens the source and the instance, and tells what it counted', async () => {
    expect(await run('truc', path, '--prefix', 'my_')).toEqual([
      'unreadable: line 3, row 2 of its INSERT: name is nothing: expected a text',
      '        1  things imported',
      '        1  unreadable',
    ])
    expect(things).toEqual(['chose of localhost'])
  })

  test('writes nothing when it is only to tell', async () => {
    things.length = 0
    expect(await run('truc', path, '--prefix', 'my_', '--dry-run')).toContain('nothing was written')
    expect(things).toEqual([])
  })

  test('fails when the source cannot be read', async () => {
    await expect(run('truc', '/nowhere')).rejects.toThrow(SourceError)
    await expect(run('truc', path)).rejects.toThrow(/has no table undefinedthing; it has my_thing/)
  })
})
